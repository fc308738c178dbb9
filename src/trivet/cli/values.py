"""`trivet values FIELD`: what a field holds, the most frequent first."""

import argparse
import json

from trivet.cli import arguments
from trivet.cli.figures import count, value_text
from trivet.cli.table import table
from trivet.cli.terminal import note, show, waiting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("field", metavar="FIELD", help="as a filter names it: http.route, event.exception.type")
    parser.add_argument("prefix", nargs="?", default="", metavar="PREFIX", help="the beginning of the values")
    parser.add_argument("--signal", choices=("traces", "logs", "metrics"), default="traces", help="(%(default)s)")
    parser.add_argument("--filter", metavar="FILTER", help="of what matches only")
    arguments.add_limit(parser)
    arguments.add_bounds(parser)
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    asked = {name: getattr(args, name) for name in ("signal", "field", "prefix", "filter", "limit", "start", "end")}
    with waiting("asking"):
        answer = arguments.connect(args).get("/api/values", text=args.filter or "", **asked)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif answer["values"]:
        rows = ((value_text(each["value"]), count(each["count"])) for each in answer["values"])
        show(table([("value", "left"), ("count", "right")], rows))
    else:
        note("no such value in this range; the last hour unless --start says otherwise")
    return 0
