"""What instruments accumulate: one point for each set of attributes, and its bytes.

A point knows how to take a measurement, to write itself as an OTLP data point, and, where the receiver wants deltas,
to begin again. Its instrument's lock is held for the first and the last.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from time import time_ns
from typing import Any, NamedTuple

from trivet.sdk.wire import INT64, double, field, fixed64, sfixed64

Number = int | float


class Exemplar(NamedTuple):
    """A measurement made inside a sampled span."""

    value: Number
    time: int
    trace_id: int
    span_id: int

    def encoded(self, tag: bytes) -> bytes:
        ids = b"\x22\x08" + self.span_id.to_bytes(8, "big") + b"\x2a\x10" + self.trace_id.to_bytes(16, "big")
        return field(tag, b"\x11" + fixed64(self.time) + _number(b"\x31", b"\x19", self.value) + ids)


def _number(integer_tag: bytes, double_tag: bytes, value: Number) -> bytes:
    """Both are oneofs of an sfixed64 and a double."""
    if type(value) is int and value in INT64:
        return integer_tag + sfixed64(value)
    return double_tag + double(float(value))


class NumberPoint:
    """A sum or a last value (`NumberDataPoint`)."""

    __slots__ = ("attributes", "exemplar", "start", "value")

    def __init__(self, attributes: Mapping[str, Any]):
        self.attributes = attributes
        self.start = time_ns()
        self.value: Number = 0
        self.exemplar: Exemplar | None = None

    def add(self, value: Number, exemplar: Exemplar | None) -> None:
        self.value += value
        self.exemplar = exemplar or self.exemplar

    def put(self, value: Number, exemplar: Exemplar | None) -> None:
        self.value = value
        self.exemplar = exemplar or self.exemplar

    def encoded(self, now: int, attributes: bytes) -> bytes:
        times = b"\x11" + fixed64(self.start) + b"\x19" + fixed64(now)
        exemplar = self.exemplar.encoded(b"\x2a") if self.exemplar else b""
        self.exemplar = None
        return attributes + times + _number(b"\x31", b"\x21", self.value) + exemplar


class HistogramPoint:
    """Counts between `bounds` (a value equal to a bound is below it), with sum, minimum and maximum."""

    __slots__ = ("attributes", "bounds", "counts", "exemplars", "largest", "smallest", "start", "sum")

    def __init__(self, attributes: Mapping[str, Any], bounds: Sequence[float]):
        self.attributes = attributes
        self.bounds = bounds
        self.start = time_ns()
        self.counts = [0] * (len(bounds) + 1)
        self.sum: Number = 0
        self.smallest: Number = float("inf")
        self.largest: Number = float("-inf")
        self.exemplars: dict[int, Exemplar] = {}  # the last of each bucket

    def add(self, value: Number, exemplar: Exemplar | None) -> None:
        bucket = bisect_left(self.bounds, value)
        self.counts[bucket] += 1
        self.sum += value
        if value < self.smallest:
            self.smallest = value
        if value > self.largest:
            self.largest = value
        if exemplar is not None:
            self.exemplars[bucket] = exemplar

    def encoded(self, now: int, attributes: bytes) -> bytes:
        out = [attributes, b"\x11", fixed64(self.start), b"\x19", fixed64(now)]
        out += [b"\x21", fixed64(sum(self.counts)), b"\x29", double(float(self.sum))]
        out.append(field(b"\x32", b"".join(map(fixed64, self.counts))))
        if self.bounds:
            out.append(field(b"\x3a", b"".join(map(double, self.bounds))))
        out += [exemplar.encoded(b"\x42") for exemplar in self.exemplars.values()]
        out += [b"\x59", double(float(self.smallest)), b"\x61", double(float(self.largest))]
        self.exemplars = {}
        return b"".join(out)
