"""The types of a comparison's answer."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from trivet.query.answers import Scanned
from trivet.query.fields.answers import FieldScope


class Side(Struct):
    """`count` are all spans or records of this side, `sampled` the traces (or records) that were looked at. Of a
    baseline that was not asked for: its `filter`, and whether it is of all else or of the same `operations` (services
    and names) as the selection."""

    count: int
    sampled: int
    filter: str | UnsetType = UNSET
    of: Literal["all", "operations"] | UnsetType = UNSET


class ValueShares(Struct, rename={"low": "from", "high": "to"}):
    """The shares of the two sides with a value; null: without the field. Of numbers `value` may be a range, in words,
    whose ends are `from` and `to` (both included)."""

    value: Any
    selection: float
    baseline: float
    low: float | UnsetType = UNSET
    high: float | UnsetType = UNSET


class Telling(Struct):
    """A field that tells selection and baseline apart; `score` is from 0 to 1.

    `on` is `row` when the values are those of the spans (or records) themselves, and `trace` when they are those of
    any span, event or record of their traces: shares are then of traces.
    """

    field: str
    scope: FieldScope
    type: str
    on: Literal["row", "trace"]
    score: float
    values: list[ValueShares]


class Comparison(Struct):
    """`hint` says what may be misspelt where nothing is selected."""

    selection: Side
    baseline: Side
    fields: list[Telling]
    truncated: bool
    scanned: Scanned
    hint: str | UnsetType = UNSET
