"""Spans and log records, row by row."""

from trivet.query.answers import LogList, SpanList
from trivet.query.hints import Hints
from trivet.query.logs import LogQuestions
from trivet.query.spans import SpanQuestions
from trivet.serve.asked import Searched
from trivet.serve.calls import Call


class RowRoutes:
    def __init__(self, spans: SpanQuestions, logs: LogQuestions, hints: Hints):
        self._spans = spans
        self._logs = logs
        self._hints = hints

    def calls(self) -> list[Call]:
        return [Call("GET", "/api/spans", self.spans, kept="spans"), Call("GET", "/api/logs", self.logs, kept="logs")]

    async def spans(self, asked: Searched) -> SpanList:
        """Finished spans that match a filter."""
        found = await self._spans.spans(asked.filter, asked.range(), asked.order, asked.limit, asked.cursor)
        if not (found.spans or asked.cursor):
            found.hint = await self._hints.of("traces", asked.filter, asked.range())
        return found

    async def logs(self, asked: Searched) -> LogList:
        """Log records that match a filter."""
        found = await self._logs.logs(asked.filter, asked.range(), asked.order, asked.limit, asked.cursor)
        if not (found.logs or asked.cursor):
            found.hint = await self._hints.of("logs", asked.filter, asked.range())
        return found
