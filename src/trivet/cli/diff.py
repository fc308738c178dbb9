"""`trivet diff A B`: two traces, or two sets of them, and where the difference in duration comes from."""

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from trivet.cli import arguments
from trivet.cli.figures import count, counted, duration, one_line, share
from trivet.cli.table import table
from trivet.cli.terminal import note, show, show_lines, waiting, width

Json = Mapping[str, Any]

MOST_EXPLAINS = 15
# Call paths that differ by less of the whole difference are not drawn.
LEAST_SHARE = 0.02


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", metavar="A", help="a trace id, or a filter: what it is compared with")
    parser.add_argument("b", metavar="B", help="a trace id, or a filter: what is asked about")
    arguments.add_bounds(parser)
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    asked = {"a": _side(args.a, args), "b": _side(args.b, args)}
    with waiting("comparing") as say:
        answer = arguments.connect(args).told("/api/diff", asked, say)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _show(answer)
    return 0


def _side(text: str, args: argparse.Namespace) -> dict[str, Any]:
    plain = text.strip().replace("-", "").lower()
    if re.fullmatch(r"[0-9a-f]{32}", plain):
        return {"trace_id": plain}
    bounds = {"start": args.start, "end": args.end}
    return {"filter": text} | {name: value for name, value in bounds.items() if value is not None}


def _show(answer: Json) -> None:
    for name in ("a", "b"):
        side = answer[name]
        said = f"{duration(side['duration'])} · {counted(side['traces'], 'trace')} · {counted(side['spans'], 'span')}"
        show(Text.assemble((name.upper(), "bold"), f"  {said}"))
    delta = answer["b"]["duration"] - answer["a"]["duration"]
    show(Text(f"B takes {_signed(delta)} {'longer' if delta >= 0 else 'less'}", "bold"), Text())
    show(_explains(answer["explains"], delta), Text())
    show_lines(_paths(answer["root"], max(1, abs(delta)), width()))
    if answer["truncated"]:
        note("not all traces that match were compared")
    if more := max(0, len(answer["explains"]) - MOST_EXPLAINS) + answer["explains_left_out"]:
        note(f"{count(more)} more functions explain a part of it: --json has them")


def _explains(explains: list[Json], delta: int) -> Any:
    rows = (
        (
            _delta(each["delta"]),
            share(abs(each["delta"]) / max(1, abs(delta))),
            Text.assemble((one_line(each["service"]), "cyan"), " · ", one_line(each["name"])),
        )
        for each in explains[:MOST_EXPLAINS]
    )
    return table([("difference", "right"), ("share", "right"), ("what explains it", "left")], rows)


def _paths(root: Json, whole: int, cells: int) -> Iterator[Text]:
    """The call paths that differ, each with both sides' time per trace."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        line = Text.assemble(_delta(node["delta"]), "  ", "  " * min(depth, cells // 8), _name(node), _both(node))
        line.truncate(cells, overflow="ellipsis")
        yield line
        below = [child for child in node["children"] if abs(child["delta"]) >= LEAST_SHARE * whole]
        waiting += [(child, depth + 1) for child in sorted(below, key=lambda child: abs(child["delta"]))]


def _name(node: Json) -> Text:
    if node["service"] is None:
        return Text(one_line(node["name"]), "bold")
    return Text.assemble((one_line(node["service"]), "cyan"), " · ", one_line(node["name"]))


def _both(node: Json) -> Text:
    sides = (f"{duration(node[name]['total'])} in {count(node[name]['count'])}" for name in ("a", "b"))
    return Text("   " + " → ".join(sides), "dim")


def _delta(delta: int) -> Text:
    style = "yellow" if delta > 0 else "blue" if delta < 0 else "dim"
    return Text((("+" if delta > 0 else "−" if delta < 0 else " ") + duration(abs(delta))).rjust(11), style)


def _signed(delta: int) -> str:
    return duration(abs(delta))
