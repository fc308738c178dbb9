"""Spans that run long say so while they run: a log record `trivet.span.running` with where the code is now.

A thread of its own looks at the oldest open spans four times in the first threshold; while none is older than that,
a look costs microseconds. A span is reported at 1, 2, 4, 8 and 16 times the threshold, then at a fixed interval.
"""

from collections.abc import Callable
from itertools import islice
from queue import Empty
from time import time_ns
from typing import Any, NamedTuple

from opentelemetry.trace import format_span_id

from trivet import faults
from trivet.sdk.logs import DEBUG, Record
from trivet.sdk.native import Thread, make_queue
from trivet.sdk.span import Span
from trivet.sdk.stacks import stack_of

DOUBLINGS = 5  # reports at 1, 2, 4, 8 and 16 times the threshold
PEEK = 64  # spans looked at when none of them is old
MOST_REPORTS = 100  # in one look; the rest is reported in the next
EVENT = "trivet.span.running"
NEVER = 100 * 365 * 86_400.0  # seconds


class _Reported(NamedTuple):
    count: int
    due: int  # unix ns of the next report


class Watch:
    """`open_spans` is the provider's table, in the order of their starts; `deliver` takes the records."""

    def __init__(
        self,
        open_spans: dict[Span, Any],
        deliver: Callable[[Record], None],
        after: float,
        every: float,
        each_look: Callable[[], None] = lambda: None,
    ):
        self.open_spans = open_spans
        self.deliver = deliver
        self.after = int(after * 1e9)
        self.every = int(every * 1e9)
        self.each_look = each_look
        self.pause = min(0.25, max(0.01, after / 4))
        self.forget_parent_process()

    def forget_parent_process(self) -> None:
        self._reported: dict[Span, _Reported] = {}
        self._stop = make_queue()
        self._thread: Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            try:
                self._thread = Thread(self._run)
            except RuntimeError:  # the interpreter is shutting down
                pass

    def stop(self) -> None:
        self._stop.put(None)
        if self._thread is not None:
            self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while True:
            try:
                return self._stop.get(timeout=self.pause)
            except Empty:
                pass
            try:
                self.look(time_ns())
                self.each_look()
            except Exception as error:
                faults.swallow(error, "running")

    def look(self, now: int) -> None:
        """Report what is due at `now` (unix ns)."""
        for span in [span for span in self._reported if span._end_time is not None]:
            del self._reported[span]
        due = []
        for span, where in self._old(now - self.after):
            reported = self._reported.get(span)
            if (reported is None or now >= reported.due) and span._sampled:
                due.append((span, where, reported.count if reported else 0))
        for span, where, count in due[:MOST_REPORTS]:
            following = self._next_age(count + 1)
            # Counted from the span's start, so that a late look does not shift the later ones.
            next_due = max(span._start_time + following, now + self.after)
            self._reported[span] = _Reported(count + 1, next_due)
            self.deliver(_report(span, where, count + 1, now, next_due - now))

    def _next_age(self, count: int) -> int:
        """The age at which the report after number `count` is due, in ns."""
        if count < DOUBLINGS:
            return self.after << count
        return (self.after << (DOUBLINGS - 1)) + (count - DOUBLINGS + 1) * self.every

    def _old(self, started_before: int) -> list[tuple[Span, Any]]:
        """Open spans that began before; more are only copied out of the table while all of them are old."""
        wanted = PEEK
        while True:
            try:
                oldest = list(islice(self.open_spans.items(), wanted))
            except RuntimeError:  # the table changed under our eyes
                continue
            old = [entry for entry in oldest if entry[0]._start_time <= started_before]
            if len(old) < wanted:
                return old
            wanted *= 8


def _report(span: Span, where: Any, count: int, now: int, next_after: int) -> Record:
    attributes: dict[str, Any] = {
        "trivet.span.name": span.name,
        "trivet.span.kind": span.kind.name.lower(),
        "trivet.span.start": span.start_time,
        "trivet.span.attributes": dict(span.attributes),
        "trivet.span.stack": stack_of(where),
        "trivet.span.report": count,
        "trivet.span.next_after": next_after,
    }
    if span.parent is not None:
        attributes["trivet.span.parent_id"] = format_span_id(span.parent.span_id)
    record = Record(span.instrumentation_scope, DEBUG, None, attributes)
    record.time = record.observed = now
    record.severity_text = "DEBUG"
    record.event_name = EVENT
    context = span.context
    record.trace_id, record.span_id, record.flags = context.trace_id, context.span_id, context.trace_flags
    return record
