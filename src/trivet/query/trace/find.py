"""Where in one trace a filter matches: rows of its shape, and log records."""

import time

from msgspec import Struct

from trivet.errors import Invalid
from trivet.query.answers import Scanned
from trivet.query.ask import Ask, together
from trivet.query.filter.compile import compiled
from trivet.query.filter.condition import Condition
from trivet.query.filter.fields import Context
from trivet.query.filter.tables import LOGS, RUNNING_SPANS, SPANS, Table
from trivet.query.ids import known_form
from trivet.query.instant import Range
from trivet.query.scanned import total
from trivet.query.trace.shape import MOST_MARKS, Outline, Shapes
from trivet.query.trace.stored import Stored
from trivet.store.answer import Answer
from trivet.store.answer import Scanned as Read


class Found(Struct):
    """`rows` are those of the trace's shape, in order; `spans` the same spans by id; `logs` are ids of log records."""

    rows: list[int]
    spans: list[str]
    logs: list[str]
    scanned: Scanned


NOTHING = Answer([], [], Read())


class FindQuestions:
    def __init__(self, ask: Ask, shapes: Shapes):
        self._ask = ask
        self._shapes = shapes
        self._stored = Stored(ask)

    async def find(self, trace_id: str, filter: str) -> Found:
        """The spans and log records of a trace that match, each by itself. NotFound when it has no spans.

        What is wrong with the filter is told unless it means something to spans and finds some.
        """
        began = time.perf_counter()
        trace_id = known_form(trace_id)
        outline = await self._shapes.outline(trace_id)
        spans = [self._finished(trace_id, filter, outline), self._running(trace_id, filter, outline)]
        logs, wrong = _understood(filter, outline)
        *found, records = await together(*spans, self._logs(trace_id, logs))
        ids = {span_id for answer in found for (span_id,) in answer.rows}
        rows = [row for row, span_id in enumerate(outline.spans.span_id) if span_id in ids]
        if wrong and not rows:
            raise wrong
        return Found(
            rows,
            [outline.spans.span_id[row] for row in rows],
            [record for (record,) in records.rows],
            total([*found, records], began),
        )

    async def _finished(self, trace_id: str, filter: str, outline: Outline) -> Answer:
        condition = compiled(filter, _context(SPANS, outline))
        params = condition.parameters | {"trace": trace_id}
        return await self._ask.answer("find_spans", params, filter=condition.sql, when=await self._stored.when("start"))

    async def _running(self, trace_id: str, filter: str, outline: Outline) -> Answer:
        """A span that has ended since its last report is told by its end."""
        states = dict(zip(outline.spans.span_id, outline.running, strict=True))
        open_ = [span_id for span_id, state in states.items() if state]
        if not open_:
            return NOTHING
        condition = compiled(filter, _context(RUNNING_SPANS, outline))
        lost = [span_id for span_id in open_ if states[span_id] == "lost"]
        params = condition.parameters | {"trace": trace_id, "open": open_, "lost": lost}
        return await self._ask.answer("find_running", params, filter=condition.sql)

    async def _logs(self, trace_id: str, condition: Condition | None) -> Answer:
        if condition is None:
            return NOTHING
        params = condition.parameters | {"trace": trace_id, "limit": MOST_MARKS}
        return await self._ask.answer("find_logs", params, filter=condition.sql, when=await self._stored.when("time"))


def _understood(filter: str, outline: Outline) -> tuple[Condition | None, Invalid | None]:
    """The filter as one of log records, or what is wrong with it as such."""
    try:
        return compiled(filter, _context(LOGS, outline)), None
    except Invalid as error:
        return None, error


def _context(table: Table, outline: Outline) -> Context:
    """Other rows of the trace that a filter speaks of are looked for at its time."""
    starts = outline.spans.start
    last = max(starts) + 1
    return Context(table, Range(min(starts), last), last)
