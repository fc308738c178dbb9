"""Which metrics there are."""

import time

from trivet.query.answers import MetricList, MetricRow
from trivet.query.ask import Ask
from trivet.query.instant import Range
from trivet.query.scanned import total
from trivet.query.words import TEMPORALITIES


class MetricQuestions:
    def __init__(self, ask: Ask):
        self._ask = ask

    async def metrics(self, prefix: str, within: Range, limit: int) -> MetricList:
        """The metrics that sent anything since the time began, by name."""
        began = time.perf_counter()
        params = {"start": within.start, "prefix": prefix, "limit": limit + 1}
        answer = await self._ask.answer("metrics", params)
        metrics = [
            MetricRow(name, kind, unit, says, TEMPORALITIES[temporality], monotonic, series, str(seen))
            for name, kind, unit, says, temporality, monotonic, series, seen in answer.rows[:limit]
        ]
        return MetricList(metrics, len(answer.rows) > limit, total([answer], began))
