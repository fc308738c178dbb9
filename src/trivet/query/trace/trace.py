"""One trace, whole: its spans, log records and exemplars, what links to it, and the facts about it."""

import time
from typing import Any, NamedTuple

from trivet.errors import NotFound
from trivet.query.answers import (
    Extent,
    Facts,
    LogRecord,
    Percentile,
    Ranked,
    Scope,
    Span,
    SpanAlone,
    Trace,
)
from trivet.query.ask import Ask, together
from trivet.query.beside import beside
from trivet.query.facts.explain import Explained, explain
from trivet.query.ids import OF_TRACE, known_form, known_span_form
from trivet.query.log_rows import LogRow, found_log, log_record
from trivet.query.origins import Known, Origins, Resources
from trivet.query.scanned import total
from trivet.query.span_rows import RunningRow, SpanRow, parent, running_span, span, span_alone
from trivet.query.trace import answers as trace_facts
from trivet.query.trace.percentile import Percentiles
from trivet.query.trace.rows import MAX_LOGS, Rows, TraceRows
from trivet.query.trace.running import RunningSpans
from trivet.query.trace.shape import Shapes
from trivet.query.trace.stored import Stored

OF_SPAN = "span_id = toFixedString(unhex({span:String}), 8)"


class Parts(NamedTuple):
    """Spans and records of a trace with the resources and scopes that they name by place."""

    spans: list[Span]
    logs: list[LogRecord]
    resources: list[Known]
    scopes: list[Scope]


class TraceQuestions:
    """`lost_after`: as in RunningSpans."""

    def __init__(self, ask: Ask, resources: Resources, *, lost_after: int):
        self._ask = ask
        self._resources = resources
        self._stored = Stored(ask)
        self._rows = TraceRows(ask, self._stored)
        self._running = RunningSpans(ask, self._stored, lost_after=lost_after)
        self._percentiles = Percentiles(ask)
        self.shapes = Shapes(ask, resources, self._running, self._stored)

    async def whole(self, trace_id: str, *, max_spans: int = 10_000) -> Trace:
        """One trace; above `max_spans` its earliest spans and all errors. NotFound when nothing of it is stored."""
        began = time.perf_counter()
        trace_id = known_form(trace_id)
        rows, reports = await together(self._rows.of(trace_id, max_spans), self._running.reports(trace_id))
        if not (rows.spans or rows.logs or reports):
            raise NotFound(f"no trace {trace_id}", hint="it may be older than what is kept, or not have arrived yet")
        truncated = len(rows.spans) > max_spans
        if truncated:
            rows = await self._with_errors(rows, trace_id, max_spans)
        parts, _ = await together(self._parts(trace_id, rows, reports), self._look_ahead(rows.spans))
        explained = await self._explained(trace_id, parts, truncated)
        if explained:
            _fill_self_times(parts.spans, explained)
        return Trace(
            trace_id=trace_id,
            **_extent(explained, parts.logs),
            resources=[known.resource for known in parts.resources],
            scopes=parts.scopes,
            spans=parts.spans,
            logs=parts.logs,
            linked_from=rows.links,
            exemplars=rows.exemplars,
            facts=await self._facts(explained),
            truncated=truncated or len(rows.logs) > MAX_LOGS,
            scanned=total(rows.read, began),
        )

    async def rank(self, service: str, name: str, start: int, duration: int) -> Ranked:
        """Where a root's duration stands among its like of a day: what a shape leaves out of the facts."""
        return Ranked(await self._percentiles.of(service, name, start, duration))

    async def span(self, trace_id: str, span_id: str) -> SpanAlone:
        """One span with its log records; NotFound when it is not in that trace."""
        trace_id, span_id = known_form(trace_id), known_span_form(span_id)
        params = {"trace": trace_id, "span": span_id, "limit": MAX_LOGS}
        during, logged = await self._stored.when("start"), await self._stored.when("time")
        spans, logs, reports = await together(
            self._ask.answer("trace_spans", params, when=during, which=OF_SPAN),
            self._ask.answer("trace_logs", params, when=logged, which=OF_SPAN),
            self._running.reports(trace_id),
        )
        rows = [SpanRow._make(row) for row in spans.rows]
        if not rows:
            rows = await self._running.still_open([row for row in reports if row.span_id == span_id], ())
        if not rows:
            raise NotFound(f"no span {span_id} in trace {trace_id}", hint="it may be older than what is kept")
        return await self._alone(trace_id, rows[0], [LogRow._make(row) for row in logs.rows])

    async def _alone(self, trace_id: str, row: SpanRow | RunningRow, logs: list[LogRow]) -> SpanAlone:
        origins = Origins()
        places = [(origins.resource(each), origins.scope(each)) for each in (row, *logs)]
        known = list((await self._resources.of(origins.tables, OF_TRACE, {"trace": trace_id})).values())
        from_ = [(known[resource].resource, origins.scopes[scope]) for resource, scope in places]
        records = [found_log(log, trace_id, *each) for log, each in zip(logs, from_[1:], strict=True)]
        return span_alone(row, trace_id, *from_[0], records)

    async def _with_errors(self, rows: Rows, trace_id: str, max_spans: int) -> Rows:
        """The earliest spans, and the errors among the later ones."""
        errors = await self._ask.answer(
            "trace_spans",
            {"trace": trace_id, "limit": max_spans},
            when=await self._stored.when("start"),
            which="status_code = 2",
        )
        earliest = rows.spans[:max_spans]
        seen = {row.span_id for row in earliest}
        later = [SpanRow._make(row) for row in errors.rows]
        return rows._replace(spans=earliest + [row for row in later if row.span_id not in seen])

    async def _parts(self, trace_id: str, rows: Rows, reports: list[RunningRow]) -> Parts:
        origins = Origins()
        spans = [span(row, origins) for row in rows.spans]
        finished = {each.span_id for each in spans}
        unfinished = await self._running.still_open(reports, finished)
        spans += [running_span(row, origins) for row in unfinished]
        spans.sort(key=lambda each: int(each.start))
        logs = [log_record(row, origins) for row in rows.logs[:MAX_LOGS]]
        resources = await self._resources.of(origins.tables, OF_TRACE, {"trace": trace_id})
        return Parts(spans, logs, list(resources.values()), origins.scopes)

    async def _look_ahead(self, rows: list[SpanRow]) -> None:
        """Reads what its like took while others look up the resources, and not after them."""
        if root := next((row for row in rows if not parent(row.parent)), None):
            await self._percentiles.of(root.service, root.name, root.begin, root.duration)

    async def _explained(self, trace_id: str, parts: Parts, truncated: bool) -> Explained | None:
        """The facts stand on all spans, also when not all are shown."""
        if not parts.spans:
            return None
        spans = trace_facts.columns(parts.spans, parts.resources)
        if truncated:
            spans = (await self.shapes.outline(trace_id)).spans
        return await beside(len(spans), explain, spans)

    async def _facts(self, explained: Explained | None) -> Facts:
        if explained is None:
            return trace_facts.NOTHING
        return trace_facts.facts(explained, await self._percentile(explained))

    async def _percentile(self, explained: Explained) -> Percentile | None:
        """Only a root can be compared with others of its name."""
        spans, root = explained.trace.spans, explained.trace.tree.root
        if spans.parent[root] is not None:
            return None
        return await self._percentiles.of(
            spans.service[root], spans.name[root], spans.start[root], spans.duration[root]
        )


def _fill_self_times(spans: list[Span], explained: Explained) -> None:
    own = dict(zip(explained.trace.spans.span_id, explained.self_time, strict=True))
    for each in spans:
        each.self_time = own[each.span_id]


def _extent(explained: Explained | None, logs: list[LogRecord]) -> dict[str, Any]:
    """When the trace was, and how its root stands for it; a trace may be known by log records alone."""
    if explained is None:
        extent = Extent(logs[0].time, logs[-1].time)
        return {"root": None, "start": extent.start, "duration": 0, "extent": extent}
    spans, tree = explained.trace.spans, explained.trace.tree
    first = min(spans.start)
    last = max(start + duration for start, duration in zip(spans.start, spans.duration, strict=True))
    return {
        "root": "received" if tree.roots else "local",
        "start": str(first),
        "duration": spans.duration[tree.root],
        "extent": Extent(str(first), str(last)),
    }
