"""One question for every signal: figures by group and over time, or a heatmap."""

import re
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, field

from trivet.errors import Invalid
from trivet.query.aggregate import Aggregates, Asked
from trivet.query.aggregate_answers import QueryAnswer
from trivet.query.field_names import TABLES, SignalName
from trivet.query.instant import UNITS
from trivet.query.metric_series import MetricAsked, MetricSeries
from trivet.serve.asked import Limit, Within
from trivet.serve.calls import Call

Levels = Annotated[int, Meta(ge=1, le=200)]
_EVERY = re.compile(r"(\d{1,9})(ns|us|µs|ms|s|m|h|d|w)")


class HeatmapAsked(Struct, forbid_unknown_fields=True):
    field: str = "duration"
    buckets: Levels = 40


class FiguresAsked(Within, kw_only=True, forbid_unknown_fields=True):
    """`metric` names one where the signal is metrics; `every` is a length of time, such as 30s; `order` is one of
    `calculate`, with `-` before it the largest first."""

    signal: SignalName = "traces"
    metric: str = ""
    filter: str = ""
    calculate: list[str] = field(default_factory=list)
    group_by: list[str] = field(default_factory=list)
    every: str | None = None
    order: str = ""
    limit: Limit = 100
    heatmap: HeatmapAsked | None = None

    def step(self) -> int | None:
        """`every` in nanoseconds."""
        if not self.every:
            return None
        match = _EVERY.fullmatch(self.every.strip())
        if not match or not int(match[1]):
            raise Invalid(f"{self.every[:40]!r} is no length of time", code="bad_parameter", hint="such as 30s or 5m")
        return int(match[1]) * UNITS[match[2]]


class QueryRoutes:
    def __init__(self, aggregates: Aggregates, metrics: MetricSeries):
        self._aggregates = aggregates
        self._metrics = metrics

    def calls(self) -> list[Call]:
        return [Call("POST", "/api/query", self.query, progress=True, kept="query")]

    async def query(self, asked: FiguresAsked) -> QueryAnswer:
        """Figures of spans, log records or a metric by group, and over time with `every`; or a heatmap."""
        if asked.signal == "metrics":
            return await self._metric(asked)
        shared: dict[str, Any] = {"filter": asked.filter, "every": asked.step()}
        if asked.heatmap:
            wanted = Asked(TABLES[asked.signal], asked.range(), **shared)
            return await self._aggregates.heatmap(wanted, asked.heatmap.field, asked.heatmap.buckets)
        return await self._aggregates.query(
            Asked(
                TABLES[asked.signal],
                asked.range(),
                calculate=asked.calculate,
                group_by=asked.group_by,
                order=asked.order,
                limit=asked.limit,
                **shared,
            )
        )

    async def _metric(self, asked: FiguresAsked) -> QueryAnswer:
        if asked.heatmap:
            raise Invalid("a heatmap is of spans or log records", code="bad_parameter")
        found = await self._metrics.query(
            MetricAsked(
                asked.metric,
                asked.range(),
                filter=asked.filter,
                calculate=asked.calculate,
                group_by=asked.group_by,
                every=asked.step(),
                order=asked.order,
                limit=asked.limit,
            )
        )
        other = found.other if found.other else UNSET
        return QueryAnswer(found.columns, found.rows, found.series, found.scanned, other, found.exemplars)
