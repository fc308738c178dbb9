"""Finished spans that match a filter, page by page."""

import time
from collections.abc import Sequence
from typing import Any

from trivet.query.answers import FoundSpan, SpanList
from trivet.query.ask import Ask
from trivet.query.cursor import Page, known_order
from trivet.query.filter.compile import compiled
from trivet.query.filter.fields import Context
from trivet.query.filter.tables import SPANS
from trivet.query.in_order import ORDERS, Listing
from trivet.query.instant import Range
from trivet.query.origins import Origins, Resources
from trivet.query.scanned import total
from trivet.query.span_rows import SpanRow, found_span

WIDTH = len(SpanRow._fields)
BETWEEN = "start BETWEEN fromUnixTimestamp64Nano({first:Int64}) AND fromUnixTimestamp64Nano({last:Int64})"
LISTING = Listing("spans", ("start", "span_id", "trace_id"), lambda row: [row[5], row[0], row[WIDTH]])


class SpanQuestions:
    def __init__(self, ask: Ask, resources: Resources):
        self._ask = ask
        self._resources = resources

    async def spans(self, filter: str, within: Range, order: str, limit: int, cursor: str | None) -> SpanList:
        """One page of the spans that match."""
        began, now = time.perf_counter(), self._ask.clock()
        _, beyond = known_order(order, ORDERS)
        page = Page.asked(order, limit, cursor, (int, str, str), now)
        condition = compiled(filter, Context(SPANS, within, now))
        params = {"start": within.start, "end": within.end}
        after = "true"
        if page.place:
            params["at"], params["span"], params["trace"] = page.place
            after = (
                f"(start, span_id, trace_id) {beyond} (fromUnixTimestamp64Nano({{at:Int64}}),"
                " toFixedString(unhex({span:String}), 8), toFixedString(unhex({trace:String}), 16))"
            )
        rows, following, answers = await LISTING.page(self._ask, page, condition, params, after)
        return SpanList(spans=await self._found(rows), next=following, scanned=total(answers, began))

    async def _found(self, rows: Sequence[list[Any]]) -> list[FoundSpan]:
        if not rows:
            return []
        origins = Origins()
        spans = [SpanRow._make(row[:WIDTH]) for row in rows]
        places = [(origins.resource(row), origins.scope(row)) for row in spans]
        bounds = {"first": min(row.begin for row in spans), "last": max(row.begin for row in spans)}
        known = list((await self._resources.of(origins.tables, BETWEEN, bounds)).values())
        return [
            found_span(row, trace, known[resource].resource, origins.scopes[scope])
            for row, (*_, trace, _matches), (resource, scope) in zip(spans, rows, places, strict=True)
        ]
