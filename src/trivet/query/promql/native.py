"""Native histograms: what an exponential histogram is to PromQL.

Index i of `positive` is the bucket (b^i, b^(i+1)] with b = 2^(2^-scale), `negative` its mirror, as OpenTelemetry counts
them. Two meet at the lower scale and the wider zero bucket.
https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from trivet.query.metrics.distribution import Bucket, exponential, power, quantile


@dataclass(frozen=True, slots=True)
class Histogram:
    scale: int
    count: float
    sum: float
    zero: float = 0.0
    threshold: float = 0.0
    positive: Mapping[int, float] = field(default_factory=dict)
    negative: Mapping[int, float] = field(default_factory=dict)

    def __add__(self, other: "Histogram") -> "Histogram":
        return self._joined(other, 1.0)

    def __sub__(self, other: "Histogram") -> "Histogram":
        return self._joined(other, -1.0)

    def __mul__(self, factor: float) -> "Histogram":
        return replace(
            self,
            count=self.count * factor,
            sum=self.sum * factor,
            zero=self.zero * factor,
            positive={index: count * factor for index, count in self.positive.items()},
            negative={index: count * factor for index, count in self.negative.items()},
        )

    def at_scale(self, scale: int) -> "Histogram":
        """What lies in bucket i lies in bucket i >> d at a scale lower by d."""
        down = self.scale - scale
        if down <= 0:
            return self
        return replace(
            self, scale=scale, positive=_shifted(self.positive, down), negative=_shifted(self.negative, down)
        )

    def with_threshold(self, threshold: float) -> "Histogram":
        """What the threshold reaches into counts as zero; it is widened to the end of the last such bucket."""
        if threshold <= self.threshold:
            return self
        reached = [index for side in (self.positive, self.negative) for index in side if self._low(index) < threshold]
        widest = max([threshold, *(self._low(index + 1) for index in reached)])
        keep = [
            {index: count for index, count in side.items() if self._low(index) >= widest}
            for side in (self.positive, self.negative)
        ]
        swallowed = sum(self.positive.values()) + sum(self.negative.values()) - sum(map(_whole, keep))
        return replace(self, zero=self.zero + swallowed, threshold=widest, positive=keep[0], negative=keep[1])

    def buckets(self) -> list[Bucket]:
        """From the lowest to the highest."""
        return sorted(exponential(self.scale, self.zero, self.threshold, self.positive, self.negative))

    def quantile(self, level: float) -> float:
        if not self.count or math.isnan(level):
            return math.nan
        if not 0 <= level <= 1:
            return math.copysign(math.inf, level)
        found = quantile(self.buckets(), level)
        return math.nan if found is None else found

    def fraction(self, low: float, high: float) -> float:
        """The share of values between two bounds."""
        if not self.count or math.isnan(low) or math.isnan(high):
            return math.nan
        if low >= high:
            return 0.0
        buckets = self.buckets()
        return sum(bucket.below(high) - bucket.below(low) for bucket in buckets) / self.count

    def variance(self) -> float:
        """About the mean, every value taken to lie at the middle of its bucket (the geometric one, zero at 0)."""
        if not self.count:
            return math.nan
        mean = self.sum / self.count
        return sum(each.count * (_middle(each) - mean) ** 2 for each in self.buckets()) / self.count

    def less_than(self, before: "Histogram") -> bool:
        """Whether it cannot have grown out of the one before: the process counts anew."""
        if self.count < before.count or self.scale > before.scale or self.threshold < before.threshold:
            return True
        old = before.at_scale(self.scale).with_threshold(self.threshold)
        return (
            self.zero < old.zero
            or any(self.positive.get(index, 0.0) < count for index, count in old.positive.items())
            or any(self.negative.get(index, 0.0) < count for index, count in old.negative.items())
        )

    def _joined(self, other: "Histogram", sign: float) -> "Histogram":
        scale = min(self.scale, other.scale)
        one, two = self.at_scale(scale), other.at_scale(scale)
        while one.threshold != two.threshold:
            one, two = one.with_threshold(two.threshold), two.with_threshold(one.threshold)
        return Histogram(
            scale,
            one.count + sign * two.count,
            one.sum + sign * two.sum,
            one.zero + sign * two.zero,
            one.threshold,
            _added(one.positive, two.positive, sign),
            _added(one.negative, two.negative, sign),
        )

    def _low(self, index: int) -> float:
        return power(index, self.scale)


def _whole(side: Mapping[int, float]) -> float:
    return sum(side.values())


def _shifted(side: Mapping[int, float], down: int) -> dict[int, float]:
    moved: dict[int, float] = {}
    for index, count in side.items():
        moved[index >> down] = moved.get(index >> down, 0.0) + count
    return moved


def _added(one: Mapping[int, float], two: Mapping[int, float], sign: float) -> dict[int, float]:
    both = dict(one)
    for index, count in two.items():
        both[index] = both.get(index, 0.0) + sign * count
    return both


def _middle(bucket: Bucket) -> float:
    if bucket.even:
        return 0.0
    middle = math.sqrt(bucket.low * bucket.high)
    return middle if bucket.high > 0 else -middle


def total(histograms: Iterable[Histogram]) -> Histogram:
    first, *rest = histograms
    for each in rest:
        first = first + each
    return first
