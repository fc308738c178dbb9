"""Traces in a line each: the root that stands for it, how much of what, and each service's part in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from trivet.query import words
from trivet.query.answers import Extent, RootState, ServicePart, TraceRow
from trivet.query.ask import Ask, statement, together
from trivet.query.beside import beside
from trivet.query.facts.self_time import self_times
from trivet.query.facts.skew import timeline
from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import tree
from trivet.query.filter.condition import Condition
from trivet.query.origins import Resources
from trivet.query.span_rows import RunningRow, SpanRow, parent
from trivet.query.trace.few import Few
from trivet.query.trace.running import RunningSpans
from trivet.query.trace.stored import Stored
from trivet.store.client import Answer

# Spans of a page's traces that are fetched; beyond it the engine makes the lines, without the correction of clocks.
MOST_SPANS = 50_000


class Skeleton(NamedTuple):
    """A span without what hangs on it; in the order of the statement's columns."""

    trace_id: str
    span_id: str
    parent: str
    service: str
    name: str
    kind: int
    begin: int
    duration: int
    status_code: int
    resource_id: int


# The last report of a span, and the trace that it is of.
Report = tuple[str, RunningRow]
# The column of `trace_summaries` that tells of the root.
ROOT = 8


class TraceLines:
    def __init__(self, ask: Ask, resources: Resources, running: RunningSpans, stored: Stored):
        self._ask = ask
        self._resources = resources
        self._running = running
        self._stored = stored

    async def of(self, traces: Collection[str], few: Few | None = None) -> tuple[dict[str, TraceRow], list[Answer]]:
        """A line for each trace that has any span, and the answers that they are made of. `few` are these and others,
        where it is known when they were."""
        if not traces:
            return {}, []
        wanted = {"traces": sorted(traces)}
        during, logged = await self._when("start", few), await self._when("time", few)
        spans, logs, reports = await together(
            self._ask.answer(
                "trace_skeletons", wanted | during.parameters | {"limit": MOST_SPANS + 1}, when=during.sql
            ),
            self._ask.answer("trace_log_counts", wanted | logged.parameters, when=logged.sql),
            self._running.reports_of(traces),
        )
        counts = dict(logs.rows)
        if len(spans.rows) > MOST_SPANS:
            return await self._many(wanted, reports, counts), [spans, logs]
        rows = [Skeleton._make(row) for row in spans.rows]
        unfinished = await self._unfinished(reports, {(row.trace_id, row.span_id) for row in rows})
        processes = await self._processes(rows, wanted)
        lines = await beside(len(rows), _lines, rows, unfinished, processes, counts)
        return lines, [spans, logs]

    async def _when(self, column: str, few: Few | None) -> Condition:
        return few.when(column) if few else Condition(await self._stored.when(column, "traces_when"), {})

    async def _many(
        self, wanted: dict[str, Any], reports: Iterable[Report], logs: dict[str, int]
    ) -> dict[str, TraceRow]:
        """Lines made by the engine; whether a root that has not ended is lost, its report tells."""
        rows = (await self._ask.answer("trace_summaries", wanted)).rows
        open_roots = {row[0]: (service, name) for row in rows for service, name, *_, runs in [row[ROOT]] if runs}
        theirs = [(trace, row) for trace, row in reports if open_roots.get(trace) == (row.service, row.name)]
        states = {trace: _state(row) for trace, row in await self._unfinished(theirs, ())}
        return {row[0]: _line(*row, logs=logs.get(row[0], 0), state=states.get(row[0], "ended")) for row in rows}

    async def _unfinished(self, reports: Iterable[Report], finished: Collection[tuple[str, str]]) -> list[Report]:
        """The reports of spans that have not ended since; whose process is gone is marked."""
        left = [(trace, row) for trace, row in reports if (trace, row.span_id) not in finished]
        rows = await self._running.still_open([row for _, row in left], ())
        return [(trace, row) for (trace, _), row in zip(left, rows, strict=True)]

    async def _processes(self, rows: Iterable[Skeleton], wanted: dict[str, Any]) -> dict[int, str]:
        """The clock of each resource."""
        tables = dict.fromkeys((row.resource_id for row in rows), SpanRow.TABLE)
        known = await self._resources.of(tables, statement("traces_wanted"), wanted)
        return {each: resource.process for each, resource in known.items()}


def _lines(
    rows: Sequence[Skeleton],
    unfinished: Sequence[Report],
    processes: dict[int, str],
    logs: dict[str, int],
) -> dict[str, TraceRow]:
    by_trace: dict[str, list[Skeleton]] = defaultdict(list)
    for row in rows:
        by_trace[row.trace_id].append(row)
    states: dict[str, dict[str, RootState]] = defaultdict(dict)
    for trace, report in unfinished:
        states[trace][report.span_id] = _state(report)
        by_trace[trace].append(_skeleton(trace, report))
    return {
        trace: _told(trace, spans, processes, states=states.get(trace, {}), logs=logs.get(trace, 0))
        for trace, spans in by_trace.items()
    }


def _state(report: RunningRow) -> RootState:
    return "lost" if report.lost else "running"


def _skeleton(trace: str, row: RunningRow) -> Skeleton:
    kind = words.KINDS.index(row.kind) if row.kind in words.KINDS else 0
    duration = max(0, row.seen - row.begin)
    return Skeleton(
        trace, row.span_id, row.parent, row.service, row.name, kind, row.begin, duration, 0, row.resource_id
    )


def _told(
    trace_id: str, rows: Sequence[Skeleton], processes: dict[int, str], *, states: dict[str, RootState], logs: int
) -> TraceRow:
    """One trace's line; `states` are those of its spans that have not ended."""
    running = bool(states)
    spans = Spans(
        span_id=[row.span_id for row in rows],
        parent=[parent(row.parent) for row in rows],
        service=[row.service for row in rows],
        name=[row.name for row in rows],
        kind=[words.kind(row.kind) for row in rows],
        start=[row.begin for row in rows],
        duration=[max(0, row.duration) for row in rows],
        error=[row.status_code == 2 for row in rows],
        process=[processes.get(row.resource_id, "") for row in rows],
    )
    linked = tree(spans)
    root = rows[linked.root]
    began = min(spans.start)
    ended = max(begin + duration for begin, duration in zip(spans.start, spans.duration, strict=True))
    return TraceRow(
        trace_id=trace_id,
        root="received" if linked.roots else "local",
        service=root.service,
        name=root.name,
        start=str(began),
        duration=max(0, root.duration),
        extent=Extent(str(began), str(ended)),
        spans=len(rows),
        errors=sum(spans.error),
        logs=logs,
        status=words.status(root.status_code),
        root_state=states.get(root.span_id, "ended"),
        running=running,
        complete=bool(linked.roots and not linked.orphans and not running),
        services=_parts(spans, self_times(timeline(spans, linked))),
    )


def _parts(spans: Spans, own: Sequence[int]) -> list[ServicePart]:
    """Each service's part, the largest first."""
    parts: dict[str, ServicePart] = {}
    for service, error, time in zip(spans.service, spans.error, own, strict=True):
        part = parts.setdefault(service, ServicePart(service, 0, 0, 0))
        part.spans += 1
        part.errors += error
        part.self_time += time
    return sorted(parts.values(), key=lambda part: (-part.self_time, part.name))


def _line(
    trace: str,
    began: int,
    ended: int,
    spans: int,
    errors: int,
    running: int,
    orphans: int,
    received: int,
    root: tuple[str, str, int, int, bool],
    services: Sequence[tuple[str, int, int, int]],
    *,
    logs: int,
    state: RootState,
) -> TraceRow:
    service, name, duration, code, _ = root
    return TraceRow(
        trace_id=trace,
        root="received" if received else "local",
        service=service,
        name=name,
        start=str(began),
        duration=duration,
        extent=Extent(str(began), str(ended)),
        spans=spans,
        errors=errors,
        logs=logs,
        status=words.status(code),
        root_state=state,
        running=bool(running),
        complete=bool(received and not orphans and not running),
        services=[ServicePart(*part) for part in services],
    )
