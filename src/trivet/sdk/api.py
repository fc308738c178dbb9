"""What an app calls: `import trivet`, and these.

Before `trivet.start`, and where it was never called, everything here does nothing, and costs next to nothing.
"""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from time import perf_counter
from types import TracebackType
from typing import Any

from opentelemetry import trace

from trivet import faults
from trivet.sdk.decorate import decorate
from trivet.sdk.logs import Log, TemplateLog
from trivet.sdk.runtime import Runtime
from trivet.sdk.span import NOTHING, Span
from trivet.sdk.tracer import INTERNAL, CurrentSpan
from trivet.sdk.values import Attributes, Value
from trivet.settings import AppSettings
from trivet.version import __version__

logger = logging.getLogger("trivet.sdk")

_runtime: Runtime | None = None
_starting = threading.Lock()


def start(service: str | None = None, endpoint: str | None = None, **settings: Any) -> None:
    """Send this process's traces, metrics and logs to `endpoint`, as `service`.

    Arguments win over `TRIVET_*` variables, those over the standard `OTEL_*` ones; `settings` are the fields of
    `trivet.settings.AppSettings`. A second call changes nothing, but gives a name to a service whose name was only
    guessed. Never raises, except under pytest.
    """
    global _runtime
    with _starting:
        if _runtime is not None:
            if service and not _runtime.settings.service:
                _runtime.rename(service)
            return
        if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
            return
        try:
            _runtime = _make(service, endpoint, settings)
            _runtime.start()
        except Exception as error:
            logger.warning("Trivet could not start: %s", error)
            faults.swallow(error, "start")


def _make(service: str | None, endpoint: str | None, given: dict[str, Any]) -> Runtime:
    settings, problems = AppSettings.load({"service": service, "endpoint": endpoint, **given})
    for problem in problems:
        logger.warning("Trivet: %s; the default is used", problem)
    return Runtime(settings, named_by_us=endpoint is not None or "TRIVET_ENDPOINT" in os.environ)


def flush(timeout: float = 5.0) -> bool:
    """Send what has been recorded so far; whether all of it was acknowledged within `timeout` seconds."""
    if _runtime is None:
        return True
    try:
        return _runtime.flush(timeout)
    except Exception as error:
        faults.swallow(error, "flush")
        return False


def shutdown() -> None:
    """Deliver or spill everything now, as at exit; from here on nothing is recorded."""
    if _runtime is not None:
        try:
            _runtime.shut_down()
        except Exception as error:
            faults.swallow(error, "shutdown")


class _Block:
    """What `span` returns: a context manager, and a decorator for functions, coroutines and generators."""

    __slots__ = ("attributes", "current", "name")

    def __init__(self, name: str, attributes: Attributes):
        self.name = name
        self.attributes = attributes
        self.current: CurrentSpan | None = None

    def __enter__(self) -> Any:
        runtime = _runtime
        if runtime is None:
            return NOTHING
        self.current = CurrentSpan(runtime.tracer, (self.name, None, INTERNAL, self.attributes), True)
        return self.current.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        if self.current is not None:
            self.current.__exit__(kind, error, stack)

    def suspend(self) -> None:
        if self.current is not None:
            self.current.suspend()

    def resume(self) -> None:
        if self.current is not None:
            self.current.resume()

    def __call__(self, function: Callable) -> Callable:
        return decorate(function, lambda: _Block(self.name, self.attributes))


def span(name: str | Callable, /, **attributes: Value) -> Any:
    """A span around a block, `with trivet.span("encode", video=7):`, or around each call of a function.

    `@trivet.span("encode")` and plain `@trivet.span`, which takes the function's name, work on functions,
    coroutines and generators.
    """
    if callable(name):
        return _Block(getattr(name, "__qualname__", repr(name)), attributes)(name)
    return _Block(name, attributes)


def set(attributes: Attributes | None = None, /, **more: Value) -> None:
    """Attributes for the current span."""
    current = trace.get_current_span()
    if current.is_recording():
        current.set_attributes({**(attributes or {}), **more})


class _Wide:
    """`trivet.wide(user=7)`: attributes for the span that this request, message or job began with."""

    def __call__(self, attributes: Attributes | None = None, /, **more: Value) -> None:
        entry = _entry()
        if entry is not None:
            entry.set_attributes({**(attributes or {}), **more})

    def add(self, **numbers: float) -> None:
        """Add to attributes that are sums: `trivet.wide.add(cache_hits=1)`."""
        entry = _entry()
        if entry is None:
            return
        with _runtime.adding if _runtime is not None else nullcontext():
            for key, number in numbers.items():
                entry.set_attribute(key, entry.attributes.get(key, 0) + number)

    def time(self, name: str) -> "_Timed":
        """`with trivet.wide.time("db"):` adds to `db.seconds` and `db.count`."""
        return _Timed(name)


class _Timed:
    __slots__ = ("name", "started")

    def __init__(self, name: str):
        self.name = name

    def __enter__(self) -> None:
        self.started = perf_counter()

    def __exit__(self, *error: object) -> None:
        wide.add(**{f"{self.name}.seconds": perf_counter() - self.started, f"{self.name}.count": 1})


wide = _Wide()


def _log() -> Log | None:
    return None if _runtime is None else _runtime.log


log = TemplateLog(_log)


class _Instrument:
    """A metric by name, made when it is first used after the start; the same name is the same metric."""

    __slots__ = ("_made", "_make", "_said")

    def __init__(self, make: str, name: str, unit: str, description: str):
        self._make = make
        self._said = name, unit, description
        self._made: tuple[Runtime, Any] | None = None

    def _real(self) -> Any:
        runtime = _runtime
        if runtime is None or runtime.meters is None:
            return None
        if self._made is None or self._made[0] is not runtime:
            meter = runtime.meters.get_meter("trivet", __version__)
            self._made = runtime, getattr(meter, self._make)(*self._said)
        return self._made[1]


class _Counter(_Instrument):
    def add(self, n: float = 1, **attributes: Value) -> None:
        real = self._real()
        if real is not None:
            real.add(n, attributes)


class _Histogram(_Instrument):
    def record(self, value: float, **attributes: Value) -> None:
        real = self._real()
        if real is not None:
            real.record(value, attributes)


class _Gauge(_Instrument):
    def set(self, value: float, **attributes: Value) -> None:
        real = self._real()
        if real is not None:
            real.set(value, attributes)


@cache
def counter(name: str, unit: str = "", description: str = "") -> _Counter:
    """`trivet.counter("videos").add(1, kind="short")`: goes up."""
    return _Counter("create_counter", name, unit, description)


@cache
def histogram(name: str, unit: str = "", description: str = "") -> _Histogram:
    """`trivet.histogram("encode.duration", "s").record(1.2)`: how values are distributed."""
    return _Histogram("create_histogram", name, unit, description)


@cache
def gauge(name: str, unit: str = "", description: str = "") -> _Gauge:
    """`trivet.gauge("queue.depth").set(7)`: how much there is now."""
    return _Gauge("create_gauge", name, unit, description)


def _entry() -> Span | None:
    current = trace.get_current_span()
    return current.entry if isinstance(current, Span) else None
