"""`trivet fields [PREFIX]`: what can be asked about; with a filter, what splits what matches."""

import argparse
import json

from trivet.cli import arguments
from trivet.cli.figures import count, one_line
from trivet.cli.table import table
from trivet.cli.terminal import note, show, waiting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prefix", nargs="?", default="", metavar="PREFIX", help="the beginning of their names")
    parser.add_argument("--signal", choices=("traces", "logs", "metrics"), default="traces", help="(%(default)s)")
    parser.add_argument("--filter", metavar="FILTER", help="of what matches only, those that split it best first")
    arguments.add_limit(parser)
    arguments.add_bounds(parser)
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    asked = {name: getattr(args, name) for name in ("signal", "prefix", "filter", "limit", "start", "end")}
    with waiting("asking"):
        answer = arguments.connect(args).get("/api/fields", text=args.filter or "", **asked)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif answer["fields"]:
        rows = (
            (one_line(each["name"]), each["scope"], each["type"], count(each["count"]), _score(each))
            for each in answer["fields"]
        )
        titles = [("field", "left"), ("of", "left"), ("type", "left"), ("count", "right"), ("splits", "right")]
        show(table(titles, rows))
    else:
        note("no such field in this range; the last hour unless --start says otherwise")
    return 0


def _score(field: dict) -> str:
    return f"{field['score']:.2f}" if "score" in field else ""
