"""Figures of spans, log records and metrics: by group, and over time."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct

from trivet.errors import Invalid
from trivet.query.fields.names import SignalName
from trivet.query.figures.answers import QueryAnswer
from trivet.query.figures.asked import Asked, every
from trivet.query.figures.heatmap import HeatmapQuestions
from trivet.query.figures.sums import SumQuestions
from trivet.query.hints import Hints
from trivet.query.metrics.series import MetricSeries
from trivet.serve.asked import Listed
from trivet.serve.calls import Call

Levels = Annotated[int, Meta(ge=1, le=200)]
Names = Annotated[tuple[str, ...], Meta(max_length=20)]


class HeatmapAsked(Struct, forbid_unknown_fields=True):
    field: str = "duration"
    buckets: Levels = 40


class FiguresAsked(Listed, kw_only=True, forbid_unknown_fields=True):
    """`metric` names one where the signal is metrics. `calculate`: count, rate, errors, error_rate, count(traces), and
    sum, avg, min, max, p50 … p99.9, uniq of a field; of a metric count, rate, increase, sum, avg, min, max, last, p50.
    `every`: 30s, 5m, 1h. `order`: one of `calculate` or `group_by`, with - before it the largest first.
    A `heatmap` takes neither."""

    signal: SignalName = "traces"
    metric: str = ""
    filter: str = ""
    calculate: Names = ()
    group_by: Names = ()
    every: str | None = None
    order: str = ""
    heatmap: HeatmapAsked | None = None

    def question(self) -> Asked:
        if self.metric and self.signal != "metrics":
            raise Invalid("only metrics have a metric", code="bad_parameter", hint='add "signal": "metrics"')
        if self.signal == "metrics" and not self.metric:
            raise Invalid("which metric?", code="bad_parameter", hint="`metric` names one; /api/metrics lists them")
        if self.heatmap and (self.signal == "metrics" or self.calculate or self.group_by):
            raise Invalid("a heatmap is of one field of spans or log records", code="bad_parameter")
        return Asked(
            self.signal,
            self.range(),
            self.metric,
            self.filter,
            self.calculate,
            self.group_by,
            every(self.every),
            self.order,
            self.limit,
        )


class QueryRoutes:
    def __init__(self, sums: SumQuestions, heatmaps: HeatmapQuestions, metrics: MetricSeries, hints: Hints):
        self._hints = hints
        self._sums = sums
        self._heatmaps = heatmaps
        self._metrics = metrics

    def calls(self) -> list[Call]:
        return [Call("POST", "/api/query", self.query, progress=True, kept="query")]

    async def query(self, asked: FiguresAsked) -> QueryAnswer:
        """Figures of spans, log records or a metric by group, and over time with `every`; or a heatmap."""
        question = asked.question()
        if asked.heatmap:
            answer = await self._heatmaps.heatmap(question, asked.heatmap.field, asked.heatmap.buckets)
        else:
            answer = await (self._metrics if asked.signal == "metrics" else self._sums).query(question)
        if not any(answer.samples or answer.y or ()):
            answer.hint = await self._hint(question) or UNSET
        return answer

    async def _hint(self, asked: Asked) -> str | None:
        if asked.signal == "metrics":
            return await self._hints.of_metric(asked.metric, asked.filter, asked.within)
        return await self._hints.of(asked.signal, asked.filter, asked.within)
