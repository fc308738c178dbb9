"""`trivet query [FILTER]`: figures of spans, log records or a metric, by group and over time."""

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from trivet.cli import arguments
from trivet.cli.figures import count, duration, moment, share, significant, value_text
from trivet.cli.table import table
from trivet.cli.terminal import note, show, waiting

Json = Mapping[str, Any]

BARS = "▁▂▃▄▅▆▇█"
WIDEST_LINE = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_filter(parser, "such as 'service:web status:error'; none: everything")
    parser.add_argument(
        "--signal", choices=("traces", "logs", "metrics"), help="default: traces, or metrics with --metric"
    )
    parser.add_argument("--metric", metavar="NAME", help="which metric")
    parser.add_argument(
        "-c", "--calculate", action="append", metavar="FIGURE", help="count, error_rate, 'p95(duration)', …; may repeat"
    )
    parser.add_argument("--by", action="append", metavar="FIELD", help="group by this field; may repeat")
    parser.add_argument("--every", metavar="TIME", help="also over time, in steps of 30s, 5m, …")
    order = parser.add_mutually_exclusive_group()
    order.add_argument("--top", metavar="FIGURE", help="the largest of this figure first")
    order.add_argument("--bottom", metavar="FIGURE", help="the smallest of this figure first")
    arguments.add_limit(parser, 20, "groups at most")
    arguments.add_bounds(parser)
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    text = arguments.filter_text(args)
    asked = {
        "signal": args.signal or ("metrics" if args.metric else "traces"),
        "metric": args.metric,
        "filter": text,
        "calculate": args.calculate or ([] if args.metric else ["count"]),
        "group_by": args.by or [],
        "every": args.every,
        "order": f"-{args.top}" if args.top else args.bottom,
        "limit": args.limit,
        "start": args.start,
        "end": args.end,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    with waiting("asking") as say:
        answer = arguments.connect(args).told("/api/query", given, say, text=text)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif answer["rows"]:
        show(_table(answer, args.by or []))
        _notes(answer)
    else:
        note("nothing matches; the range is the last hour unless --start says otherwise")
    return 0


def _table(answer: Json, by: Sequence[str]) -> Any:
    columns = answer["columns"]
    lines = _lines(answer, by)
    titles = [(each["name"], "left" if at < len(by) else "right") for at, each in enumerate(columns)]
    figures = [each["name"] for each in columns[len(by) :]]
    drawn = figures[:1] if lines else []
    rows = (
        [_cell(value, each["unit"]) for value, each in zip(row, columns, strict=True)]
        + [lines.get((_key(row[: len(by)]), figure), "") for figure in drawn]
        for row in answer["rows"]
    )
    return table([*titles, *((f"{figure} over time", "left") for figure in drawn)], rows)


def _lines(answer: Json, by: Sequence[str]) -> dict[tuple[str, str], str]:
    """A line of bars for each group and figure."""
    return {
        (_key([each["group"].get(name) for name in by]), each["calculate"]): bars(
            [value for _, value in each["points"]]
        )
        for each in answer["series"]
    }


def bars(values: Sequence[Any]) -> str:
    """`▁▃█`, the highest full; of many points the last ones."""
    numbers = [value if isinstance(value, int | float) else 0 for value in values[-WIDEST_LINE:]]
    most = max(numbers, default=0)
    return "".join(BARS[round(max(0, each) / most * (len(BARS) - 1))] if most > 0 else BARS[0] for each in numbers)


def _key(values: Sequence[Any]) -> str:
    return json.dumps(values)


def _cell(value: Any, unit: str) -> str | Text:
    if value is None:
        return Text("–", "dim")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value_text(value)
    if unit == "ns":
        return duration(round(value))
    if unit in ("ratio", "1") and isinstance(value, float) and 0 <= value <= 1:
        return share(value)
    return count(value) if isinstance(value, int) else significant(value) if abs(value) < 10_000 else count(value)


def _notes(answer: Json) -> None:
    if other := answer.get("other"):
        note(f"and {count(other['groups'])} other groups; more with --limit")
    for each in answer.get("exemplars", ())[:3]:
        note(f"for example trace {each['trace_id']} at {moment(each['time'])}")
