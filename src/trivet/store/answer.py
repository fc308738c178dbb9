"""Rows out of an answer of ClickHouse, exactly: 64-bit integers, NaN and infinities, bytes that are no UTF-8."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from trivet.store.types import Type, parse_type

Restorer = Callable[[Any], Any]

FORMAT = "JSONCompactEachRowWithNamesAndTypes"
SETTINGS = {
    "output_format_json_quote_64bit_integers": "0",
    "output_format_json_quote_denormals": "1",
    "output_format_json_quote_decimals": "1",
    "output_format_json_validate_utf8": "0",
    "output_format_json_named_tuples_as_objects": "1",
}

_DENORMAL = (b'nan"', b'inf"')


class Column(NamedTuple):
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a statement read, for the API's `scanned`."""

    rows: int = 0
    bytes: int = 0
    ms: float = 0.0

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Scanned":
        summary = json.loads(headers.get("X-ClickHouse-Summary", "{}"))
        number = {name: int(summary.get(name, 0)) for name in ("read_rows", "read_bytes", "elapsed_ns")}
        return cls(number["read_rows"], number["read_bytes"], number["elapsed_ns"] / 1e6)


@dataclass(frozen=True, slots=True)
class Answer:
    """`rows` are lists in the order of `columns`. Values are what ClickHouse's JSON gives: DateTime64, Decimal, UUID
    as text; a String that is no UTF-8 keeps its bytes as surrogates (`.encode("utf-8", "surrogateescape")`)."""

    columns: list[Column]
    rows: list[list[Any]]
    scanned: Scanned

    def dicts(self) -> list[dict[str, Any]]:
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


_decoder = msgspec.json.Decoder()


def read(body: bytes, scanned: Scanned) -> Answer:
    """From a body in `FORMAT`. ValueError: it is cut short or holds something else."""
    try:
        lines = _decoder.decode_lines(body)
    except UnicodeDecodeError:
        lines = [json.loads(line) for line in body.decode("utf-8", "surrogateescape").split("\n") if line]
    if len(lines) < 2:
        raise ValueError("an answer without its names and types")
    names, types, *rows = lines
    if any(mark in body for mark in _DENORMAL):
        _restore_denormals(types, rows)
    return Answer([Column(*pair) for pair in zip(names, types, strict=True)], rows, scanned)


def _restore_denormals(types: list[str], rows: list[list[Any]]) -> None:
    """`"nan"` and `"inf"` back to floats, in the columns that may hold them."""
    for at, type_ in enumerate(types):
        restore = _restorer(type_)
        if restore:
            for row in rows:
                row[at] = restore(row[at])


def _restorer(type_: str) -> Restorer | None:
    return _restorer_of(parse_type(type_))


def _restorer_of(type_: Type) -> Restorer | None:
    match type_.name:
        case "Float32" | "Float64" | "BFloat16":
            return _to_float
        case "Nullable" | "LowCardinality" | "SimpleAggregateFunction":
            return _restorer_of(type_.arguments[-1])
        case "Array":
            return _each(_restorer_of(type_.arguments[0]))
        case "Map":
            return _each_value(_restorer_of(type_.arguments[1]))
        case "Tuple":
            return _each_member([_restorer_of(member) for member in type_.arguments])
    return None


def _to_float(value: Any) -> Any:
    return float(value) if type(value) is str else value


def _each(restore: Restorer | None) -> Restorer | None:
    return restore and (lambda values: [restore(value) for value in values])


def _each_value(restore: Restorer | None) -> Restorer | None:
    return restore and (lambda values: {key: restore(value) for key, value in values.items()})


def _each_member(members: list[Restorer | None]) -> Restorer | None:
    def restore(values: Any) -> Any:
        if isinstance(values, dict):
            return dict(zip(values, restore(list(values.values())), strict=True))
        return [member(value) if member else value for member, value in zip(members, values, strict=True)]

    return restore if any(members) else None
