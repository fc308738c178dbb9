"""What arrives, as it arrives: the store is asked again and again for what it has got since.

Rows become visible in the order in which their requests were received, a batch at once, so that the time of receipt
of the newest row seen is where to go on.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from trivet.errors import Invalid
from trivet.query.answers import FoundLog, FoundSpan
from trivet.query.ask import Ask
from trivet.query.filter.compile import compiled
from trivet.query.filter.condition import Condition
from trivet.query.filter.fields import Context
from trivet.query.filter.tables import LOGS, SPANS, Table
from trivet.query.instant import HOUR, LATEST, Range
from trivet.query.log_rows import LogRow, found_log
from trivet.query.origins import Origins, Resources
from trivet.query.span_rows import SpanRow, found_span

EVERY_SECONDS = 0.25
MOST_AT_ONCE = 500
# What came while a reader was away is told (or counted) for that long.
LONGEST_AWAY = HOUR // 12


class News(NamedTuple):
    """Rows that came, the oldest first, after `skipped` others that were too many to show; from `since` it goes on."""

    skipped: int
    rows: list[FoundSpan | FoundLog]
    since: int


@dataclass(frozen=True, slots=True)
class Stream:
    """How a signal is followed: its table, question and kind of row; `event` is what one row is called."""

    table: Table
    question: str
    row: type[SpanRow] | type[LogRow]
    event: Literal["span", "log"]


STREAMS = {"traces": Stream(SPANS, "live_spans", SpanRow, "span"), "logs": Stream(LOGS, "live_logs", LogRow, "log")}


def stream_of(signal: str) -> Stream:
    if signal not in STREAMS:
        raise Invalid(f"there is no live signal {signal!r}", code="bad_parameter", hint=f"one of {', '.join(STREAMS)}")
    return STREAMS[signal]


CAME = "received BETWEEN fromUnixTimestamp64Nano({first:Int64}) AND fromUnixTimestamp64Nano({last:Int64})"


class Live:
    def __init__(self, ask: Ask, resources: Resources):
        self._ask = ask
        self._resources = resources
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Ends all streams, which otherwise last as long as their readers."""
        self._stopped.set()

    def condition(self, stream: Stream, filter: str) -> Condition:
        """The filter, understood; Invalid when it is none."""
        now = self._ask.clock()
        return compiled(filter, Context(stream.table, Range(now - HOUR, LATEST), now))

    def follow(self, stream: Stream, condition: Condition, since: int | None = None) -> AsyncIterator[News]:
        """News from now on, also when there is none, so that the reader can be told that we are still here. A reader
        who comes back says how far it was (`since`), within bounds."""
        now = self._ask.clock()
        begin = now if since is None else min(now, max(since, now - LONGEST_AWAY))
        return self._news(stream, condition, begin)

    async def _news(self, stream: Stream, condition: Condition, since: int) -> AsyncIterator[News]:
        while not await self._stopped_within(EVERY_SECONDS):
            params = {"since": since, "limit": MOST_AT_ONCE + 1} | condition.parameters
            answer = await self._ask.answer(stream.question, params, filter=condition.sql)
            skipped = await self._skipped(stream, condition, params, answer.rows)
            rows = answer.rows[:MOST_AT_ONCE]
            if rows:
                since = rows[0][-1]
            yield News(skipped, await self._found(stream, rows[::-1]), since)

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._stopped.wait()
        except TimeoutError:
            return False

    async def _skipped(self, stream: Stream, condition: Condition, params: dict[str, Any], rows: Sequence[Any]) -> int:
        """How many more came than are shown."""
        if len(rows) <= MOST_AT_ONCE:
            return 0
        pieces = {"filter": condition.sql, "table": stream.table.name}
        answer = await self._ask.answer("live_count", params | {"until": rows[0][-1]}, **pieces)
        return max(0, answer.rows[0][0] - MOST_AT_ONCE)

    async def _found(self, stream: Stream, rows: Sequence[list[Any]]) -> list[FoundSpan | FoundLog]:
        if not rows:
            return []
        origins = Origins()
        made = [stream.row._make(row[:-2]) for row in rows]
        places = [(origins.resource(row), origins.scope(row)) for row in made]
        bounds = {"first": rows[0][-1], "last": rows[-1][-1]}
        known = list((await self._resources.of(origins.tables, CAME, bounds)).values())
        show: Any = found_span if stream.event == "span" else found_log
        return [
            show(row, trace, known[resource].resource, origins.scopes[scope])
            for row, (*_, trace, _came), (resource, scope) in zip(made, rows, places, strict=True)
        ]
