"""`trivet export [FILTER]`: what is stored as OTLP in JSON, a request a line, as collectors write files.

Into a file an export that was cut off goes on where it stopped: `FILE.resume` beside it holds the place.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from trivet.cli import arguments
from trivet.cli.client import Client
from trivet.cli.complaint import Misused
from trivet.cli.figures import count, duration
from trivet.cli.terminal import Ticker, note
from trivet.errors import TrivetError

SIGNALS = ("traces", "logs", "metrics")
ITEMS = {"traces": "spans", "logs": "log records", "metrics": "metric points"}
PART = 2000  # items in a line: some MB

Json = Mapping[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_filter(parser, "such as 'service:web'; of metrics it is about their series; none: everything")
    parser.add_argument("--signal", action="append", choices=SIGNALS, help="may be given several times; default: all")
    parser.add_argument("--start", metavar="TIME", default="0", help="now-15m, 2026-11-23T14:00:00Z; default: all")
    parser.add_argument("--end", metavar="TIME", help="default: now")
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="a file; the same command again goes on where it was cut off"
    )
    arguments.add_server(parser, json_help="it is JSON anyway")


def run(args: argparse.Namespace) -> int:
    text = arguments.filter_text(args)
    question = {"filter": text, "start": args.start, "end": args.end, "signals": args.signal or list(SIGNALS)}
    if args.output:
        return _to_file(arguments.connect(args), question, args.output)
    counts = dict.fromkeys(question["signals"], 0)
    _write(arguments.connect(args), question, sys.stdout.buffer, Place(question), counts)
    return 0


class Place:
    """How far an export is, kept in a file so that it can go on."""

    def __init__(self, question: Json, kept_in: Path | None = None):
        self._question = question
        self._kept_in = kept_in
        self.signal, self.cursor, self.bytes = question["signals"][0], None, 0
        if kept_in and kept_in.exists():
            self._read(kept_in)

    def _read(self, path: Path) -> None:
        try:
            kept = json.loads(path.read_text())
        except ValueError:
            raise Misused(f"{path} is damaged", hint="remove it to begin anew") from None
        if kept["question"] != self._question:
            raise Misused(
                f"{path} belongs to an export of something else that was cut off",
                hint="run that one again, or remove the file to begin anew",
            )
        self.signal, self.cursor, self.bytes = kept["signal"], kept["cursor"], kept["bytes"]

    def move(self, signal: str, cursor: str | None, size: int) -> None:
        self.signal, self.cursor, self.bytes = signal, cursor, size
        if self._kept_in:
            kept = {"question": self._question, "signal": signal, "cursor": cursor, "bytes": size}
            fresh = self._kept_in.with_name(self._kept_in.name + ".new")
            fresh.write_text(json.dumps(kept))
            fresh.replace(self._kept_in)

    def end(self) -> None:
        if self._kept_in:
            self._kept_in.unlink(missing_ok=True)


def _to_file(server: Client, question: Json, path: Path) -> int:
    place = Place(question, path.with_name(path.name + ".resume"))
    try:
        with path.open("r+b" if place.bytes and path.exists() else "wb") as file:
            file.truncate(place.bytes)
            file.seek(place.bytes)
            _write(server, question, file, place, dict.fromkeys(question["signals"], 0))
    except TrivetError:
        note(f"cut off; the same command goes on from there ({path.name}.resume)")
        raise
    except OSError as error:
        raise Misused(f"cannot write {path}: {error.strerror}") from None
    place.end()
    return 0


def _write(server: Client, question: Json, to: BinaryIO, place: Place, counts: dict[str, int]) -> None:
    """The place moves after what lies before it is written."""
    ticker, began = Ticker(), time.monotonic()
    at_file = place.bytes
    for signal, answer in _parts(server, question, place):
        if answer["items"]:
            line = json.dumps(answer["otlp"], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            to.write(line)
            to.flush()
            at_file += len(line)
        counts[signal] += answer["items"]
        following = signal if answer["next"] else _after(signal, question["signals"])
        if following:
            place.move(following, answer["next"], at_file)
        ticker.say("exporting: " + _said(counts))
    ticker.end(f"exported {_said(counts)} in {duration(round((time.monotonic() - began) * 1e9))}")


def _parts(server: Client, question: Json, place: Place) -> Iterator[tuple[str, Json]]:
    """What is left from the place on."""
    signal, cursor = place.signal, place.cursor
    asked = {"filter": question["filter"] or None, "start": question["start"], "end": question["end"], "limit": PART}
    while signal:
        answer = server.get("/api/export", text=question["filter"], signal=signal, cursor=cursor, **asked)
        yield signal, answer
        if (cursor := answer["next"]) is None:
            signal = _after(signal, question["signals"])


def _after(signal: str, signals: list[str]) -> str | None:
    return next(iter(signals[signals.index(signal) + 1 :]), None)


def _said(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count(number)} {ITEMS[signal]}" for signal, number in counts.items())
