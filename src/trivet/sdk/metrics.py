"""Metrics behind the OpenTelemetry API, pushed with the spans: no scrape endpoint in the app.

An instrument keeps one point for each set of attributes, up to `MAX_POINTS`; what comes beyond goes to one point
that says so (specification, *Cardinality Limits*). Measurements made inside a sampled span leave exemplars. Sums and
histograms are cumulative unless the standard preference says delta.
"""

import logging
import math
import os
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from time import time_ns
from typing import Any

from opentelemetry import context as context_api
from opentelemetry import metrics as api
from opentelemetry.context import Context
from opentelemetry.trace.propagation import _SPAN_KEY

from trivet import faults
from trivet.sdk.points import Exemplar, HistogramPoint, Number, NumberPoint
from trivet.sdk.tracer import Scope
from trivet.sdk.values import NOTHING, Attributes, clean
from trivet.sdk.wire import field, text_field

logger = logging.getLogger("trivet.sdk")

MAX_POINTS = 2000
OVERFLOW = {"otel.metric.overflow": True}
# The specification's default, and the semantic conventions' advice for seconds.
BOUNDS = (0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0, 10000.0)
BOUNDS_OF_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
CUMULATIVE, DELTA = b"\x10\x02", b"\x10\x01"
MONOTONIC = b"\x18\x01"

get_current = context_api._RUNTIME_CONTEXT.get_current
# Encodes attributes as the repeated field of a data point: 7 in numbers, 9 in histograms.
EncodeAttributes = Callable[[bytes, Attributes], bytes]
ATTRIBUTES_OF_NUMBER, ATTRIBUTES_OF_HISTOGRAM = b"\x3a", b"\x4a"


def _sampled_here(value: Number, context: Context | None) -> Exemplar | None:
    span = (get_current() if context is None else context).get(_SPAN_KEY)
    if span is None:
        return None
    own = span.get_span_context()
    return Exemplar(value, time_ns(), own.trace_id, own.span_id) if own.trace_flags & 1 else None


class Instrument:
    """What all instruments share: points by attributes, behind a lock that a signal handler may take again."""

    field_of_metric: bytes  # which kind of data a `Metric` message holds
    delta = False
    makes_deltas = False  # whether a preference for delta applies to this kind

    def __init__(self, name: str, unit: str, description: str):
        self.name = name
        self.unit = unit or ""
        self.description = description or ""
        self._points: dict[Any, Any] = {}
        self.lock = threading.RLock()

    def _new_point(self, attributes: Attributes) -> Any:
        return NumberPoint(attributes)

    def _point(self, attributes: Attributes | None) -> Any:
        key: Any = frozenset(attributes.items()) if attributes else None
        if key and bool in map(type, attributes.values()):  # True is 1 to a set, and not to a reader
            key = frozenset((name, type(value), value) for name, value in key)
        point = self._points.get(key)
        if point is None:
            if len(self._points) >= MAX_POINTS - 1:
                key, attributes = "overflow", OVERFLOW
                point = self._points.get(key)
            if point is None:
                kept = {name: clean(value) for name, value in (attributes or NOTHING).items()}
                point = self._points[key] = self._new_point(kept)
        return point

    def measure(self, value: Number, attributes: Attributes | None, context: Context | None) -> None:
        """Never raises: a measurement that cannot be kept is a fault of ours, counted as such."""
        try:
            if type(value) is not int and type(value) is not float:
                value = value + 0 if isinstance(value, int | float) else float(value)
            if not self._accepts(value):
                logger.warning("%s takes no %s", self.name, value)
                return
            exemplar = _sampled_here(value, context)
            with self.lock:
                try:
                    point = self._point(attributes)
                except TypeError:  # a value that is a list or a mapping
                    point = self._point({str(name): _hashable(value) for name, value in (attributes or {}).items()})
                self._take(point, value, exemplar)
        except Exception as error:
            faults.swallow(error, "metrics")

    def _accepts(self, value: Number) -> bool:
        return math.isfinite(value)

    def _take(self, point: Any, value: Number, exemplar: Exemplar | None) -> None:
        point.add(value, exemplar)

    def collect(self, now: int, encode: EncodeAttributes) -> list[bytes]:
        """Its points, encoded; where deltas are wanted, it begins again."""
        with self.lock:
            points = [
                point.encoded(now, encode(self._attributes_tag, point.attributes)) for point in self._points.values()
            ]
            if self.delta:
                self._points = {}
        return points

    _attributes_tag = ATTRIBUTES_OF_NUMBER

    def message(self, points: Sequence[bytes]) -> bytes:
        """A `Metric`, as field 2 of its scope."""
        data = b"".join(field(b"\x0a", point) for point in points) + self._how()
        said = text_field(b"\x0a", self.name) + text_field(b"\x12", self.description) + text_field(b"\x1a", self.unit)
        return field(b"\x12", said + field(self.field_of_metric, data))

    def _how(self) -> bytes:
        return b""

    def begin_again(self) -> None:
        """In a forked child: what the parent counted is the parent's."""
        self.lock = threading.RLock()
        self._points = {}


def _hashable(value: Any) -> Any:
    kept = clean(value)
    return kept if not isinstance(kept, dict) else str(kept)


class _Sum(Instrument):
    field_of_metric = b"\x3a"
    monotonic = MONOTONIC

    def _how(self) -> bytes:
        return (DELTA if self.delta else CUMULATIVE) + self.monotonic


class Counter(_Sum, api.Counter):
    makes_deltas = True

    def add(self, amount: Number, attributes: Attributes | None = None, context: Context | None = None) -> None:
        self.measure(amount, attributes, context)

    def _accepts(self, value: Number) -> bool:
        """It only goes up."""
        return 0 <= value < math.inf


class UpDownCounter(_Sum, api.UpDownCounter):
    monotonic = b""

    def add(self, amount: Number, attributes: Attributes | None = None, context: Context | None = None) -> None:
        self.measure(amount, attributes, context)


class Gauge(Instrument, api._Gauge):
    field_of_metric = b"\x2a"

    def set(self, amount: Number, attributes: Attributes | None = None, context: Context | None = None) -> None:
        self.measure(amount, attributes, context)

    def _take(self, point: Any, value: Number, exemplar: Exemplar | None) -> None:
        point.put(value, exemplar)


class Histogram(Instrument, api.Histogram):
    field_of_metric = b"\x4a"
    makes_deltas = True
    _attributes_tag = ATTRIBUTES_OF_HISTOGRAM

    def __init__(self, name: str, unit: str, description: str, bounds: Sequence[float] | None = None):
        Instrument.__init__(self, name, unit, description)
        default = BOUNDS_OF_SECONDS if unit == "s" else BOUNDS
        self.bounds = default if bounds is None else tuple(sorted(float(bound) for bound in bounds))

    def _new_point(self, attributes: Attributes) -> HistogramPoint:
        return HistogramPoint(attributes, self.bounds)

    def record(self, amount: Number, attributes: Attributes | None = None, context: Context | None = None) -> None:
        self.measure(amount, attributes, context)

    def _accepts(self, value: Number) -> bool:
        """The specification wants no negative ones: sums would not be monotonic."""
        return 0 <= value < math.inf

    def _how(self) -> bytes:
        return DELTA if self.delta else CUMULATIVE


class _Observable(Instrument):
    """Asks its callbacks at each collection: functions of `CallbackOptions`, or generators that are sent them.

    What they tell is since the instrument was made or, where deltas are wanted, since the collection before.
    """

    def __init__(self, name: str, callbacks: Sequence[Any] | None, unit: str, description: str):
        Instrument.__init__(self, name, unit, description)
        self._callbacks = [_asked(callback) for callback in callbacks or ()]
        self._before: dict[Any, Number] = {}
        self._began = time_ns()

    def collect(self, now: int, encode: EncodeAttributes) -> list[bytes]:
        with self.lock:
            self._points = {}
            for callback in self._callbacks:
                try:
                    for observation in callback(api.CallbackOptions()) or ():
                        self._point(observation.attributes).put(observation.value, None)
                except Exception as error:  # the app's own, or a generator's end
                    faults.note(error, "observable")
            for point in self._points.values():
                point.start = self._began
            if self.delta:
                self._subtract()
                self._began = now
            return Instrument.collect(self, now, encode)

    def begin_again(self) -> None:
        Instrument.begin_again(self)
        self._before, self._began = {}, time_ns()

    def _subtract(self) -> None:
        observed = {key: point.value for key, point in self._points.items()}
        for key, point in self._points.items():
            point.value -= self._before.get(key, 0)
        self._before = observed


def _asked(callback: Any) -> Callable[[Any], Any]:
    if not isinstance(callback, Generator):
        return callback
    next(callback)  # to its first `options = yield`
    return callback.send


class ObservableCounter(_Observable, _Sum, api.ObservableCounter):
    makes_deltas = True


class ObservableUpDownCounter(_Observable, _Sum, api.ObservableUpDownCounter):
    monotonic = b""


class ObservableGauge(_Observable, api.ObservableGauge):
    field_of_metric = b"\x2a"


class Meter(api.Meter):
    """Makes instruments; asking twice for the same name, kind and unit gives the same one."""

    def __init__(self, scope: Scope, prefers_delta: tuple[type, ...]):
        super().__init__(scope.name, scope.version, scope.schema_url)
        self.scope = scope
        self._prefers_delta = prefers_delta
        self._instruments: dict[tuple, Any] = {}

    def _get(self, kind: type, name: str, unit: str, make: Callable[[], Any]) -> Any:
        key = kind, name.lower(), unit
        instrument = self._instruments.get(key)
        if instrument is None:
            instrument = make()
            instrument.delta = kind.makes_deltas and issubclass(kind, self._prefers_delta)
            instrument = self._instruments.setdefault(key, instrument)
        return instrument

    def create_counter(self, name: str, unit: str = "", description: str = "") -> Counter:
        return self._get(Counter, name, unit, lambda: Counter(name, unit, description))

    def create_up_down_counter(self, name: str, unit: str = "", description: str = "") -> UpDownCounter:
        return self._get(UpDownCounter, name, unit, lambda: UpDownCounter(name, unit, description))

    def create_gauge(self, name: str, unit: str = "", description: str = "") -> Gauge:
        return self._get(Gauge, name, unit, lambda: Gauge(name, unit, description))

    def create_histogram(
        self,
        name: str,
        unit: str = "",
        description: str = "",
        *,
        explicit_bucket_boundaries_advisory: Sequence[float] | None = None,
    ) -> Histogram:
        bounds = explicit_bucket_boundaries_advisory
        return self._get(Histogram, name, unit, lambda: Histogram(name, unit, description, bounds))

    def create_observable_counter(
        self, name: str, callbacks: Sequence[Any] | None = None, unit: str = "", description: str = ""
    ) -> ObservableCounter:
        return self._observable(ObservableCounter, name, callbacks, unit, description)

    def create_observable_up_down_counter(
        self, name: str, callbacks: Sequence[Any] | None = None, unit: str = "", description: str = ""
    ) -> ObservableUpDownCounter:
        return self._observable(ObservableUpDownCounter, name, callbacks, unit, description)

    def create_observable_gauge(
        self, name: str, callbacks: Sequence[Any] | None = None, unit: str = "", description: str = ""
    ) -> ObservableGauge:
        return self._observable(ObservableGauge, name, callbacks, unit, description)

    def _observable(self, kind: type, name: str, callbacks: Sequence[Any] | None, unit: str, description: str) -> Any:
        return self._get(kind, name, unit, lambda: kind(name, callbacks, unit, description))

    def collect(self, now: int, encode: EncodeAttributes) -> list[tuple[bytes, int]]:
        """Encoded metrics that have points, each with their number."""
        collected = []
        for instrument in list(self._instruments.values()):
            points = instrument.collect(now, encode)
            if points:
                collected.append((instrument.message(points), len(points)))
        return collected

    def begin_again(self) -> None:
        for instrument in list(self._instruments.values()):
            instrument.begin_again()


class MeterProvider(api.MeterProvider):
    def __init__(self, environ: Mapping[str, str] = os.environ):
        preference = environ.get("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "").strip().lower()
        # "lowmemory" is delta where that needs no memory of what was reported before.
        self._prefers_delta = {"delta": (_Sum, Histogram), "lowmemory": (Counter, Histogram)}.get(preference, ())
        self._meters: dict[tuple, Meter] = {}

    def get_meter(
        self, name: str, version: str | None = None, schema_url: str | None = None, attributes: Attributes | None = None
    ) -> Meter:
        scope = Scope(name or "", version, schema_url, attributes)
        return self._meters.setdefault(scope.key, Meter(scope, self._prefers_delta))

    def collect(self, encode: EncodeAttributes) -> tuple[list[tuple[Scope, list[bytes]]], int]:
        """Encoded metrics by scope, and the number of their points."""
        now = time_ns()
        groups, count = [], 0
        for meter in list(self._meters.values()):
            collected = meter.collect(now, encode)
            if collected:
                groups.append((meter.scope, [message for message, _ in collected]))
                count += sum(points for _, points in collected)
        return groups, count

    def begin_again(self) -> None:
        for meter in list(self._meters.values()):
            meter.begin_again()
