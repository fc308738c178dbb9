"""Rows of metric points, their series and exemplars → OTLP's metrics."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from trivet.query.export.values import Json, ids, key_values, number, said, wide

NO_VALUE, INT = 0, 6
DATA: Final = {5: "gauge", 7: "sum", 9: "histogram", 10: "exponentialHistogram", 11: "summary"}


class Table(NamedTuple):
    """Where points of a kind lie, and which figures they have."""

    name: str
    figures: str


TABLES: Final = (
    Table("otel_number_points", "CAST(value_type, 'Int8'), value, int_value"),
    Table("otel_histogram_points", "count, sum, min, max, bounds, bucket_counts"),
    Table(
        "otel_exponential_points",
        "count, sum, min, max, scale, zero_count, zero_threshold,"
        " positive_offset, positive_counts, negative_offset, negative_counts",
    ),
    Table("otel_summary_points", "count, sum, quantiles, values"),
)


class PointRow(NamedTuple):
    metric: str
    series: int
    at: int
    begin: int
    flags: int
    clamped: list[int]
    figures: list[Any]


class SeriesRow(NamedTuple):
    metric: str
    series: int
    type: int
    unit: str
    description: str
    temporality: int
    monotonic: bool | None
    metadata_keys: list[str]
    metadata_texts: list[str]
    metadata_kinds: list[int]
    keys: list[str]
    texts: list[str]
    kinds: list[int]
    resource_id: int
    resource_keys: list[str]
    resource_texts: list[str]
    origin: str

    @property
    def identity(self) -> tuple[Any, ...]:
        """Equal for series of one metric of one origin."""
        kind = (self.metric, self.type, self.unit, self.description, self.temporality, self.monotonic)
        return (*kind, repr(self[7:10]), self.resource_id, self.origin)


class ExemplarRow(NamedTuple):
    metric: str
    series: int
    at: int
    value_kind: int
    value: float
    int_value: int
    trace_id: str
    span_id: str
    keys: list[str]
    texts: list[str]
    kinds: list[int]


def metric(series: SeriesRow, points: list[Json]) -> Json:
    """A metric with these points, a list that may still grow."""
    data: Json = {"dataPoints": points} | said(aggregationTemporality=series.temporality, isMonotonic=series.monotonic)
    return said(
        name=series.metric,
        description=series.description,
        unit=series.unit,
        metadata=key_values(series.metadata_keys, series.metadata_texts, series.metadata_kinds),
    ) | {DATA[series.type]: data}


def point(table: int, row: PointRow, series: SeriesRow, exemplars: Sequence[ExemplarRow]) -> Json:
    at, begin = row.clamped or (row.at, row.begin)
    held = said(
        attributes=key_values(series.keys, series.texts, series.kinds),
        startTimeUnixNano=wide(begin),
        timeUnixNano=wide(at),
        flags=row.flags,
        exemplars=list(map(exemplar, exemplars)),
    )
    return held | (_number, _histogram, _exponential, _summary)[table](*row.figures)


def exemplar(row: ExemplarRow) -> Json:
    held = said(
        filteredAttributes=key_values(row.keys, row.texts, row.kinds),
        timeUnixNano=wide(row.at),
        spanId=ids(row.span_id),
        traceId=ids(row.trace_id),
    )
    return held | _number(row.value_kind, row.value, row.int_value)


def _number(kind: int, value: float, int_value: int) -> Json:
    if kind == NO_VALUE:
        return {}
    return {"asInt": str(int_value)} if kind == INT else {"asDouble": number(value)}


def _counted(count: int, sum: float | None, min: float | None, max: float | None) -> Json:
    """What may be absent is 0 where it is there and 0."""
    figures = {"sum": sum, "min": min, "max": max}
    return {"count": str(count)} | {name: number(each) for name, each in figures.items() if each is not None}


def _histogram(
    count: int, sum: float | None, min: float | None, max: float | None, bounds: list[float], counts: list[int]
) -> Json:
    buckets = said(explicitBounds=list(map(number, bounds)), bucketCounts=list(map(str, counts)))
    return _counted(count, sum, min, max) | buckets


def _exponential(
    count: int,
    sum: float | None,
    min: float | None,
    max: float | None,
    scale: int,
    zeros: int,
    threshold: float,
    positive_offset: int,
    positive: list[int],
    negative_offset: int,
    negative: list[int],
) -> Json:
    return _counted(count, sum, min, max) | {
        "scale": scale,
        "zeroCount": str(zeros),
        "zeroThreshold": number(threshold),
        "positive": said(offset=positive_offset, bucketCounts=list(map(str, positive))),
        "negative": said(offset=negative_offset, bucketCounts=list(map(str, negative))),
    }


def _summary(count: int, sum: float, quantiles: list[float], values: list[float]) -> Json:
    pairs = [
        {"quantile": number(quantile), "value": number(value)}
        for quantile, value in zip(quantiles, values, strict=True)
    ]
    return {"count": str(count), "sum": number(sum), "quantileValues": pairs}
