"""What is stored of one trace: its spans, log records, the links to it and its exemplars, each once and in order."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from trivet.query.answers import Exemplar, LinkedFrom
from trivet.query.ask import Ask, statement, together
from trivet.query.attributes import double, integer
from trivet.query.log_rows import LogRow
from trivet.query.span_rows import SpanRow, parent
from trivet.query.trace.stored import EXEMPLARS, LINKS, LOGS, Stored
from trivet.store.client import Answer

MAX_LOGS = 10_000
MAX_LINKS = 100
MAX_EXEMPLARS = 1000
# Up to this many rows of a kind come as they lie, and are put in order here.
FEW = 2000
INT = 6  # otel_exemplars.value_type


class Beside(NamedTuple):
    """What there is beside the spans: its table, how it is put in order with resends once, and how many at most."""

    table: str
    once: str
    most: int


BESIDE = {
    "logs": Beside(LOGS, "ORDER BY time, ordinal\nLIMIT 1 BY id", MAX_LOGS + 1),
    "links": Beside(LINKS, "ORDER BY start\nLIMIT 1 BY trace_id, span_id", MAX_LINKS),
    "exemplars": Beside(EXEMPLARS, "ORDER BY time\nLIMIT 1 BY metric, series_id, time, span_id, value", MAX_EXEMPLARS),
}

Row = list[Any]
LOG_WIDTH = len(LogRow._fields)
LOG_ID = LogRow._fields.index("id")


class Rows(NamedTuple):
    """`spans` and `logs` are one longer than asked when there are more."""

    spans: list[SpanRow]
    logs: list[LogRow]
    links: list[LinkedFrom]
    exemplars: list[Exemplar]
    read: list[Answer]


class TraceRows:
    def __init__(self, ask: Ask, stored: Stored):
        self._ask = ask
        self._stored = stored

    async def of(self, trace_id: str, max_spans: int) -> Rows:
        """All of a trace, or the first `max_spans` and one more of its spans, and so on."""
        spans, beside = await together(self._spans(trace_id, max_spans), self._beside(trace_id))
        found = _by_kind(*beside[-1:])
        return Rows(
            [SpanRow._make(row) for row in _spans_once(spans[-1].rows)],
            [LogRow._make(row[:LOG_WIDTH]) for row in _logs_once(found["logs"])],
            [LinkedFrom(*row[:4]) for row in _links_once(found["links"])[:MAX_LINKS]],
            [_exemplar(*row[:6]) for row in _exemplars_once(found["exemplars"])[:MAX_EXEMPLARS]],
            [*spans, *beside],
        )

    async def _spans(self, trace_id: str, most: int) -> list[Answer]:
        """The answers that it took; the last has the spans."""

        async def read(limit: int, **once: str) -> Answer:
            during = await self._stored.when("start")
            params = {"trace": trace_id, "limit": limit}
            return await self._ask.answer("trace_spans", params, when=during, which="true", **once)

        few = await read(FEW + 1, spans_once="")
        return [few] if len(few.rows) <= FEW else [few, await read(most + 1)]

    async def _beside(self, trace_id: str) -> list[Answer]:
        """The same for what there is beside the spans: one statement, since each costs some milliseconds, about the
        kinds that are stored at all."""
        kinds = [kind for kind, beside in BESIDE.items() if await self._stored.any(beside.table)]
        if not kinds:
            return []
        few = await self._read_beside(trace_id, dict.fromkeys(kinds, FEW + 1), in_order=False)
        if all(len(rows) <= FEW for rows in _by_kind(few).values()):
            return [few]
        return [few, await self._read_beside(trace_id, {kind: BESIDE[kind].most for kind in kinds}, in_order=True)]

    async def _read_beside(self, trace_id: str, limits: Mapping[str, int], *, in_order: bool) -> Answer:
        logged = await self._stored.when("time")
        selects = [
            statement(f"beside_{kind}", when=logged, once=BESIDE[kind].once if in_order else "") for kind in limits
        ]
        params = {"trace": trace_id, **limits}
        return await self._ask.answer("union", params, selects="\nUNION ALL\n".join(selects))


def _by_kind(*answers: Answer) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for answer in answers:
        for what, row in answer.rows:
            found[what].append(json.loads(row))
    return found


def _once(rows: Iterable[Row], order: Callable[[Row], Any], same: Callable[[Row], Any]) -> list[Row]:
    """In order; of rows that are the same, the first."""
    first: dict[Any, Row] = {}
    for row in sorted(rows, key=order):
        first.setdefault(same(row), row)
    return list(first.values())


def _spans_once(rows: list[Row]) -> list[Row]:
    return _once(rows, lambda row: row[5], lambda row: row[0])


def _logs_once(rows: list[Row]) -> list[Row]:
    return _once(rows, lambda row: (row[0], row[LOG_WIDTH]), lambda row: row[LOG_ID])


def _links_once(rows: list[Row]) -> list[Row]:
    return _once(rows, lambda row: row[4], lambda row: (row[0], row[1]))


def _exemplars_once(rows: list[Row]) -> list[Row]:
    return _once(rows, lambda row: row[4], lambda row: (row[0], row[6], row[4], row[5], row[2]))


def _exemplar(metric: str, kind: int, number: float | str, integral: int, at: int, span_id: str) -> Exemplar:
    return Exemplar(metric, integer(integral) if kind == INT else double(float(number)), str(at), parent(span_id))
