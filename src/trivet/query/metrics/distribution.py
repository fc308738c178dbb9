"""What a histogram knows: how many values lie between which bounds, and the quantiles that follow from it.

Buckets are (lower, upper], as OpenTelemetry defines them, and may overlap: histograms with different bounds are added
without giving up the finer ones. Inside a bucket of explicit bounds values are taken to lie evenly; inside one of an
exponential histogram evenly on a logarithmic scale, as Prometheus does.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

HALVINGS = 60


class Bucket(NamedTuple):
    """`count` values above `low`, up to `high`; a point when both are the same."""

    low: float
    high: float
    count: float
    even: bool = True

    def below(self, value: float) -> float:
        """How many of its values are at most `value`."""
        if value >= self.high:
            return self.count
        if value <= self.low:
            return 0.0
        if self.even:
            return self.count * (value - self.low) / (self.high - self.low)
        return self.count * math.log(value / self.low) / math.log(self.high / self.low)

    def at(self, rank: float) -> float:
        """The value with `rank` of its values below."""
        share = rank / self.count
        if self.even:
            return self.low + (self.high - self.low) * share
        return self.low * (self.high / self.low) ** share


def explicit(
    bounds: Sequence[float], counts: Sequence[float], least: float | None = None, most: float | None = None
) -> list[Bucket]:
    """Buckets of explicit bounds; no value lies below `least` or above `most`, where these are known.

    Without them the first bucket begins at 0 (or is a point, when its bound is not above 0) and the last one, which has
    no end, is a point, as in Prometheus.
    """
    if not bounds:
        known = counts and least is not None and most is not None
        return [Bucket(least, most, counts[0])] if known and counts[0] > 0 else []
    first = least if least is not None else min(0.0, bounds[0])
    last = most if most is not None else bounds[-1]
    edges = [min(first, bounds[0]), *bounds, max(last, bounds[-1])]
    return [
        Bucket(_within(low, least, most), _within(high, least, most), count)
        for (low, high), count in zip(pairwise(edges), counts, strict=False)
        if count > 0
    ]


def _within(value: float, least: float | None, most: float | None) -> float:
    value = value if least is None else max(value, least)
    return value if most is None else min(value, most)


def exponential(
    scale: int, zero: float, threshold: float, positive: Mapping[int, float], negative: Mapping[int, float]
) -> list[Bucket]:
    """Buckets by index: bucket i of `positive` is (b^i, b^(i+1)] with b = 2^(2^-scale), `negative` its mirror.

    What `threshold` reaches into counts as zero, which is how histograms of different thresholds add up.
    https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
    """
    above, below = _sides(scale, positive), _sides(scale, negative)
    small = [bucket for bucket in (*above, *below) if bucket.low < threshold]
    widest = max([threshold, *(bucket.high for bucket in small)])
    zeros = zero + sum(bucket.count for bucket in small)
    buckets = [Bucket(-widest if below else 0.0, widest if above else 0.0, zeros)] if zeros > 0 else []
    buckets += [bucket for bucket in above if bucket.low >= threshold]
    buckets += [Bucket(-each.high, -each.low, each.count, False) for each in below if each.low >= threshold]
    return buckets


def _sides(scale: int, counts: Mapping[int, float]) -> list[Bucket]:
    return [
        Bucket(power(index, scale), power(index + 1, scale), count, False)
        for index, count in counts.items()
        if count > 0
    ]


def power(index: int, scale: int) -> float:
    """The lower bound of a bucket: 2^(index / 2^scale), infinite beyond what a double holds."""
    try:
        return math.exp2(math.ldexp(index, -scale))
    except OverflowError:
        return math.inf


def quantile(buckets: Iterable[Bucket], level: float) -> float | None:
    """The value that the share `level` of all values does not exceed; None without any."""
    buckets = sorted(buckets)
    whole = sum(bucket.count for bucket in buckets)
    if not whole:
        return None
    rank = level * whole
    if any(before.high > after.low for before, after in pairwise(buckets)):
        return _searched(buckets, rank)
    for bucket in buckets:
        if rank <= bucket.count:
            return bucket.at(rank)
        rank -= bucket.count
    return buckets[-1].high


def _searched(buckets: Sequence[Bucket], rank: float) -> float:
    """The same where buckets overlap: first between which of their edges, then by halving."""
    edges = sorted({edge for bucket in buckets for edge in (bucket.low, bucket.high)})
    low, high = edges[0], edges[-1]
    for before, after in pairwise(edges):
        if _at_most(buckets, after) >= rank:
            low, high = before, after
            break
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _at_most(buckets, middle) >= rank else (middle, high)
    return high


def _at_most(buckets: Iterable[Bucket], value: float) -> float:
    return sum(bucket.below(value) for bucket in buckets)
