"""histogram_quantile and its siblings over classic buckets: lines that differ in `le` alone."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from trivet.query.promql.samples import Key, Line, Vector, key, nameless

LE = "le"


class Classic(NamedTuple):
    """The buckets of one histogram, by bound."""

    labels: Key
    bounds: list[float]
    lines: list[Line]

    def at(self, step: int) -> list[tuple[float, float]]:
        """(bound, how many lie at or below it), where known; never falling."""
        found, most = [], -math.inf
        for bound, line in zip(self.bounds, self.lines, strict=True):
            count = line.values[step]
            if isinstance(count, float):
                most = max(most, count) if count == count else count
                found.append((bound, most))
        return found


def classics(vector: Vector) -> Iterator[Classic]:
    """The classic histograms among the lines; one whose `le` is no number is left out."""
    groups: dict[Key, dict[float, Line]] = {}
    for line in vector:
        bound = _bound(line.labels.get(LE, ""))
        if bound is not None:
            labels = {name: value for name, value in nameless(line.labels).items() if name != LE}
            groups.setdefault(key(labels), {})[bound] = line
    for labels, by_bound in groups.items():
        bounds = sorted(by_bound)
        yield Classic(labels, bounds, [by_bound[bound] for bound in bounds])


def _bound(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def quantile(level: float, buckets: Sequence[tuple[float, float]]) -> float:
    """By the even share of the bucket that the rank falls into; the last bound when that is the one without an end."""
    if math.isnan(level):
        return math.nan
    if not 0 <= level <= 1:
        return math.copysign(math.inf, level)
    if len(buckets) < 2 or buckets[-1][0] != math.inf or not buckets[-1][1] > 0:
        return math.nan
    rank = level * buckets[-1][1]
    place = next((at for at, (_, count) in enumerate(buckets) if count >= rank), len(buckets) - 1)
    if place == len(buckets) - 1:
        return buckets[-2][0]
    high, count = buckets[place]
    if place == 0 and high <= 0:
        return high
    low, before = buckets[place - 1] if place else (0.0, 0.0)
    return low + (high - low) * ((rank - before) / (count - before)) if count > before else high


def fraction(low: float, high: float, buckets: Sequence[tuple[float, float]]) -> float:
    """The share of values between two bounds."""
    if not buckets or buckets[-1][0] != math.inf or not buckets[-1][1] > 0 or low != low or high != high:
        return math.nan
    if low >= high:
        return 0.0
    return (_below(high, buckets) - _below(low, buckets)) / buckets[-1][1]


def _below(value: float, buckets: Sequence[tuple[float, float]]) -> float:
    first = buckets[0][0]
    edges = [(0.0 if first > 0 else -math.inf, 0.0), *buckets]
    for (low, before), (high, count) in pairwise(edges):
        if value <= low:
            return before
        if value < high:
            if math.isinf(low) or math.isinf(high):
                return before if math.isinf(high) else count
            return before + (count - before) * (value - low) / (high - low)
    return buckets[-1][1]
