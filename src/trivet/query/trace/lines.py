"""Traces in a line each: the root that stands for it, how much of what, and each service's part in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from trivet.query import words
from trivet.query.answers import Extent, ServicePart, TraceRow
from trivet.query.ask import Ask, statement, together
from trivet.query.beside import beside
from trivet.query.facts.self_time import self_times
from trivet.query.facts.skew import timeline
from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import tree
from trivet.query.origins import Resources
from trivet.query.span_rows import RunningRow, SpanRow, parent
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


class TraceLines:
    def __init__(self, ask: Ask, resources: Resources, running: RunningSpans, stored: Stored):
        self._ask = ask
        self._resources = resources
        self._running = running
        self._stored = stored

    async def of(self, traces: Collection[str]) -> tuple[dict[str, TraceRow], list[Answer]]:
        """A line for each trace that has any span, and the answers that they are made of."""
        if not traces:
            return {}, []
        wanted = {"traces": sorted(traces)}
        during, logged = await self._stored.when("start", "traces_when"), await self._stored.when("time", "traces_when")
        spans, logs, reports = await together(
            self._ask.answer("trace_skeletons", wanted | {"limit": MOST_SPANS + 1}, when=during),
            self._ask.answer("trace_log_counts", wanted, when=logged),
            self._running.reports_of(traces),
        )
        counts = dict(logs.rows)
        if len(spans.rows) > MOST_SPANS:
            summaries = await self._ask.answer("trace_summaries", wanted)
            return {row[0]: _line(*row, logs=counts.get(row[0], 0)) for row in summaries.rows}, [spans, logs, summaries]
        rows = [Skeleton._make(row) for row in spans.rows]
        processes = await self._processes(rows, wanted)
        lines = await beside(len(rows), _lines, rows, reports, processes, counts)
        return lines, [spans, logs]

    async def _processes(self, rows: Iterable[Skeleton], wanted: dict[str, Any]) -> dict[int, str]:
        """The clock of each resource."""
        tables = dict.fromkeys((row.resource_id for row in rows), SpanRow.TABLE)
        known = await self._resources.of(tables, statement("traces_wanted"), wanted)
        return {each: resource.process for each, resource in known.items()}


def _lines(
    rows: Sequence[Skeleton],
    reports: Sequence[tuple[str, RunningRow]],
    processes: dict[int, str],
    logs: dict[str, int],
) -> dict[str, TraceRow]:
    finished = {(row.trace_id, row.span_id) for row in rows}
    by_trace: dict[str, list[Skeleton]] = defaultdict(list)
    for row in rows:
        by_trace[row.trace_id].append(row)
    running = set()
    for trace, report in reports:
        if (trace, report.span_id) not in finished:
            running.add(trace)
            by_trace[trace].append(_unfinished(trace, report))
    return {
        trace: _told(trace, spans, processes, running=trace in running, logs=logs.get(trace, 0))
        for trace, spans in by_trace.items()
    }


def _unfinished(trace: str, row: RunningRow) -> Skeleton:
    kind = words.KINDS.index(row.kind) if row.kind in words.KINDS else 0
    duration = max(0, row.seen - row.begin)
    return Skeleton(
        trace, row.span_id, row.parent, row.service, row.name, kind, row.begin, duration, 0, row.resource_id
    )


def _told(trace_id: str, rows: Sequence[Skeleton], processes: dict[int, str], *, running: bool, logs: int) -> TraceRow:
    """One trace's line."""
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
    root: tuple[str, str, int, int],
    services: Sequence[tuple[str, int, int, int]],
    *,
    logs: int,
) -> TraceRow:
    service, name, duration, code = root
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
        running=bool(running),
        complete=bool(received and not orphans and not running),
        services=[ServicePart(*part) for part in services],
    )
