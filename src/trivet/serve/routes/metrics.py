"""Metrics."""

from trivet.query.answers import MetricList
from trivet.query.metrics.catalogue import MetricQuestions
from trivet.serve.asked import Listed
from trivet.serve.calls import Call


class MetricsAsked(Listed, kw_only=True):
    prefix: str = ""


class MetricRoutes:
    def __init__(self, questions: MetricQuestions):
        self._questions = questions

    def calls(self) -> list[Call]:
        return [Call("GET", "/api/metrics", self.metrics)]

    async def metrics(self, asked: MetricsAsked) -> MetricList:
        """The metrics that sent anything in the time."""
        return await self._questions.metrics(asked.prefix, asked.range(), asked.limit)
