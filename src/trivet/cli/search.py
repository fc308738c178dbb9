"""`trivet search [FILTER]`: a list of traces."""

import argparse
import json

from trivet.cli import arguments
from trivet.cli.table import trace_table
from trivet.cli.terminal import note, show, waiting

ORDERS = ("newest", "oldest", "slowest", "fastest", "errors")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_filter(parser, "such as 'service:web status:error duration>500ms'; none: all traces")
    arguments.add_range(parser, ORDERS)
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    text = arguments.filter_text(args)
    with waiting("searching"):
        answer = arguments.connect(args).pages(
            "/api/traces", "traces", args.limit, text=text, **arguments.question(args)
        )
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif answer["traces"]:
        show(trace_table(answer["traces"]))
        if answer.get("next"):
            note(f"the first {len(answer['traces'])}; more with --limit")
    else:
        note(answer.get("hint") or "no trace matches; the range is the last hour unless --start says otherwise")
    return 0
