"""`trivet tail [FILTER]`: log records as they arrive, until Ctrl-C.

By the server's live stream where it has one, else by asking again: every half second for what lies after a moment
that trails the newest record by some seconds, since records of different senders arrive out of order.
"""

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from trivet.cli import arguments
from trivet.cli.client import Client
from trivet.cli.complaint import Refused
from trivet.cli.table import log_line
from trivet.cli.terminal import note, show_lines
from trivet.errors import Unavailable

POLL_SECONDS = 0.5
TRAIL_NS = 10_000_000_000

Json = Mapping[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_filter(parser, "such as 'severity>=warn'; none: all records")
    arguments.add_server(parser, json_help="print each record as one line of JSON")


def run(args: argparse.Namespace) -> int:
    text = arguments.filter_text(args)
    records = follow(arguments.connect(args), text)
    if args.json:
        for record in records:
            print(json.dumps(record, ensure_ascii=False), flush=True)
    else:
        show_lines(map(log_line, records))
    return 0


def follow(server: Client, text: str) -> Iterator[Json]:
    """Every record that arrives from now on."""
    try:
        yield from _live(server, text)
    except Refused as refused:
        if refused.code != "not_found":
            raise
        yield from _polled(server, text)


def _live(server: Client, text: str) -> Iterator[Json]:
    for event, data in server.events("/api/live", text=text, signal="logs", filter=text or None):
        if event == "log":
            yield data
        elif event == "skipped":
            note(f"… {data['count']} records skipped: they arrive faster than they can be shown")
    raise Unavailable("the server has ended the stream", hint="it may be restarting: try again")


def _polled(server: Client, text: str) -> Iterator[Json]:
    shown: dict[str, int] = {}
    newest = time.time_ns()
    since = newest
    while True:
        answer = server.pages("/api/logs", "logs", 10_000, text=text, filter=text or None, start=since, order="oldest")
        for record in answer["logs"]:
            if record["id"] not in shown:
                yield record
            shown[record["id"]] = int(record["time"])
        newest = max([newest, *shown.values()])
        since = max(since, newest - TRAIL_NS)
        shown = {id: at for id, at in shown.items() if at >= since}
        time.sleep(POLL_SECONDS)
