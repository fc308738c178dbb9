"""What an expression is worth: lines of samples on a grid of time.

A sample is a number or a histogram; None where there is none. Times are in milliseconds.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from trivet.errors import TrivetError
from trivet.query.metrics.distribution import Bucket
from trivet.query.promql.names import NAME
from trivet.query.promql.native import Histogram

Labels = dict[str, str]
Sample = float | Histogram
Key = tuple[tuple[str, str], ...]


class Failed(TrivetError):
    """The expression has no answer over these series."""

    code = "bad_promql"
    status = 422


@dataclass(frozen=True, slots=True)
class Grid:
    """The times `start`, `start + step` … up to `end`."""

    start: int
    end: int
    step: int

    @property
    def count(self) -> int:
        return (self.end - self.start) // self.step + 1

    @property
    def times(self) -> range:
        return range(self.start, self.start + self.count * self.step, self.step)

    def moved(self, by: int) -> "Grid":
        return Grid(self.start + by, self.end + by, self.step)


class Line(NamedTuple):
    """A series on the grid."""

    labels: Labels
    values: list[Sample | None]


class Raw(NamedTuple):
    """A series' samples as they came, in the order of time."""

    labels: Labels
    times: list[int]
    values: list[Sample]


Vector = list[Line]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value at each time, without labels."""

    values: list[float]


Value = Vector | Scalar | str


def key(labels: Labels) -> Key:
    return tuple(sorted(labels.items()))


def nameless(labels: Labels) -> Labels:
    return {name: value for name, value in labels.items() if name != NAME}


def lines(made: Sequence[Line]) -> Vector:
    """Without empty ones, and those of equal labels as one; Failed when two of them have a sample at one time."""
    joined: dict[Key, Line] = {}
    for line in made:
        if all(value is None for value in line.values):
            continue
        before = joined.setdefault(key(line.labels), line)
        if before is not line:
            joined[key(line.labels)] = Line(line.labels, list(_either(before.values, line.values)))
    return list(joined.values())


def _either(one: Sequence[Sample | None], two: Sequence[Sample | None]) -> Iterator[Sample | None]:
    for first, second in zip(one, two, strict=True):
        if first is not None and second is not None:
            raise Failed("vector cannot contain metrics with the same labelset")
        yield second if first is None else first


def shown(value: float) -> str:
    """A number as Prometheus writes it: as few digits as tell it apart, and no exponent."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(float(value))
    if "e" in text:
        text = f"{Decimal(text):f}"
    return text.removesuffix(".0")


def seconds(milliseconds: int) -> int | float:
    whole, rest = divmod(milliseconds, 1000)
    return milliseconds / 1000 if rest else whole


def histogram_json(histogram: Histogram) -> dict[str, Any]:
    """A bucket is [which ends belong to it, low, high, count]: 0 is (low, high], 1 [low, high), 3 [low, high]."""
    return {
        "count": shown(histogram.count),
        "sum": shown(histogram.sum),
        "buckets": [_bucket_json(each) for each in histogram.buckets()],
    }


def _bucket_json(bucket: Bucket) -> list[Any]:
    ends = 3 if bucket.even else 0 if bucket.high > 0 else 1
    return [ends, shown(bucket.low), shown(bucket.high), shown(bucket.count)]
