"""Where a root's duration stands among its like of a day. The day's quantiles are read once a minute, not per trace."""

import time
from bisect import bisect_right
from typing import NamedTuple

from trivet.errors import TooExpensive
from trivet.query.answers import Percentile
from trivet.query.ask import Ask, Budget

LEVELS = ", ".join(f"{level / 100:g}" for level in range(101))
HOUR, DAY = 3600, 86_400
FRESH_SECONDS = 60.0
KEPT = 1000
# A detail of a page that must not wait for it.
SECONDS = 2.0


class _Day(NamedTuple):
    quantiles: list[float]
    samples: int
    until: float


class Percentiles:
    def __init__(self, ask: Ask):
        self._ask = ask
        self._days: dict[tuple[str, str, int], _Day] = {}

    async def of(self, service: str, name: str, start: int, duration: int) -> Percentile | None:
        """The share of roots of this service and name that took at most as long, in the day that ends with the root's
        own hour; None when there is nothing to compare with or it would take too long."""
        hour = start // 10**9 // HOUR + 1
        day = self._days.get((service, name, hour))
        if day is None or day.until < time.monotonic():
            day = await self._read(service, name, hour)
        if not day or not day.samples:
            return None
        percent = max(0, bisect_right(day.quantiles, duration) - 1)
        return Percentile(value=float(percent), count=day.samples, window="24h")

    async def _read(self, service: str, name: str, hour: int) -> _Day | None:
        params = {"service": service, "name": name, "start": hour * HOUR - DAY, "end": hour * HOUR}
        budget = Budget(SECONDS, self._ask.budget.memory, self._ask.budget.rows)
        try:
            answer = await self._ask.answer("percentile", params, budget=budget, levels=LEVELS)
        except TooExpensive:
            return None
        quantiles, samples = answer.rows[0]
        while len(self._days) >= KEPT:
            del self._days[next(iter(self._days))]
        day = _Day(quantiles, samples, time.monotonic() + FRESH_SECONDS)
        self._days[service, name, hour] = day
        return day
