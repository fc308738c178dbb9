"""`trivet import FILE…`: OTLP in JSON, a request a line, sent to a server as any sender would.

What `trivet export` and the collector's file exporter write; `.gz` is read too. Lines are put together until they are
worth a request, so that memory holds one of these and one line.
"""

import argparse
import gzip
import json
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from trivet.cli import arguments
from trivet.cli.complaint import Misused
from trivet.cli.delivery import Delivery
from trivet.cli.figures import count, duration, size
from trivet.cli.terminal import Ticker, note

REQUEST_BYTES = 1024 * 1024
# What a request calls its groups → its signal, its scopes, their items.
GROUPS = {
    "resourceSpans": ("traces", "scopeSpans", "spans"),
    "resourceLogs": ("logs", "scopeLogs", "logRecords"),
    "resourceMetrics": ("metrics", "scopeMetrics", "metrics"),
}

Json = Mapping[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="OTLP in JSON, a request a line; -: stdin")
    arguments.add_server(parser, json_help="print what was sent as JSON")


def run(args: argparse.Namespace) -> int:
    ticker, began = Ticker(), time.monotonic()
    delivery = Delivery(arguments.connect_to_send(args), waiting=note)
    sent = {"traces": 0, "logs": 0, "metrics": 0, "requests": 0, "bytes": 0, "rejected": 0}
    try:
        for name, items, body in requests(line for file in args.files for line in _lines(file)):
            signal = GROUPS[name][0]
            sent["rejected"] += delivery.send(signal, body)
            sent[signal] += items
            sent["requests"] += 1
            sent["bytes"] += len(body)
            ticker.say("importing: " + _said(sent))
    finally:
        delivery.close()
    ticker.end(f"imported {_said(sent)} in {duration(round((time.monotonic() - began) * 1e9))}")
    if args.json:
        print(json.dumps(sent))
    return 1 if sent["rejected"] else 0


def requests(lines: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, int, bytes]]:
    """What a request calls its groups, how many items are in these, and its body. The same lines always make the same
    requests."""
    held: list[Json] = []
    name, items, length = "", 0, 0
    for place, line in lines:
        for other, groups, more in _read(place, line):
            if held and (other != name or length >= REQUEST_BYTES):
                yield name, items, _body(name, held)
                held, items, length = [], 0, 0
            name = other
            held += groups
            items += more
            length += len(line)
    if held:
        yield name, items, _body(name, held)


def _body(name: str, groups: list[Json]) -> bytes:
    return json.dumps({name: groups}, separators=(",", ":")).encode()


def _read(place: str, line: bytes) -> Iterator[tuple[str, list[Json], int]]:
    """The groups of a line by what a request calls them, and how many items they have."""
    if not line.strip():
        return
    try:
        said = json.loads(line)
        named = [(name, said[name], _items(name, said[name])) for name in GROUPS if said.get(name)]
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Misused(
            f"{place} is not JSON of OTLP", hint="wanted: a request a line, as `trivet export` writes"
        ) from None
    if not named and not any(name in said for name in GROUPS):
        raise Misused(f"{place} holds no {', '.join(GROUPS)}", hint="wanted: OTLP, as `trivet export` writes")
    yield from named


def _lines(name: str) -> Iterator[tuple[str, bytes]]:
    """Each line with where it is."""
    try:
        with _opened(name) as file:
            for number, line in enumerate(file, 1):
                yield f"line {number} of {'stdin' if name == '-' else name}", line
    except (OSError, EOFError, zlib.error) as error:
        raise Misused(f"cannot read {name}: {getattr(error, 'strerror', None) or error}") from None


def _opened(name: str) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    return gzip.open(name) if name.endswith(".gz") else Path(name).open("rb")


def _items(name: str, groups: list[Json]) -> int:
    """Spans, records, or the points of metrics."""
    _, scopes, items = GROUPS[name]
    found = [item for group in groups for scope in group.get(scopes) or () for item in scope.get(items) or ()]
    if name != "resourceMetrics":
        return len(found)
    data = [value for item in found for value in item.values() if isinstance(value, dict)]
    return sum(len(value.get("dataPoints") or ()) for value in data)


def _said(sent: Mapping[str, int]) -> str:
    said = f"{count(sent['traces'])} spans, {count(sent['logs'])} log records, {count(sent['metrics'])} metric points"
    rejected = f", {count(sent['rejected'])} rejected" if sent["rejected"] else ""
    return f"{said} ({size(sent['bytes'])}){rejected}"
