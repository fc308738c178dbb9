"""`trivet logs [FILTER]`: log records, oldest first, so that the newest stand beside the prompt."""

import argparse
import json

from trivet.cli import arguments
from trivet.cli.table import log_line
from trivet.cli.terminal import note, show_lines, waiting

ORDERS = ("newest", "oldest")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_filter(parser, "such as 'service:web severity>=warn'; none: all records")
    arguments.add_range(parser, ORDERS)
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    text = arguments.filter_text(args)
    with waiting("searching"):
        answer = arguments.connect(args).pages("/api/logs", "logs", args.limit, text=text, **arguments.question(args))
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
        return 0
    records = answer["logs"][::-1] if args.order == "newest" else answer["logs"]
    show_lines(map(log_line, records))
    if answer.get("next"):
        note(f"the {args.order} {len(records)}; more with --limit")
    elif not records:
        note(answer.get("hint") or "no record matches; the range is the last hour unless --start says otherwise")
    return 0
