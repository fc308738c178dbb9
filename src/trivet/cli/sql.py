"""`trivet sql "SELECT …"`: the store's own language, read-only."""

import argparse
import csv
import json
import sys
from collections.abc import Mapping
from typing import Any

from trivet.cli import arguments
from trivet.cli.table import answer_table
from trivet.cli.terminal import note, show, waiting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "query", metavar="QUERY", help="such as 'SELECT service, count() FROM spans GROUP BY service'; -: stdin"
    )
    arguments.add_limit(parser, 1000, "rows at most")
    parser.add_argument("--csv", action="store_true", help="comma-separated values with a header")
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    query = sys.stdin.read() if args.query == "-" else args.query
    with waiting("asking") as say:
        answer = arguments.connect(args).told("/api/sql", {"query": query, "limit": args.limit}, say, text=query)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif args.csv:
        _print_csv(answer)
    else:
        show(answer_table(answer))
    if answer["truncated"]:
        note(f"cut after {len(answer['rows'])} rows; more with --limit")
    return 0


def _print_csv(answer: Mapping[str, Any]) -> None:
    """RFC 4180 but for the line ends, which are the system's; NULL is an empty cell, what is no scalar is JSON."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(column["name"] for column in answer["columns"])
    for row in answer["rows"]:
        writer.writerow(json.dumps(cell) if isinstance(cell, list | dict) else cell for cell in row)
