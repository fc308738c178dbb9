"""Spans that have not ended: their last reports, and whether anything is still heard of their process."""

from collections.abc import Collection

from trivet.query.ask import Ask
from trivet.query.span_rows import RunningRow
from trivet.query.trace.stored import RUNNING, Stored


class RunningSpans:
    """`lost_after`: nanoseconds without news, past the time when the next report was due, after which the process of a
    span counts as lost."""

    def __init__(self, ask: Ask, stored: Stored, *, lost_after: int):
        self._ask = ask
        self._stored = stored
        self._lost_after = lost_after

    async def reports(self, trace_id: str) -> list[RunningRow]:
        """The last report of each span of a trace that ever told it was running."""
        if not await self._stored.any(RUNNING):
            return []
        answer = await self._ask.answer("trace_running", {"trace": trace_id})
        return [RunningRow(*row) for row in answer.rows]

    async def reports_of(self, traces: Collection[str]) -> list[tuple[str, RunningRow]]:
        """The same of several traces: trace id and report."""
        if not await self._stored.any(RUNNING):
            return []
        answer = await self._ask.answer("running_reports", {"traces": list(traces)})
        return [(trace, RunningRow(*row)) for *row, trace in answer.rows]

    async def still_open(self, reports: Collection[RunningRow], finished: Collection[str]) -> list[RunningRow]:
        """Those that have not ended since."""
        rows = [row for row in reports if row.span_id not in finished]
        if not rows:
            return []
        answer = await self._ask.answer("heard", {"processes": list({row.process for row in rows})})
        heard, now = dict(answer.rows), self._ask.clock()
        return [row._replace(lost=max(row.due, heard.get(row.process, 0)) + self._lost_after < now) for row in rows]
