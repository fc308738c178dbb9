"""Services by rate, errors and duration, their operations, and who calls whom; from the rollups by the minute."""

import math
import time
from collections.abc import Sequence

from trivet.query import words
from trivet.query.answers import Edge, Map, OperationList, OperationRow, ServiceList, ServiceRow
from trivet.query.ask import Ask
from trivet.query.instant import NS, Range
from trivet.query.scanned import total


class ServiceQuestions:
    def __init__(self, ask: Ask):
        self._ask = ask

    async def services(self, within: Range, limit: int) -> ServiceList:
        """Every service with spans in the time."""
        began = time.perf_counter()
        answer = await self._ask.answer("services", _params(within, limit))
        seconds = self._seconds(within)
        services = [
            ServiceRow(name, *_figures(count, errors, levels, seconds), last_seen=str(seen), operations=operations)
            for name, count, errors, levels, operations, seen in answer.rows[:limit]
        ]
        return ServiceList(services, len(answer.rows) > limit, total([answer], began))

    async def operations(self, service: str, within: Range, limit: int) -> OperationList:
        """The entry spans of a service by name and kind."""
        began = time.perf_counter()
        answer = await self._ask.answer("operations", _params(within, limit) | {"service": service})
        seconds = self._seconds(within)
        operations = [
            OperationRow(name, words.kind(kind), *_figures(count, errors, levels, seconds), last_seen=str(seen))
            for name, kind, count, errors, levels, seen in answer.rows[:limit]
        ]
        return OperationList(operations, len(answer.rows) > limit, total([answer], began))

    async def map(self, within: Range, limit: int) -> Map:
        """Who calls whom, databases and queues included."""
        began = time.perf_counter()
        answer = await self._ask.answer("map", _params(within, limit))
        edges = [
            Edge(caller, callee, kind, round(count), round(errors), _duration(p95))
            for caller, callee, kind, count, errors, p95 in answer.rows[:limit]
        ]
        return Map(edges, len(answer.rows) > limit, total([answer], began))

    def _seconds(self, within: Range) -> float:
        """The length of the time that has passed."""
        return max(1.0, (min(within.end, self._ask.clock()) - within.start) / NS)


def _params(within: Range, limit: int) -> dict[str, int]:
    return {"start": within.start, "end": within.end, "limit": limit + 1}


def _figures(
    count: float, errors: float, levels: Sequence[float], seconds: float
) -> tuple[float, float, int, int, int | None, int | None, int | None]:
    """Rate, error rate, count, errors and three quantiles."""
    p50, p95, p99 = map(_duration, levels)
    return count / seconds, errors / count if count else 0.0, round(count), round(errors), p50, p95, p99


def _duration(level: float | None) -> int | None:
    return None if level is None or math.isnan(level) else round(level)
