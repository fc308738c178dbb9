"""The types of answers to questions about figures: of spans, of log records, of one metric."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from trivet.query.answers import Scanned


class QueryColumn(Struct):
    """`unit` is `ns`, `ratio`, `1/s`, a metric's own or, of what is counted, nothing."""

    name: str
    unit: str


class QueryLine(Struct):
    """One figure of one group over time: a point is the beginning of its stretch of time, and the value there."""

    group: dict[str, Any]
    calculate: str
    points: list[tuple[str, Any]]


class QueryExemplar(Struct):
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
    samples: int


class QueryAnswer(Struct):
    """A row is the group's values and then its figures over the whole time, as `columns` name them; `samples` says for
    each row of how many spans, records or points it is made, whatever these stand for. `hint` says what may be misspelt
    where nothing matches.

    Of a heatmap, `x` is where stretches of time begin, `y` where levels begin and where the last one ends, and `cells`
    (and `errors`, the failed ones among them) are counts by stretch and then by level.
    """

    columns: list[QueryColumn]
    rows: list[list[Any]]
    samples: list[int]
    series: list[QueryLine]
    exemplars: list[QueryExemplar]
    scanned: Scanned
    other: Rest | UnsetType = UNSET
    x: list[str] | UnsetType = UNSET
    y: list[float] | UnsetType = UNSET
    cells: list[list[int]] | UnsetType = UNSET
    errors: list[list[int]] | UnsetType = UNSET
    hint: str | UnsetType = UNSET
