"""`trivet trace ID`: the waterfall of one trace."""

import argparse
import json

from trivet.cli import arguments
from trivet.cli.client import path_part
from trivet.cli.draw import waterfall
from trivet.cli.terminal import show_lines, waiting, width


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="trace id, 32 hex digits")
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    asked = arguments.connect(args)
    with waiting("fetching the trace"):
        trace = asked.get(f"/api/traces/{path_part(args.id.strip().replace('-', '').lower())}")
    if args.json:
        print(json.dumps(trace, ensure_ascii=False))
    else:
        show_lines(waterfall(trace, width()))
    return 0
