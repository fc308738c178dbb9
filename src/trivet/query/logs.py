"""Log records that match a filter, page by page."""

import time
from collections.abc import Sequence
from typing import Any

from trivet.query.answers import FoundLog, LogList
from trivet.query.ask import Ask
from trivet.query.cursor import Page, known_order
from trivet.query.filter.compile import compiled
from trivet.query.filter.fields import Context
from trivet.query.filter.tables import LOGS
from trivet.query.in_order import ORDERS, Listing
from trivet.query.instant import Range
from trivet.query.log_rows import LogRow, found_log
from trivet.query.origins import Origins, Resources
from trivet.query.scanned import total

WIDTH = len(LogRow._fields)
LISTING = Listing("logs", ("time", "id"), lambda row: [row[0], row[WIDTH + 1]])


class LogQuestions:
    def __init__(self, ask: Ask, resources: Resources):
        self._ask = ask
        self._resources = resources

    async def logs(self, filter: str, within: Range, order: str, limit: int, cursor: str | None) -> LogList:
        """One page of the records that match."""
        began, now = time.perf_counter(), self._ask.clock()
        _, beyond = known_order(order, ORDERS)
        page = Page.asked(order, limit, cursor, (int, int), now)
        condition = compiled(filter, Context(LOGS, within, now))
        params = {"start": within.start, "end": within.end}
        after = "true"
        if page.place:
            params["at"], params["id"] = page.place
            after = f"(time, id) {beyond} (fromUnixTimestamp64Nano({{at:Int64}}), {{id:UInt64}})"
        rows, following, answers = await LISTING.page(self._ask, page, condition, params, after)
        return LogList(logs=await self._found(rows), next=following, scanned=total(answers, began))

    async def _found(self, rows: Sequence[list[Any]]) -> list[FoundLog]:
        if not rows:
            return []
        origins = Origins()
        logs = [LogRow._make(row[:WIDTH]) for row in rows]
        places = [(origins.resource(row), origins.scope(row)) for row in logs]
        bounds = {"first": min(row.at for row in logs), "last": max(row.at for row in logs)}
        known = list((await self._resources.of(origins.tables, BETWEEN, bounds)).values())
        return [
            found_log(row, trace, known[resource].resource, origins.scopes[scope])
            for row, (*_, trace, _id, _matches), (resource, scope) in zip(logs, rows, places, strict=True)
        ]


BETWEEN = "time BETWEEN fromUnixTimestamp64Nano({first:Int64}) AND fromUnixTimestamp64Nano({last:Int64})"
