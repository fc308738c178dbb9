"""Traces: lists, one whole, its shape."""

from typing import Annotated

from msgspec import Meta, Struct

from trivet.query.answers import Ranked, Shape, SpanAlone, Trace, TraceList
from trivet.query.hints import Hints
from trivet.query.instant import instant, wall_clock
from trivet.query.trace.find import FindQuestions, Found
from trivet.query.trace.trace import TraceQuestions
from trivet.query.traces import TraceLists
from trivet.serve.asked import Searched
from trivet.serve.calls import Call


class TraceAsked(Struct):
    """`max_spans`: above it the earliest spans and all errors come."""

    trace_id: str
    max_spans: Annotated[int, Meta(ge=1, le=1_000_000)] = 10_000


class ShapeAsked(Struct):
    """`facts=false` leaves out the facts: who draws the shape of a very large trace works them out in less time than
    they take to be sent."""

    trace_id: str
    facts: bool = True


class RankAsked(Struct):
    """`start` (as in time ranges) and `duration` (ns) are those of a root span."""

    service: str
    name: str
    start: str
    duration: int


class FindAsked(Struct):
    trace_id: str
    filter: str = ""


class SpanAsked(Struct):
    trace_id: str
    span_id: str


class TraceRoutes:
    def __init__(self, lists: TraceLists, questions: TraceQuestions, finds: FindQuestions, hints: Hints):
        self._lists = lists
        self._hints = hints
        self._questions = questions
        self._finds = finds

    def calls(self) -> list[Call]:
        return [
            Call("GET", "/api/traces", self.traces, kept="traces"),
            Call("GET", "/api/traces/{trace_id}", self.trace, kept="trace"),
            Call("GET", "/api/traces/{trace_id}/shape", self.shape, kept="trace"),
            Call("GET", "/api/percentile", self.rank),
            Call("GET", "/api/traces/{trace_id}/find", self.find),
            Call("GET", "/api/traces/{trace_id}/spans/{span_id}", self.span),
        ]

    async def traces(self, asked: Searched) -> TraceList:
        """Traces that match a filter: by one span that matches all of it or, with `log.` fields, one log record."""
        found = await self._lists.traces(asked.filter, asked.range(), asked.order, asked.limit, asked.cursor)
        if not (found.traces or asked.cursor):
            found.hint = await self._hints.of("traces", asked.filter, asked.range())
        return found

    async def trace(self, asked: TraceAsked) -> Trace:
        """One trace, whole."""
        return await self._questions.whole(asked.trace_id, max_spans=asked.max_spans)

    async def shape(self, asked: ShapeAsked) -> Shape:
        """One trace without attributes, as columns, for drawing very large ones."""
        return await self._questions.shapes.shape(asked.trace_id, facts=asked.facts)

    async def rank(self, asked: RankAsked) -> Ranked:
        """Where the duration of a root span stands among those of its service and name, of the last day."""
        start = instant(asked.start, wall_clock())
        return await self._questions.rank(asked.service, asked.name, start, asked.duration)

    async def find(self, asked: FindAsked) -> Found:
        """The spans and log records of one trace that match a filter: rows of its shape, and ids."""
        return await self._finds.find(asked.trace_id, asked.filter)

    async def span(self, asked: SpanAsked) -> SpanAlone:
        """One span of a trace, whole, with its log records."""
        return await self._questions.span(asked.trace_id, asked.span_id)
