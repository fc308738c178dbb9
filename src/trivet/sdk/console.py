"""For development: spans and log records as a live tree in the terminal, each at the depth of its span.

A line when a span starts, one more when it ends if that says something new: it failed, took long, or others came in
between. Traces that interleave are told apart by the first digits of their ids.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, TextIO

from opentelemetry.context import Context
from opentelemetry.trace import StatusCode

from trivet.sdk.logs import ERROR, WARN, Record
from trivet.sdk.span import Span

LONG = 100_000_000  # ns from which a span's duration is worth a line of its own
WIDEST = 160  # characters of a line's attributes
RED, YELLOW, DIM, BOLD, PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


class Console:
    """A span processor, and in front of whoever delivers log records."""

    def __init__(self, out: TextIO | None = None, colours: bool | None = None):
        self._out = out or sys.stderr
        self._colours = self._out.isatty() if colours is None else colours
        self._depths: dict[int, int] = {}
        self._last = 0  # the span that wrote last

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        context = span.context
        depth = self._depths.get(span.parent.span_id, -1) + 1 if span.parent else 0
        self._depths[context.span_id] = depth
        self._write(span.start_time, context.trace_id, depth, self._bold(span.name), span.attributes, context.span_id)

    def on_end(self, span: Span) -> None:
        context = span.context
        depth = self._depths.pop(context.span_id, 0)
        took = span.end_time - span.start_time
        failed = span.status.status_code is StatusCode.ERROR
        if not failed and took < LONG and self._last == context.span_id:
            return
        said = f"└ {span.name} {duration(took)}"
        if failed:
            said = self._paint(f"{said} ✗ {span.status.description or ''}".rstrip(), RED)
        self._write(span.end_time, context.trace_id, depth, said, {}, 0)

    def hear(self, deliver: Callable[[Record], None]) -> Callable[[Record], None]:
        """`deliver`, after the record has been shown."""

        def show(record: Record) -> None:
            if not record.event_name.startswith("trivet."):
                colour = RED if record.severity >= ERROR else YELLOW if record.severity >= WARN else DIM
                said = self._paint(f"{record.severity_text} {record.body}", colour)
                self._write(record.time, record.trace_id, self._depths.get(record.span_id, -1) + 1, said, {}, 0)
            deliver(record)

        return show

    def shutdown(self) -> None:
        pass

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True

    def _write(self, time: int, trace_id: int, depth: int, said: str, attributes: Any, writer: int) -> None:
        moment = datetime.fromtimestamp(time / 1e9).strftime("%H:%M:%S.%f")[:-3]
        trace = f"{trace_id:032x}"[:4] if trace_id else "    "
        values = " ".join(f"{key}={value!r}" for key, value in attributes.items())
        values = values if len(values) <= WIDEST else f"{values[:WIDEST]}…"
        line = f"{self._paint(f'{moment} {trace}', DIM)} {'  ' * depth}{said} {self._paint(values, DIM)}".rstrip()
        self._last = writer
        try:
            self._out.write(f"{line}\n")
            self._out.flush()
        except (OSError, ValueError):  # the terminal has gone
            pass

    def _bold(self, text: str) -> str:
        return self._paint(text, BOLD)

    def _paint(self, text: str, colour: str) -> str:
        return f"{colour}{text}{PLAIN}" if self._colours and text else text


def duration(ns: int) -> str:
    """Three digits and a unit: `1.52 s`, `24.0 ms`, `310 µs`."""
    for unit, size in (("s", 1e9), ("ms", 1e6)):
        if ns >= size:
            value = ns / size
            return f"{value:.{max(0, 3 - len(str(int(value))))}f} {unit}"
    return f"{ns / 1e3:.0f} µs"
