"""How much is stored, as far as it decides how to ask."""

import asyncio
import time

from trivet.query.ask import Ask, statement

# A table that was empty is looked at again after this long; a look costs 2 ms, a statement on an empty table 5.
FRESH_SECONDS = 0.25
FEW_SECONDS = 60.0  # whether there are few changes slowly, and being late costs only milliseconds
# Every granule has a filter of the trace ids in it. While there are few granules, reading all of these filters is
# faster than finding the trace's time first (2 ms against 5 on 500 k spans); from some ten million rows on it is the
# other way round.
FEW = 10_000_000

SPANS, LOGS, LINKS, EXEMPLARS = "otel_spans", "otel_logs", "otel_links", "otel_exemplars"
RUNNING = "running_spans"
TABLES = [SPANS, LOGS, LINKS, EXEMPLARS, RUNNING]


class Stored:
    def __init__(self, ask: Ask):
        self._ask = ask
        self._rows: dict[str, int] = {}
        self._looked = float("-inf")
        self._looking = asyncio.Lock()

    async def any(self, table: str) -> bool:
        """Whether a table holds anything; from when something has come to it until it is noticed, a moment passes."""
        if table not in self._rows:
            await self._look(FRESH_SECONDS)
        return table in self._rows

    async def many(self) -> bool:
        """Whether there are so many spans that filters of trace ids had better be asked about a part of the time."""
        await self._look(FEW_SECONDS)
        return self._rows.get(SPANS, 0) >= FEW

    async def when(self, column: str, question: str = "trace_when") -> str:
        """The condition on a table's time that goes with one on its trace id; a parameter of `question`."""
        return statement(question, time=column) if await self.many() else "true"

    async def _look(self, fresh: float) -> None:
        if time.monotonic() - self._looked <= fresh:
            return
        async with self._looking:
            if time.monotonic() - self._looked > fresh:
                answer = await self._ask.answer("stored", {"tables": TABLES})
                self._rows = dict(answer.rows)
                self._looked = time.monotonic()
