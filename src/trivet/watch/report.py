"""Waits as telemetry: a log record on each span that waits, and metrics of all.

A wait is told when it is first seen, each time it has doubled, and from 16 seconds on every ten.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber, get_logger
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

import trivet
from trivet.watch.waits import Session, SpanAddress, Wait

EVENT = "trivet.lock.wait"
DOUBLED_UNTIL, THEN_EVERY = 16.0, 10.0  # seconds
MOST_STATEMENT = 1000  # characters of the holder's statement

waiting_now = trivet.gauge("trivet.lock.waiting", "{session}", "Sessions that wait for a lock.")
longest_now = trivet.gauge("trivet.lock.longest_wait", "s", "How long the longest of them has waited.")
durations = trivet.histogram("trivet.lock.wait.duration", "s", "How long waits for a lock took that have ended.")

Place = tuple[str, str]
"""A table and a lock mode."""


class Reporter:
    """`name_of` says what a session's span is called."""

    def __init__(self, name_of: Callable[[Session], str]):
        self._name_of = name_of
        self._logger = get_logger("trivet.watch")
        self._seen: dict[tuple[int, str, str], tuple[float, float]] = {}  # a wait → waited, due again at
        self._places: set[Place] = set()

    def report(self, waits: Sequence[Wait]) -> None:
        """What one look has found."""
        for wait in waits:
            key = _key(wait)
            waited = wait.waiting.waited
            before, due = self._seen.get(key, (0.0, 0.0))
            if waited < before:  # it got the lock meanwhile, and waits for it anew
                self._end(key, before)
                due = 0.0
            if waited >= due:
                self._logger.emit(self._record(wait))
                due = _next_after(waited)
            self._seen[key] = waited, due
        for key in set(self._seen) - {_key(wait) for wait in waits}:
            self._end(key, self._seen.pop(key)[0])
        self._measure(waits)

    def _end(self, key: tuple[int, str, str], waited: float) -> None:
        durations.record(waited, **_attributes_of(key[1:]))

    def _measure(self, waits: Sequence[Wait]) -> None:
        """Places where nobody waits any more say 0."""
        now = Counter((wait.waiting.table, wait.waiting.mode) for wait in waits)
        self._places |= now.keys()
        for place in self._places:
            longest = max((each.waiting.waited for each in waits if _key(each)[1:] == place), default=0.0)
            waiting_now.set(now[place], **_attributes_of(place))
            longest_now.set(longest, **_attributes_of(place))

    def _record(self, wait: Wait) -> LogRecord:
        waiting, holder = wait.waiting, wait.holder
        name = self._name_of(holder) if holder else "a session that is not to be seen"
        body = f"waiting {waiting.waited:.1f} s for {waiting.mode} on {waiting.table or 'a row'}, held by {name}"
        attributes = {
            **_attributes_of((waiting.table, waiting.mode)),
            "trivet.lock.waited": int(waiting.waited * 1e9),
            "trivet.lock.pid": waiting.session.pid,
            "trivet.lock.name": self._name_of(waiting.session),
            "trivet.lock.holder.name": name,
            **(_described(holder) if holder else {}),
        }
        return LogRecord(
            context=_context(waiting.session.span),
            severity_number=SeverityNumber.WARN,
            severity_text="WARN",
            body=body,
            event_name=EVENT,
            attributes=attributes,
        )


def _key(wait: Wait) -> tuple[int, str, str]:
    return wait.waiting.session.pid, wait.waiting.table, wait.waiting.mode


def _attributes_of(place: Place) -> dict[str, str]:
    return {"trivet.lock.table": place[0], "trivet.lock.mode": place[1]}


def _described(holder: Session) -> dict[str, str | int]:
    span = holder.span
    ids = {"trivet.lock.holder.trace_id": span.trace_id, "trivet.lock.holder.span_id": span.span_id} if span else {}
    return {
        **ids,
        "trivet.lock.holder.pid": holder.pid,
        "trivet.lock.holder.state": holder.state,
        "trivet.lock.holder.statement": holder.text[:MOST_STATEMENT],
    }


def _context(span: SpanAddress | None) -> Context:
    """The waiting span's, whichever process it is in."""
    if span is None:
        return Context()
    there = SpanContext(int(span.trace_id, 16), int(span.span_id, 16), True, TraceFlags(TraceFlags.SAMPLED))
    return trace.set_span_in_context(NonRecordingSpan(there), Context())


def _next_after(waited: float) -> float:
    """How long it must have waited to be told again."""
    return 2 * waited if waited < DOUBLED_UNTIL else waited + THEN_EVERY
