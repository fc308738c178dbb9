"""One span: OpenTelemetry's API in front, plain attributes behind, nothing locked.

Every write is one dict or list operation, which the interpreter already makes atomic, and a span ends when it is
taken out of its tracer's `open` table, which only one thread can do. The common case of each call is one test long;
everything unusual (a value to clean, a limit reached, a span already ended) goes to a slower method of its own.
"""

import logging
from collections import deque
from collections.abc import Mapping, Sequence
from time import time_ns
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING

from opentelemetry import trace as api
from opentelemetry.trace import Link as ApiLink
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode

from trivet.sdk.exceptions import describe, message
from trivet.sdk.values import Attributes, Value, clean, clean_all

if TYPE_CHECKING:
    from trivet.sdk.resource import Resource
    from trivet.sdk.tracer import Scope, Tracer

logger = logging.getLogger(__name__)

UNSET = Status()


class Event:
    """Something that happened inside a span, at `timestamp` (unix ns)."""

    __slots__ = ("_attributes", "_dropped", "_name", "_timestamp")

    def __init__(self, name: str, attributes: Attributes, timestamp: int, dropped: int = 0):
        self._name = name
        self._attributes = attributes
        self._timestamp = timestamp
        self._dropped = dropped

    name = property(lambda self: self._name)
    attributes = property(lambda self: self._attributes)
    timestamp = property(lambda self: self._timestamp)
    dropped_attributes = property(lambda self: self._dropped)


class Link(ApiLink):
    """A link whose attributes are cleaned and within limits."""

    def __init__(self, context: SpanContext, attributes: Attributes, dropped: int = 0):
        super().__init__(context, attributes)
        self._dropped = dropped

    dropped_attributes = property(lambda self: self._dropped)


class Span(api.Span):
    """A span that records; made by a `Tracer` and delivered once it has ended.

    It also reads like the official SDK's `ReadableSpan`, so that span processors and exporters made for that one
    work here.
    """

    # Most spans never have these: a class attribute costs the start of a span nothing.
    _end_time: int | None = None
    _events: "deque[Event] | None" = None
    _links: "deque[Link] | None" = None
    _status: Status = UNSET
    _entry: "Span | None" = None
    dropped_attributes = 0
    _events_seen = 0
    _links_seen = 0
    _sampled = True
    records_exceptions = True
    sets_status = True

    def __init__(
        self,
        tracer: "Tracer",
        name: str,
        context: SpanContext,
        parent: SpanContext | None,
        kind: SpanKind,
        attributes: dict[str, Value],
        start_time: int,
    ):
        self._tracer = tracer
        self._name = name
        self._context = context
        self._parent = parent
        self._kind = kind
        self._attributes = attributes
        self._start_time = start_time

    # What the app writes.

    def set_attribute(self, key: str, value: Value) -> None:
        tracer = self._tracer
        attributes = self._attributes
        if (
            self._end_time is None
            and type(value) in tracer.plain
            and type(key) is str
            and key
            and len(attributes) < tracer.room
        ):
            attributes[key] = value
        else:
            self._set_with_care(key, value)

    def set_attributes(self, attributes: Mapping[str, Value]) -> None:
        for key, value in attributes.items():
            self.set_attribute(key, value)

    def set(self, attributes: Attributes | None = None, /, **more: Value) -> None:
        """`set_attributes`, shorter to write."""
        self.set_attributes({**(attributes or {}), **more})

    def _set_with_care(self, key: str, value: Value) -> None:
        if self._ended("set_attribute"):
            return
        attributes = self._attributes
        if not key or not isinstance(key, str) or (len(attributes) >= self._tracer.room and key not in attributes):
            self.dropped_attributes += 1
            return
        attributes[str.__str__(key)] = clean(value, self._tracer.limits.span_attribute_length)

    def add_event(self, name: str, attributes: Attributes | None = None, timestamp: int | None = None) -> None:
        if self._ended("add_event"):
            return
        limits = self._tracer.limits
        kept, dropped = clean_all(attributes, limits.event_attributes, limits.attribute_length)
        if self._events is None:
            self._events = deque(maxlen=limits.events)
        self._events_seen += 1
        self._events.append(Event(name, kept, time_ns() if timestamp is None else int(timestamp), dropped))

    def add_link(self, context: SpanContext, attributes: Attributes | None = None) -> None:
        if self._ended("add_link") or not (context and (context.is_valid or attributes or context.trace_state)):
            return
        limits = self._tracer.limits
        kept, dropped = clean_all(attributes, limits.link_attributes, limits.attribute_length)
        if self._links is None:
            self._links = deque(maxlen=limits.links)
        self._links_seen += 1
        self._links.append(Link(context, kept, dropped))

    def update_name(self, name: str) -> None:
        if not self._ended("update_name"):
            self._name = name

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """OK is final, UNSET is ignored, the last ERROR wins (specification, *Set Status*)."""
        if self._ended("set_status"):
            return
        if isinstance(status, StatusCode):
            status = Status(status, description)
        elif not isinstance(status, Status):
            return
        elif description is not None:
            logger.warning("set_status takes a description with a StatusCode only; %r is ignored", description)
        if self._status.status_code is not StatusCode.OK and status.status_code is not StatusCode.UNSET:
            self._status = status

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes | None = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        described = {**describe(exception), "exception.escaped": str(escaped)}
        self.add_event("exception", {**described, **(attributes or {})}, timestamp)

    def fail(self, exception: BaseException) -> None:
        """What an exception that leaves the span's block does to it."""
        if self._end_time is not None:
            return
        if self.records_exceptions:
            self.record_exception(exception)
        if self.sets_status:
            self.set_status(Status(StatusCode.ERROR, f"{type(exception).__name__}: {message(exception)}"))

    def end(self, end_time: int | None = None) -> None:
        tracer = self._tracer
        # Only one caller gets it out: a span ends once, and one inherited over a fork ends in the parent.
        if tracer.open.pop(self, None) is None:
            self._ended("end")
            return
        if end_time is None:
            end_time = time_ns()
            if end_time < self._start_time:  # the clock was set back; a negative duration helps nobody
                end_time = self._start_time
        else:
            end_time = int(end_time)
        if tracer.processors:
            tracer.run_processors(self, end_time)
        else:
            self._end_time = end_time
        if self._sampled:
            tracer.deliver(self)

    def is_recording(self) -> bool:
        return self._end_time is None

    def get_span_context(self) -> SpanContext:
        return self._context

    def _ended(self, call: str) -> bool:
        if self._end_time is None:
            return False
        logger.warning("%s() on span %r, which has ended", call, self._name)
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """`with tracer.start_span(…)` ends the span without ever having made it the current one."""
        if error is not None and self._end_time is None:
            self.fail(error)
        self.end()

    # What processors and exporters read.

    name: str = property(lambda self: self._name)  # type: ignore[assignment]
    context: SpanContext = property(get_span_context)  # type: ignore[assignment]
    parent: SpanContext | None = property(lambda self: self._parent)  # type: ignore[assignment]
    kind: SpanKind = property(lambda self: self._kind)  # type: ignore[assignment]
    start_time: int = property(lambda self: self._start_time)  # type: ignore[assignment]
    end_time: int | None = property(lambda self: self._end_time)  # type: ignore[assignment]
    status: Status = property(lambda self: self._status)  # type: ignore[assignment]

    @property
    def attributes(self) -> Attributes:
        return MappingProxyType(self._attributes)

    @property
    def events(self) -> Sequence[Event]:
        return tuple(self._events or ())

    @property
    def links(self) -> Sequence[Link]:
        return tuple(self._links or ())

    @property
    def dropped_events(self) -> int:
        return self._events_seen - len(self._events or ())

    @property
    def dropped_links(self) -> int:
        return self._links_seen - len(self._links or ())

    @property
    def resource(self) -> "Resource":
        return self._tracer.provider.resource

    @property
    def instrumentation_scope(self) -> "Scope":
        return self._tracer.scope

    @property
    def entry(self) -> "Span":
        """The span that this process's part of the trace began with: its request, message or job."""
        return self._entry or self

    def to_json(self, indent: int | None = 4) -> str:
        from trivet.sdk.readable import span_to_json

        return span_to_json(self, indent)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(name="{self._name}", context={self._context})'


class Unrecorded(api.NonRecordingSpan):
    """Carries a context onwards and hears nothing: not sampled, or nothing has been started."""

    def set(self, attributes: Attributes | None = None, /, **more: Value) -> None:
        pass


NOTHING = Unrecorded(api.INVALID_SPAN_CONTEXT)
