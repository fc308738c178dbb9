"""What a question about figures means, in plain Python over the rows of filter/oracle.py."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

import pytest
from query.filter import oracle

Row = dict[str, Any]
Key = tuple[tuple[str, str] | None, ...]

# The engine's digest takes neighbours together.
NEIGHBOURS = 5
COUNTED = ("count", "rate", "errors", "count(traces)", "uniq")


def held(name: str, row: Row) -> list[Any]:
    """The values of a field in a row; texts for attributes of events, whose types are not asked for."""
    if found := oracle.elsewhere(name, row):
        return list(dict.fromkeys(value for each in found[1] for value in held(found[0], each)))
    if name == "event":
        return list(dict.fromkeys(event["name"] for event in row["events"]))
    if name in row["intrinsics"]:
        return [row["intrinsics"][name]] if row["intrinsics"][name] not in (None, "") else []
    found = oracle.lookup(name.strip('"'), row)
    if found is not oracle.ABSENT:
        return [found]
    if not name.startswith("event."):
        return []
    texts = [oracle.text(event["attributes"][name[6:]]) for event in row["events"] if name[6:] in event["attributes"]]
    return list(dict.fromkeys(texts))


def key_of(value: Any) -> tuple[str, str] | None:
    """What makes a value another: its type and text."""
    return None if value is None else (type(value).__name__, oracle.text(value))


def grouped(rows: Iterable[Row], group_by: Sequence[str]) -> Iterator[tuple[Key, Row]]:
    for row in rows:
        for values in product(*(held(name, row) or [None] for name in group_by)):
            yield tuple(map(key_of, values)), row


def is_as_meant(figure: str, found: Any, rows: Sequence[Row], seconds: float) -> bool:
    """Whether a figure is what it is of these rows; a quantile to within a few neighbours."""
    if figure.startswith("p"):
        return _is_quantile(figure, found, rows)
    meant = calculated(figure, rows, seconds)
    return found == meant if meant is None else found == pytest.approx(meant, rel=1e-9)


def calculated(figure: str, rows: Sequence[Row], seconds: float) -> float | None:
    count = sum(row["weight"] for row in rows)
    errors = sum(row["weight"] for row in rows if row["failed"])
    match figure:
        case "count":
            return count
        case "rate":
            return count / seconds
        case "errors":
            return errors
        case "error_rate":
            return errors / count if count else None
        case "count(traces)":
            return len({row["trace"] for row in rows})
    function, _, field = figure.rstrip(")").partition("(")
    if function == "uniq":
        return len({oracle.text(value) for row in rows for value in held(field, row)})
    found = list(numbers(field, rows))
    if not found:
        return None
    total, weight = sum(value * weight for value, weight in found), sum(weight for _, weight in found)
    values = [value for value, _ in found]
    return {"sum": total, "avg": total / weight, "min": min(values), "max": max(values)}[function]


def numbers(field: str, rows: Iterable[Row]) -> Iterator[tuple[float, int]]:
    """The first value of each row that is a number, and the row's weight."""
    for row in rows:
        try:
            yield float(oracle.text(held(field, row)[0])), row["weight"]
        except (IndexError, ValueError):
            continue


def _is_quantile(figure: str, found: Any, rows: Sequence[Row]) -> bool:
    level, _, field = figure[1:-1].partition("(")
    values = sorted(value for value, weight in numbers(field, rows) for _ in range(weight))
    if not values or found is None:
        return found is None and not values
    at = float(level) / 100 * len(values)
    low, high = values[max(0, int(at) - NEIGHBOURS)], values[min(len(values) - 1, int(at) + NEIGHBOURS)]
    slack = 1e-6 * max(abs(low), abs(high))
    return low - slack <= found <= high + slack
