"""The answer in figures, or as a heatmap."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from trivet.query.answers import Scanned
from trivet.query.metric_answers import MetricExample, MetricLine, QueryColumn, Rest


class QueryAnswer(Struct):
    """A row is the group's values and then its figures over the whole time, as `columns` name them.

    Of a heatmap, `x` is where stretches of time begin, `y` where levels begin and where the last one ends, and `cells`
    are counts by stretch and then by level.
    """

    columns: list[QueryColumn]
    rows: list[list[Any]]
    series: list[MetricLine]
    scanned: Scanned
    other: Rest | UnsetType = UNSET
    exemplars: list[MetricExample] | UnsetType = UNSET
    x: list[str] | UnsetType = UNSET
    y: list[float] | UnsetType = UNSET
    cells: list[list[float]] | UnsetType = UNSET


def heatmap(x: list[str], y: list[float], cells: list[list[float]], scanned: Scanned) -> QueryAnswer:
    return QueryAnswer([], [], [], scanned, x=x, y=y, cells=cells)
