"""How much is stored, as far as it decides how to ask: looked up every other second at most."""

import asyncio
import time

from trivet.query.ask import Ask, statement

FRESH_SECONDS = 2.0
FEW_SECONDS = 60.0  # whether there are few changes slowly, and being late costs only milliseconds
# Every granule has a filter of the trace ids in it. While there are few granules, reading all of these filters is
# faster than finding the trace's time first (2 ms against 5 on 500 k spans); from some ten million rows on it is the
# other way round.
FEW = 10_000_000


class Stored:
    def __init__(self, ask: Ask):
        self._ask = ask
        self._spans = 0
        self._reports = 0
        self._looked = float("-inf")
        self._looking = asyncio.Lock()

    async def reports(self) -> bool:
        """Whether any span ever told that it was running."""
        await self._look(FRESH_SECONDS)
        return self._reports > 0

    async def when(self, column: str, question: str = "trace_when") -> str:
        """The condition on a table's time that goes with one on its trace id; a parameter of `question`."""
        await self._look(FEW_SECONDS)
        return "true" if self._spans < FEW else statement(question, time=column)

    async def _look(self, fresh: float) -> None:
        async with self._looking:
            if time.monotonic() - self._looked > fresh:
                answer = await self._ask.answer("stored", {})
                self._spans, self._reports = answer.rows[0]
                self._looked = time.monotonic()
