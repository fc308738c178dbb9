"""Tracers and their provider: where spans start.

A span starts in the caller's thread and costs it one object, one context and one entry in the `open` table; what is
done with an ended span is `deliver`'s business, which must not block.
"""

import logging
import os
import random
import sys
from collections.abc import Callable, Sequence
from threading import get_ident
from time import monotonic, time_ns
from types import TracebackType
from typing import Any

from opentelemetry import context as context_api
from opentelemetry import trace as api
from opentelemetry.context import Context
from opentelemetry.trace import DEFAULT_TRACE_STATE, Link, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.propagation import _SPAN_KEY

from trivet import faults
from trivet.sdk import sampling
from trivet.sdk.decorate import decorate
from trivet.sdk.limits import Limits
from trivet.sdk.resource import Resource
from trivet.sdk.span import Span, Unrecorded
from trivet.sdk.values import SCALARS, SCALARS_WITHOUT_TEXT, Attributes, clean_all

logger = logging.getLogger(__name__)

MAX_OPEN = 32_768  # spans started and not ended; about 1 kB each
INTERNAL = SpanKind.INTERNAL
ENTRIES = (SpanKind.SERVER, SpanKind.CONSUMER)
TEXTS = frozenset({str})
SAMPLED_RANDOM = TraceFlags(TraceFlags.SAMPLED | TraceFlags.RANDOM_TRACE_ID)
SAMPLED = TraceFlags(TraceFlags.SAMPLED)

# The runtime context behind `opentelemetry.context.attach` and `detach`, without their error logging: a generator
# that is closed in another context than it started in is no error of the app's.
_runtime = context_api._RUNTIME_CONTEXT
get_current = _runtime.get_current
_modules = sys.modules

# The event loops that spans were started in, by thread.
loops: dict[int, Any] = {}


class Scope:
    """The instrumentation scope: which library made the span, log record or metric. One object for each `key`."""

    __slots__ = ("attributes", "name", "schema_url", "version")

    def __init__(self, name: str, version: str | None = None, schema_url: str | None = None, attributes: Any = None):
        self.name = name
        self.version = version or ""
        self.schema_url = schema_url or ""
        self.attributes, _ = clean_all(attributes, None, None)

    @property
    def key(self) -> tuple:
        return self.name, self.version, self.schema_url, tuple(sorted(self.attributes.items(), key=repr))

    def __repr__(self) -> str:
        return f"Scope({self.name!r}, {self.version!r})"


def make_context(trace_id: int, span_id: int, flags: TraceFlags, state: Any) -> SpanContext:
    return SpanContext(trace_id, span_id, False, flags, state)


def _make_context_fast(
    trace_id: int,
    span_id: int,
    flags: TraceFlags,
    state: Any,
    new: Callable[..., SpanContext] = tuple.__new__,
    kind: type[SpanContext] = SpanContext,
) -> SpanContext:
    return new(kind, (trace_id, span_id, False, flags, state, True))


# A span context is a tuple of six, and its constructor takes 0.7 µs to check ids that we have just made.
if tuple(SpanContext(1, 2, False, SAMPLED, DEFAULT_TRACE_STATE)) == (1, 2, False, SAMPLED, DEFAULT_TRACE_STATE, True):
    make_context = _make_context_fast


class CurrentSpan:
    """What `start_as_current_span` returns: a context manager, and a decorator for every kind of function."""

    __slots__ = ("arguments", "end_on_exit", "span", "token", "tracer")

    def __init__(self, tracer: "Tracer", arguments: tuple, end_on_exit: bool):
        self.tracer = tracer
        self.arguments = arguments
        self.end_on_exit = end_on_exit

    def __enter__(self) -> api.Span:
        self.span = span = self.tracer.start_span(*self.arguments)
        context = Context(get_current())
        dict.__setitem__(context, _SPAN_KEY, span)
        self.token = _runtime.attach(context)
        return span

    def suspend(self) -> None:
        """The span goes on, but is not the current one any more, until `resume`."""
        try:
            _runtime.detach(self.token)
        except ValueError:  # entered in another context, which is gone: a closed generator, a cancelled task
            pass

    def resume(self) -> None:
        self.token = _runtime.attach(api.set_span_in_context(self.span))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.suspend()
        if error is not None and isinstance(error, Exception) and isinstance(self.span, Span):
            self.span.fail(error)
        if self.end_on_exit:
            self.span.end()

    def __call__(self, function: Callable) -> Callable:
        return decorate(function, lambda: CurrentSpan(self.tracer, self.arguments, self.end_on_exit))


class Tracer(api.Tracer):
    def __init__(self, provider: "TracerProvider", scope: Scope):
        limits = provider.limits
        self.provider = provider
        self.scope = scope
        self.limits = limits
        self.plain = SCALARS if limits.span_attribute_length is None else SCALARS_WITHOUT_TEXT
        self.room = sys.maxsize if limits.span_attributes is None else limits.span_attributes
        self.sampler = provider.sampler
        self.keeps_roots = getattr(provider.sampler, "keeps_roots", False)
        self.follows_local = getattr(provider.sampler, "follows_local", False)
        self.bits = provider.bits
        self.open = provider.open
        self.deliver = provider.deliver
        self.processors = provider.processors
        self.most_open = provider.most_open

    def start_as_current_span(
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = INTERNAL,
        attributes: Attributes | None = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
        end_on_exit: bool = True,
    ) -> CurrentSpan:
        arguments = (name, context, kind, attributes, links, start_time, record_exception, set_status_on_exception)
        return CurrentSpan(self, arguments, end_on_exit)

    def start_span(
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = INTERNAL,
        attributes: Attributes | None = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> api.Span:
        parent = (get_current() if context is None else context).get(_SPAN_KEY)
        bits = self.bits
        if parent is None and self.keeps_roots:
            came_from = None
            own = make_context(bits(128), bits(64), SAMPLED_RANDOM, DEFAULT_TRACE_STATE)
        elif type(parent) is Span and parent._sampled and self.follows_local:
            came_from = parent._context
            own = make_context(came_from[0], bits(64), came_from[3], came_from[4])
        else:
            span = self._start_after_asking(parent, name, context, kind, attributes, links, start_time)
            if type(span) is Span:
                self._finish_start(span, context, links, record_exception, set_status_on_exception)
            return span
        span = self._make(name, own, came_from, kind, attributes, start_time)
        if parent is not None and kind not in ENTRIES:
            span._entry = parent._entry or parent
        if links or self.processors or not (record_exception and set_status_on_exception):
            self._finish_start(span, context, links, record_exception, set_status_on_exception)
        return span

    def _make(
        self,
        name: str,
        own: SpanContext,
        came_from: SpanContext | None,
        kind: SpanKind,
        attributes: Attributes | None,
        start_time: int | None,
    ) -> Span:
        if not attributes:
            kept, unusual = {}, None
        elif (
            type(attributes) is dict
            and self.plain.issuperset(map(type, attributes.values()))
            and TEXTS.issuperset(map(type, attributes))
            and len(attributes) <= self.room
            and "" not in attributes
        ):
            kept, unusual = attributes.copy(), None
        else:
            kept, unusual = {}, attributes
        span = Span(self, name, own, came_from, kind, kept, time_ns() if start_time is None else int(start_time))
        if unusual:
            span.set_attributes(unusual)
        open_spans = self.open
        open_spans[span] = _where()
        if len(open_spans) > self.most_open:
            self.provider.take_notice()
        return span

    def _start_after_asking(
        self,
        parent: Any,
        name: str,
        context: Context | None,
        kind: SpanKind,
        attributes: Attributes | None,
        links: Sequence[Link] | None,
        start_time: int | None,
    ) -> api.Span:
        """The whole way of the specification: parent from anybody, the sampler's decision, attributes and state."""
        came_from = _valid_context(parent)
        trace_id = self.bits(128) if came_from is None else came_from.trace_id
        result = self.sampler.should_sample(context, trace_id, name, kind, attributes, links or ())
        sampled = result.decision.is_sampled()
        random_id = came_from is None or came_from.trace_flags.random_trace_id
        flags = TraceFlags(sampled * TraceFlags.SAMPLED | random_id * TraceFlags.RANDOM_TRACE_ID)
        own = make_context(trace_id, self.bits(64), flags, result.trace_state or DEFAULT_TRACE_STATE)
        if not result.decision.is_recording():
            return Unrecorded(own)
        span = self._make(name, own, came_from, kind, result.attributes, start_time)
        if not sampled:
            span._sampled = False
        if type(parent) is Span and kind not in ENTRIES:
            span._entry = parent._entry or parent
        return span

    def _finish_start(
        self,
        span: Span,
        context: Context | None,
        links: Sequence[Link] | None,
        record_exception: bool,
        set_status_on_exception: bool,
    ) -> None:
        for link in links or ():
            if link is not None:
                span.add_link(link.context, link.attributes)
        if not record_exception:
            span.records_exceptions = False
        if not set_status_on_exception:
            span.sets_status = False
        for processor in self.processors:
            try:
                processor.on_start(span, parent_context=context)
            except Exception as error:
                faults.swallow(error, "processor")

    def run_processors(self, span: Span, end_time: int) -> None:
        """Tell them that `span` is ending, end it, and hand it over."""
        for processor in self.processors:
            ending = getattr(processor, "_on_ending", None)
            if ending is not None:
                _call(ending, span)
        span._end_time = end_time
        for processor in self.processors:
            _call(processor.on_end, span)


def _call(method: Callable[[Span], None], span: Span) -> None:
    try:
        method(span)
    except Exception as error:
        faults.swallow(error, "processor")


def _valid_context(parent: Any) -> SpanContext | None:
    if not isinstance(parent, api.Span):
        return None
    context = parent.get_span_context()
    return context if isinstance(context, SpanContext) and context.is_valid else None


def _where() -> Any:
    """The thread that a span starts in, and its asyncio task when there is one: where to look when it runs long."""
    asyncio = _modules.get("asyncio")
    if asyncio is None or (loop := asyncio._get_running_loop()) is None:
        return get_ident()
    loops[get_ident()] = loop
    try:
        return get_ident(), asyncio.current_task(loop)
    except RuntimeError:
        return get_ident()


class TracerProvider(api.TracerProvider):
    """Makes tracers; `deliver` is called with every ended, sampled span, in the thread that ended it."""

    def __init__(
        self,
        sampler: sampling.Sampler | None = None,
        resource: Resource | None = None,
        limits: Limits | None = None,
        bits: Callable[[int], int] | None = None,
        deliver: Callable[[Span], None] = lambda span: None,
    ):
        self.sampler = sampler or sampling.from_environment()
        self.resource = resource if resource is not None else Resource({})
        self.limits = limits or Limits.from_environment()
        # Its own generator: an app that seeds `random` must not make every process count through the same ids.
        self.bits = bits or random.Random(os.urandom(32)).getrandbits
        self.deliver = deliver
        self.open: dict[Span, Any] = {}
        self.processors: tuple[Any, ...] = ()
        # Called when this process starts its first span, and again in a forked child. It costs nothing later: until
        # then no open span is allowed, so that the very first one is already too many.
        self.on_first_span: Callable[[], None] = lambda: None
        self.most_open = 0
        self._tracers: dict[tuple, Tracer] = {}

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes | None = None,
    ) -> api.Tracer:
        if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
            return api.NoOpTracer()
        if not instrumenting_module_name:
            logger.error("get_tracer() without a name: nobody will know where its spans come from")
        scope = Scope(instrumenting_module_name or "", instrumenting_library_version, schema_url, attributes)
        return self._tracers.setdefault(scope.key, Tracer(self, scope))

    def add_span_processor(self, span_processor: Any) -> None:
        """`on_start(span, parent_context=…)`, `on_end(span)`, `shutdown()`, `force_flush(timeout_millis)`."""
        self.processors += (span_processor,)
        self._hand_processors_on()

    def _hand_processors_on(self) -> None:
        for tracer in list(self._tracers.values()):
            tracer.processors = self.processors

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        deadline = monotonic() + timeout_millis / 1000
        done = True
        for processor in self.processors:
            left = max(0, int((deadline - monotonic()) * 1000))
            done = processor.force_flush(left) is not False and done
        return done

    def shutdown(self) -> None:
        """The processors that were added have their last say, once."""
        processors, self.processors = self.processors, ()
        self._hand_processors_on()
        for processor in processors:
            try:
                processor.shutdown()
            except Exception as error:
                faults.swallow(error, "processor")

    def take_notice(self) -> None:
        """There are more open spans than allowed: it is the first one, or too many that nobody ends.

        Of those the oldest is delivered as it is.
        """
        if not self.most_open:
            self._allow(MAX_OPEN)
            self.on_first_span()
        elif len(self.open) > self.most_open:
            try:
                end_incomplete(next(iter(self.open)))
            except (StopIteration, RuntimeError):  # another thread was quicker
                pass

    def _allow(self, most_open: int) -> None:
        self.most_open = most_open
        for tracer in list(self._tracers.values()):
            tracer.most_open = most_open

    def end_all_open(self) -> None:
        """At exit: what is still running is delivered, and says that it did not end by itself."""
        for span in list(self.open):
            end_incomplete(span)

    def forget_parent_process(self) -> None:
        """In a forked child: its parent's open spans are its parent's, and its ids must be its own."""
        self.open.clear()
        loops.clear()
        self._allow(0)
        generator = getattr(self.bits, "__self__", None)
        if isinstance(generator, random.Random):
            generator.seed(os.urandom(32))


def end_incomplete(span: Span) -> None:
    span._attributes["trivet.incomplete"] = True
    span.end()
