"""`trivet patterns [FILTER]`: log records that say the same, folded, the most frequent first."""

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from trivet.cli import arguments
from trivet.cli.draw import SEVERITY_STYLES
from trivet.cli.figures import count, moment, one_line
from trivet.cli.table import table
from trivet.cli.terminal import note, show, waiting

Json = Mapping[str, Any]

LEVELS = " ▁▂▃▄▅▆▇█"
SPARK_CELLS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_filter(parser, "such as 'service:web severity>=warn'; none: all records")
    arguments.add_limit(parser, 40)
    arguments.add_bounds(parser)
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    text = arguments.filter_text(args)
    asked = {"filter": text or None, "limit": args.limit, "start": args.start, "end": args.end}
    with waiting("folding"):
        answer = arguments.connect(args).get("/api/patterns", text=text, **asked)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif answer["patterns"]:
        titles = [("count", "right"), ("over time", "left"), ("first seen", "left"), ("", "left"), ("pattern", "left")]
        show(table(titles, map(_row, answer["patterns"])))
        if answer["share"] < 1:
            note(f"estimated from {answer['share']:.0%} of the records; what is very rare may be missing")
    else:
        note("no log record matches; the range is the last hour unless --start says otherwise")
    return 0


def _row(pattern: Json) -> tuple[str | Text, ...]:
    severity = pattern.get("severity") or ""
    line = spark([number for _, number in pattern["series"]])
    template = Text(one_line(pattern["template"]), SEVERITY_STYLES.get(severity, ""))
    return count(pattern["count"]), line, moment(pattern["first_seen"]), severity, template


def spark(numbers: Sequence[int]) -> str:
    """Numbers in a row of blocks, the largest the highest; above nothing is at least a little."""
    size = -(-len(numbers) // SPARK_CELLS)
    sums = [sum(numbers[at : at + size]) for at in range(0, len(numbers), size)] if size else []
    most = max(sums, default=0)
    return "".join(LEVELS[-(-number * 8 // most)] if most else LEVELS[0] for number in sums)
