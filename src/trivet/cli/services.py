"""`trivet services`: who there is, how much they do, how well."""

import argparse
import json

from trivet.cli import arguments
from trivet.cli.table import service_table
from trivet.cli.terminal import note, show, waiting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_bounds(parser)
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    with waiting("asking"):
        answer = arguments.connect(args).get("/api/services", start=args.start, end=args.end)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif answer["services"]:
        show(service_table(answer["services"]))
    else:
        note("no service has sent anything in this range; the last hour unless --start says otherwise")
    return 0
