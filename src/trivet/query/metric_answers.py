"""The types of answers about metrics over time."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from trivet.query.answers import Scanned


class QueryColumn(Struct):
    name: str
    unit: str


class MetricLine(Struct):
    """One figure of one group over time: a point is the beginning of its stretch of time, and the value there."""

    group: dict[str, Any]
    calculate: str
    points: list[tuple[str, Any]]


class MetricExample(Struct):
    """A value that was measured in a span."""

    group: dict[str, Any]
    time: str
    value: Any
    trace_id: str
    span_id: str | None


class Rest(Struct):
    """The groups that were left out, and their figures taken together."""

    groups: int
    values: dict[str, Any]


class MetricAnswer(Struct):
    """A row is the group's values and then its figures over the whole time, as `columns` name them."""

    columns: list[QueryColumn]
    rows: list[list[Any]]
    series: list[MetricLine]
    exemplars: list[MetricExample]
    scanned: Scanned
    other: Rest | UnsetType = UNSET
