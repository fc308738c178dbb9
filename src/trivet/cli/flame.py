"""`trivet flame [FILTER]`: all traces that match as one flame graph, and which functions take the time."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from trivet.cli import arguments
from trivet.cli.figures import count, counted, duration, one_line, share
from trivet.cli.icicle import icicle, walk
from trivet.cli.table import table
from trivet.cli.terminal import note, show, show_lines, waiting, width

Json = Mapping[str, Any]

MOST_FUNCTIONS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_filter(parser, "such as 'service:web duration>500ms'; none: all traces")
    arguments.add_bounds(parser)
    parser.add_argument(
        "--view",
        choices=("top_down", "bottom_up"),
        default="top_down",
        help="from the roots down, or from every function up to its callers (%(default)s)",
    )
    parser.add_argument("--focus", metavar="SERVICE|NAME", help="only what is below this: a service, a name, or both")
    parser.add_argument(
        "--traces", type=arguments.positive, default=2000, metavar="N", help="an even sample of at most N (%(default)s)"
    )
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    text = arguments.filter_text(args)
    asked = {"filter": text, "view": args.view, "focus": args.focus, "traces": args.traces}
    body = {**asked, "start": args.start, "end": args.end}
    with waiting("merging traces") as say:
        answer = arguments.connect(args).told(
            "/api/flame", {name: value for name, value in body.items() if value is not None}, say, text=text
        )
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif answer["traces"]:
        _show(answer, args.view)
    else:
        note("no trace matches; the range is the last hour unless --start says otherwise")
    return 0


def _show(answer: Json, view: str) -> None:
    of = f"{counted(answer['traces'], 'trace')} · {counted(answer['spans'], 'span')}"
    show(Text(f"{of} · {duration(answer['root']['total'])}", "bold"))
    show_lines(icicle(answer["root"], width()))
    if view == "top_down":
        show(Text(), _functions(answer["root"]))
    if answer["truncated"]:
        note("an even sample of the traces; more with --traces")
    if answer["left_out"]:
        note(f"{count(answer['left_out'])} of the smallest call paths are not shown")


def _functions(root: Json) -> Any:
    """Where the time goes: self time by service and name."""
    summed: dict[tuple[str, str], list[int]] = {}
    for node in walk(root):
        if node["service"] is not None:
            figures = summed.setdefault((node["service"], node["name"]), [0, 0, 0])
            for at, name in enumerate(("self", "count", "errors")):
                figures[at] += node[name]
    whole = max(1, sum(figures[0] for figures in summed.values()))
    top = sorted(summed.items(), key=lambda each: -each[1][0])[:MOST_FUNCTIONS]
    rows = (
        (
            duration(own),
            share(own / whole),
            count(calls),
            Text(count(errors), "red" if errors else ""),
            Text.assemble((one_line(service), "cyan"), " · ", one_line(name)),
        )
        for (service, name), (own, calls, errors) in top
    )
    titles = [(title, "right") for title in ("self", "share", "spans", "errors")]
    return table([*titles, ("where", "left")], rows)
