"""Traces that match a filter, in an order, page by page.

Which traces are on a page is found first, by an ordering key; then each gets its line. Traces whose spans still run are
few: those that match are looked at for every page, and stand where their lines say.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from trivet.query.answers import TraceList, TraceRow
from trivet.query.ask import Ask, together
from trivet.query.cursor import Page, Place, known_order
from trivet.query.filter.compile import asks_of_logs, compiled
from trivet.query.filter.condition import Condition
from trivet.query.filter.fields import SLACK, Context
from trivet.query.filter.parse import parse
from trivet.query.filter.tables import LOGS, RUNNING_SPANS, SPANS, Table
from trivet.query.filter.tree import Everything
from trivet.query.instant import Range
from trivet.query.origins import Resources
from trivet.query.scanned import total
from trivet.query.trace.few import MOST, Few
from trivet.query.trace.lines import TraceLines
from trivet.query.trace.running import RunningSpans
from trivet.query.trace.stored import RUNNING, Stored
from trivet.store.client import Answer

MOST_RUNNING = 1000
# The part of the asked time that is tried first when the newest are wanted, which seldom are far away.
FIRST_LOOK = 32


@dataclass(frozen=True, slots=True)
class Order:
    """`key` is SQL over a trace's spans, `of` the same of a finished line."""

    key: str
    direction: str
    of: Callable[[TraceRow], int]

    @property
    def beyond(self) -> str:
        return "<" if self.direction == "DESC" else ">"


# The root's; where none has come the earliest span's, which but for clocks that disagree is what stands for the trace.
# What has a parent counts as 292 years later: by one number, not two, argMin costs a third (90 ms of CPU a million).
ROOT_DURATION = (
    "argMin(duration, toUInt64(toUnixTimestamp64Nano(start))"
    " + if(parent_span_id = toFixedString('', 8), 0, bitShiftLeft(toUInt64(1), 63)))"
)
FIRST = "toUnixTimestamp64Nano(min(start))"
ORDERS = {
    "newest": Order(FIRST, "DESC", lambda row: int(row.start)),
    "oldest": Order(FIRST, "ASC", lambda row: int(row.start)),
    "slowest": Order(ROOT_DURATION, "DESC", lambda row: row.duration),
    "fastest": Order(ROOT_DURATION, "ASC", lambda row: row.duration),
    "errors": Order("uniqExactIf(span_id, status_code = 2)", "DESC", lambda row: row.errors),
}


@dataclass(frozen=True, slots=True)
class Search:
    """A question for traces, understood."""

    filter: str
    within: Range
    order: Order
    page: Page
    now: int

    @property
    def all(self) -> bool:
        return isinstance(parse(self.filter), Everything)

    def condition(self, table: Table) -> Condition:
        return compiled(self.filter, Context(table, self.within, self.now))

    def matching(self) -> tuple[Table, Condition]:
        """The rows by which a trace is selected."""
        table = LOGS if asks_of_logs(parse(self.filter)) else SPANS
        return table, self.condition(table)

    def among(self) -> Condition:
        """The traces that the filter selects by one of their spans, or log records."""
        if self.all:
            return Condition("true", {})
        table, found = self.matching()
        rows = f"SELECT trace_id FROM {table.name} WHERE {ASKED.format(time=table.time)} AND {found.sql}"
        return Condition(f"trace_id IN ({rows})", found.parameters)

    def beyond(self, place: Place, other: Place | None) -> bool:
        """Whether a place comes after another in the order (every place comes after None)."""
        if other is None:
            return True
        return place < other if self.order.direction == "DESC" else place > other

    def looks(self) -> list[Range]:
        """The stretches of time to look at, until a page is full: the newest traces seldom lie far back."""
        whole = self.within
        if self.order is not ORDERS["newest"]:
            return [whole]
        end = min(whole.end, int(self.page.place[1]) + 1) if self.page.place else whole.end
        near = min(end, self.now) - (whole.end - whole.start) // FIRST_LOOK
        return [Range(each, end) for each in (near, whole.start) if each == whole.start or each > whole.start]


ASKED = (
    "{time} >= fromUnixTimestamp64Nano({{start:Int64}}) AND {time} < fromUnixTimestamp64Nano({{end:Int64}})"
    " AND received <= fromUnixTimestamp64Nano({{horizon:Int64}})"
)


class TraceLists:
    """`lost_after`: as in RunningSpans."""

    def __init__(self, ask: Ask, resources: Resources, *, lost_after: int):
        self._ask = ask
        self._lost_after = lost_after
        self._stored = Stored(ask)
        self._lines = TraceLines(ask, resources, RunningSpans(ask, self._stored, lost_after=lost_after), self._stored)

    async def traces(self, filter: str, within: Range, order: str, limit: int, cursor: str | None) -> TraceList:
        """One page of the traces that match."""
        began, now = time.perf_counter(), self._ask.clock()
        by = known_order(order, ORDERS)
        page = Page.asked(order, limit, cursor, (int, int, str), now)
        search = Search(filter, within, by, page, now)
        answers: list[Answer] = []
        running = asyncio.ensure_future(self._running(search))
        for look in search.looks():
            (found, few), open_ = await together(self._looked(search, look), running)
            lines, read = await self._lines.of({row[0] for row in found[-1].rows} | open_, None if open_ else few)
            answers += [*found, *read]
            shown, following = _page(search, look, found[-1].rows, open_, lines)
            if len(shown) == limit:
                break
        return TraceList(traces=shown, next=following, scanned=total(answers, began))

    async def _running(self, search: Search) -> set[str]:
        """The traces that match by a span that has not ended."""
        if not await self._stored.any(RUNNING):
            return set()
        condition = search.condition(RUNNING_SPANS)
        params = {
            "start": search.within.start,
            "end": search.within.end,
            "horizon": search.page.horizon,
            "lost_after": self._lost_after,
            "now": search.now,
            "limit": MOST_RUNNING,
        }
        answer = await self._ask.answer("running_traces", params | condition.parameters, filter=condition.sql)
        return {trace for (trace,) in answer.rows}

    async def _looked(self, search: Search, look: Range) -> tuple[list[Answer], Few | None]:
        """The answers that it took, the last with the traces of a page; and those that match, where they are few among
        many: a nearer look has not filled the page then."""
        if search.all or look.start > search.within.start or not await self._stored.many():
            return [await self._found(search, look, search.among())], None
        table, matching = search.matching()
        params = {"start": search.within.start, "end": search.within.end, "horizon": search.page.horizon}
        asked = await self._ask.answer(
            "few_traces",
            params | matching.parameters | {"limit": MOST + 1},
            table=table.name,
            asked=ASKED.format(time=table.time),
            filter=matching.sql,
        )
        few = Few.of(asked.rows) if len(asked.rows) <= MOST else None
        return [asked, await self._found(search, look, few.condition("start") if few else search.among())], few

    async def _found(self, search: Search, look: Range, among: Condition) -> Answer:
        """The traces of a page by their finished spans, and one more."""
        page, order = search.page, search.order
        params = {
            "start": search.within.start,
            "end": search.within.end,
            "since": look.start,
            "before": max(0, look.start - min(SLACK, look.end - look.start)),
            "until": look.end,
            "horizon": page.horizon,
            "limit": page.limit + 1,
        }
        after = "true"
        if page.place:
            params["key"], params["first"], params["trace"] = page.place
            after = f"(key, first, trace_hex) {order.beyond} ({{key:Int64}}, {{first:Int64}}, {{trace:String}})"
        return await self._ask.answer(
            "traces",
            params | among.parameters,
            key=order.key,
            direction=order.direction,
            among=among.sql,
            inside=self._inside(search, look),
            after=after,
        )

    @staticmethod
    def _inside(search: Search, look: Range) -> str:
        """Of a nearer look only traces that began in it; else those with any span in the asked time."""
        if look.start == search.within.start and not search.all:
            return "true"  # the filter has seen to it
        edge = "min" if look.start > search.within.start else "max"
        return f"{edge}(start) >= fromUnixTimestamp64Nano({{since:Int64}})"


def _page(
    search: Search, look: Range, found: Sequence[Sequence[Any]], running: Collection[str], lines: dict[str, TraceRow]
) -> tuple[list[TraceRow], str | None]:
    """The lines of a page in order, and the cursor of the next.

    A trace stands where its finished spans put it (`found`). One that runs stands where its line says, if that is on
    this page: after the last page's end, and before what `found` has not reached.
    """
    page = search.page
    places = {trace: [key, first, trace] for trace, key, first in found}
    end = places[found[-1][0]] if len(found) > page.limit else None
    places = {trace: place for trace, place in places.items() if trace in lines and trace not in running}
    for trace in running:
        place = [search.order.of(lines[trace]), int(lines[trace].start), trace] if trace in lines else None
        if place and search.beyond(place, page.place) and not (end and search.beyond(place, end)):
            places[trace] = place
    nearer = look.start > search.within.start
    if nearer:  # what began earlier than this look reaches is for the next
        places = {trace: place for trace, place in places.items() if int(lines[trace].start) >= look.start}
    order = sorted(places.values(), reverse=search.order.direction == "DESC")
    shown = [lines[str(trace)] for *_, trace in order[: page.limit]]
    shown.sort(key=search.order.of, reverse=search.order.direction == "DESC")  # as the lines say, which know the root
    if len(order) > page.limit or (nearer and len(order) == page.limit):
        return shown, page.after(order[page.limit - 1])
    return shown, page.after(end) if end else None
