"""The types of answers about fields and their values."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from trivet.query.answers import Scanned

FieldScope = Literal["intrinsic", "span", "log", "metric", "resource", "scope", "event"]


class FieldRow(Struct):
    """`name` is what the field is called in a filter; `type` one of string bool int double array kvlist bytes, of an
    intrinsic also duration, time or id. `count` says how often it came (of metrics: in how many series); `score`, from
    0 to 1, how well it splits what matches a filter."""

    name: str
    scope: FieldScope
    type: str
    count: int
    score: float | UnsetType = UNSET


class FieldList(Struct):
    fields: list[FieldRow]
    truncated: bool
    scanned: Scanned


class ValueRow(Struct):
    """A value and how often it came, of metrics in how many series."""

    value: Any
    count: int


class ValueList(Struct):
    values: list[ValueRow]
    truncated: bool
    scanned: Scanned
