"""`trivet compare FILTER`: what is different about what matches, as pairs of bars, the most telling field first."""

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from trivet.cli import arguments
from trivet.cli.figures import count, one_line, share, value_text
from trivet.cli.terminal import note, show_lines, waiting, width

Json = Mapping[str, Any]

SHOWN_VALUES = 5
EIGHTHS = " ▏▎▍▌▋▊▉"
ON = {"row": "", "trace": "anywhere in the trace"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_filter(parser, "what is asked about, such as 'service:web duration>1s'")
    parser.add_argument("--baseline", metavar="FILTER", help="what it is compared with; default: the rest")
    parser.add_argument("--baseline-start", metavar="TIME", help="of the baseline; default: as --start")
    parser.add_argument("--baseline-end", metavar="TIME", help="of the baseline; default: as --end")
    parser.add_argument("--signal", choices=("traces", "logs"), default="traces", help="(%(default)s)")
    arguments.add_limit(parser, 8, "how many fields")
    arguments.add_bounds(parser)
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    text = arguments.filter_text(args)
    asked = {"signal": args.signal, "selection": _side(text, args.start, args.end), "limit": args.limit}
    if args.baseline is not None or args.baseline_start or args.baseline_end:
        given = args.baseline if args.baseline is not None else text
        asked["baseline"] = _side(given, args.baseline_start or args.start, args.baseline_end or args.end)
    with waiting("comparing") as say:
        answer = arguments.connect(args).told("/api/compare", asked, say, text=text)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif answer["fields"]:
        show_lines(_lines(answer, args.signal, width()))
    else:
        note(_nothing(answer))
    return 0


def _side(filter: str, start: str | None, end: str | None) -> dict[str, str]:
    bounds = {"start": start, "end": end}
    return {"filter": filter} | {name: value for name, value in bounds.items() if value is not None}


def _nothing(answer: Json) -> str:
    if not answer["selection"]["count"]:
        return "nothing matches; the range is the last hour unless --start says otherwise"
    return "there is nothing to compare with; --baseline says what to take"


def _lines(answer: Json, signal: str, cells: int) -> Iterator[Text]:
    what = "spans" if signal == "traces" else "records"
    yield Text.assemble(("selection", "bold yellow"), f"  {count(answer['selection']['count'])} {what}")
    yield Text.assemble(
        ("baseline", "bold blue"), f"   {count(answer['baseline']['count'])} {what}{_rest(answer['baseline'])}"
    )
    for each in answer["fields"]:
        yield Text()
        yield Text.assemble(
            (one_line(each["field"]), "bold"), f"  {each['score']:.2f}", (f"  {ON[each['on']]}".rstrip(), "dim")
        )
        yield from _bars(each["values"][:SHOWN_VALUES], cells)


def _rest(baseline: Json) -> str:
    """What a baseline that nobody named is."""
    if "filter" not in baseline:
        return ""
    like = "the others like these" if baseline.get("of") == "operations" else "all others"
    return f", {like}" + (f" with {one_line(baseline['filter'])}" if baseline["filter"] else "")


def _bars(values: list[Json], cells: int) -> Iterator[Text]:
    """Two lines a value: its share of the selection, and below it that of the baseline."""
    label = min(max((len(_label(value)) for value in values), default=0), cells // 3)
    room = max(10, cells - label - 14)
    for value in values:
        name = Text(_label(value), "dim italic" if value["value"] is None else "")
        name.truncate(label, overflow="ellipsis", pad=True)
        yield Text.assemble(
            "  ", name, "  ", (bar(value["selection"], room), "yellow"), f" {share(value['selection'])}"
        )
        yield Text.assemble(" " * (label + 4), (bar(value["baseline"], room), "blue"), f" {share(value['baseline'])}")


def _label(value: Json) -> str:
    return "(without)" if value["value"] is None else value_text(value["value"])


def bar(part: float, cells: int) -> str:
    """A share of 1 as blocks, to an eighth of a cell; a little is not nothing."""
    eighths = max(round(part * cells * 8), 1 if part > 0 else 0)
    return ("█" * (eighths // 8) + EIGHTHS[eighths % 8]).rstrip()
