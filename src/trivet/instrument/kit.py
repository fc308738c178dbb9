"""The instrumentation kit: a call of a library becomes a span, and a rule says how.

    Wrap(
        "shop.queue:Queue.add",
        name=lambda call: f"add {call.self.name}",
        kind=PRODUCER,
        attributes=lambda call: {"messaging.destination.name": call.self.name},
        before=lambda call: call.put("headers", injected(call.get("headers"))),
    )

Functions, coroutine functions, generators and async generators are wrapped as what they are. What goes wrong in a rule
is our fault, counted and swallowed (raised under test); what goes wrong in the library is told and goes on as it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from types import ModuleType
from typing import Any

from opentelemetry import context as context_api
from opentelemetry.context import Context
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, set_span_in_context

from trivet import faults
from trivet.instrument.within import FAMILIES, REQUEST, inside, suppressed

INTERNAL, SERVER, CLIENT = SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT
PRODUCER, CONSUMER = SpanKind.PRODUCER, SpanKind.CONSUMER

Attributes = Mapping[str, Any]
ATTEMPT = "trivet.attempt"  # the key in the context: the `Told` of the message that is worked on


class Call:
    """One call under way: its arguments by name or position, and what its rule wants to remember in `state`."""

    __slots__ = ("_places", "args", "kwargs", "state")

    def __init__(self, places: Mapping[str, int], args: tuple, kwargs: dict[str, Any]):
        self._places = places
        self.args = args
        self.kwargs = kwargs
        self.state: Any = None

    @property
    def self(self) -> Any:
        """The object that the method belongs to (the class, of a class method)."""
        return self.args[0]

    def get(self, name: str, default: Any = None) -> Any:
        """An argument by its parameter's name; `default` where it was not given."""
        if name in self.kwargs:
            return self.kwargs[name]
        at = self._places.get(name)
        return self.args[at] if at is not None and at < len(self.args) else default

    def put(self, name: str, value: Any) -> None:
        """Another value for an argument, given or not."""
        at = self._places.get(name)
        if name not in self.kwargs and at is not None and at < len(self.args):
            self.args = (*self.args[:at], value, *self.args[at + 1 :])
        else:
            self.kwargs = {**self.kwargs, name: value}


def blame(error: BaseException | None) -> None:
    """The attempt at a message that is under way failed by an error that its library catches itself."""
    told = context_api.get_value(ATTEMPT)
    if error is not None and told is not None:
        told.blame(error)


def _no_attributes(*_: Any) -> Attributes:
    return {}


@dataclass(frozen=True, slots=True)
class Duration:
    """A histogram of seconds beside the span; `attributes` names those of the span that it keeps."""

    name: str
    description: str
    attributes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Wrap:
    """How one callable is told of.

    `target` is `module:path`. `parent` finds the context that a message or request brought along, `links` what else it
    belongs to; `before` runs inside the span before the call and may change its arguments (to inject a context);
    `after` makes attributes of the result (with `error.type` the span has failed), `failed` of an exception, None when
    that is no failure (`blame` is for one that the library catches itself). Calls of a `family` make no spans inside of
    one another; with `leaves` none of these families makes spans inside. `optional`: releases without the target are
    fine.
    """

    target: str = field(kw_only=False)
    name: str | Callable[[Call], str]
    kind: SpanKind = INTERNAL
    attributes: Callable[[Call], Attributes] = _no_attributes
    when: Callable[[Call], bool] | None = None
    parent: Callable[[Call], Context | None] | None = None
    links: Callable[[Call], Sequence[Link]] | None = None
    before: Callable[[Call], None] | None = None
    after: Callable[[Call, Any], Attributes] | None = None
    failed: Callable[[Call, BaseException], Attributes | None] = lambda call, error: {}
    family: str = ""
    leaves: Sequence[str] = ()
    duration: Duration | None = None
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Aside:
    """A call that makes no span of its own: `run` (given the call) looks at it or changes its arguments, and inside of
    it the families of `quiet` make no spans either."""

    target: str = field(kw_only=False)
    run: Callable[[Call], None] | None = None
    quiet: Sequence[str] = ()
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Custom:
    """For what no declaration fits: `install` gets the module, the `Patches` to make changes with, and the `Teller`."""

    module: str = field(kw_only=False)
    install: Callable[[ModuleType, Any, "Teller"], None]


Rule = Wrap | Aside | Custom


class Teller:
    """The tracer of a library and its histograms: where rules tell."""

    def __init__(self, tracer: Any, meter: Any):
        self.tracer = tracer
        self._meter = meter
        self._histograms: dict[str, Any] = {}

    def histogram(self, duration: Duration) -> Any:
        """None when no metrics are wanted."""
        if self._meter is None:
            return None
        if duration.name not in self._histograms:
            made = self._meter.create_histogram(duration.name, unit="s", description=duration.description)
            self._histograms[duration.name] = made
        return self._histograms[duration.name]

    def begin(self, rule: Wrap, call: Call) -> "Told | None":
        """The span of a call, made current; None where there is to be none. Never raises, except under test."""
        try:
            if suppressed(rule.family, rule.kind) or (rule.when is not None and not rule.when(call)):
                return None
            return Told(self, rule, call)
        except Exception as error:
            faults.swallow(error, "instrument")
            return None


class Told:
    """A call while it is under way, from `Teller.begin` to `succeed` or `fail`."""

    __slots__ = ("_began", "_call", "_context", "_rule", "_teller", "_token", "attributes", "span")

    def __init__(self, teller: Teller, rule: Wrap, call: Call):
        self._teller, self._rule, self._call = teller, rule, call
        self.attributes = dict(rule.attributes(call))
        self._began = perf_counter()
        parent = rule.parent(call) if rule.parent else None
        self.span = teller.tracer.start_span(
            rule.name if isinstance(rule.name, str) else rule.name(call),
            parent,
            rule.kind,
            self.attributes,
            rule.links(call) if rule.links else None,
        )
        context = set_span_in_context(self.span, parent)
        if rule.family or rule.leaves:
            context = inside(context, (rule.family, *rule.leaves))
        if rule.kind is CONSUMER:
            context = context_api.set_value(ATTEMPT, self, context)
        self._context = context
        self._token = context_api.attach(context)
        if rule.before is not None:
            self._guarded(rule.before, self._call)

    def set(self, attributes: Attributes) -> None:
        self.attributes.update(attributes)
        self.span.set_attributes(attributes)

    def suspend(self) -> None:
        """A generator hands out a value: until `resume` the span is not the current one."""
        context_api._RUNTIME_CONTEXT.detach(self._token)

    def resume(self) -> None:
        self._token = context_api.attach(self._context)

    def succeed(self, result: Any = None) -> None:
        self.leave(self._guarded(self._rule.after, self._call, result) or {} if self._rule.after else {})

    def leave(self, said: Attributes) -> None:
        """The end, with what was learned."""
        self.set(said)
        if "error.type" in said:
            self.span.set_status(Status(StatusCode.ERROR, str(said["error.type"])))
        self.end()

    def fail(self, error: BaseException) -> None:
        said = self._guarded(self._rule.failed, self._call, error) if isinstance(error, Exception) else None
        if said is not None:
            self.blame(error, said)
        self.end()

    def blame(self, error: BaseException, said: Attributes | None = None) -> None:
        """It has failed by this error."""
        self.set({"error.type": type(error).__qualname__, **(said or {})})
        self.span.record_exception(error)
        self.span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))

    def end(self) -> None:
        try:
            if self._rule.duration is not None:
                self._measure(self._rule.duration)
            self.span.end()
        except Exception as error:
            faults.swallow(error, "instrument")
        finally:
            self._detach()

    def _detach(self) -> None:
        try:
            context_api._RUNTIME_CONTEXT.detach(self._token)
        except ValueError:  # begun in another context, which is gone: a closed generator, a cancelled task
            return
        here = context_api.get_current()
        if self._rule.kind is SERVER and REQUEST in here.get(FAMILIES, ()):
            context_api.attach(set_span_in_context(self.span, here))

    def _measure(self, duration: Duration) -> None:
        histogram = self._teller.histogram(duration)
        if histogram is not None:
            kept = {name: self.attributes[name] for name in duration.attributes if name in self.attributes}
            histogram.record(perf_counter() - self._began, kept)

    def _guarded(self, hook: Callable, *arguments: Any) -> Any:
        try:
            return hook(*arguments)
        except Exception as error:
            if faults.raising():
                self.end()
            faults.swallow(error, "instrument")
            return None


__all__ = ["CLIENT", "CONSUMER", "FAMILIES", "INTERNAL", "PRODUCER", "SERVER", "Aside", "Call", "Custom", "Wrap"]
