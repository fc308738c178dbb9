"""A pytest plugin for the official SDK's own tests: where they say `opentelemetry.sdk.trace`, they get our classes."""

import importlib
from types import ModuleType
from typing import Any

from opentelemetry.sdk import trace as official
from opentelemetry.trace import SpanKind

from trivet.sdk.limits import Limits
from trivet.sdk.sampling import Always, ParentBased, TraceIdRatio
from trivet.sdk.span import Span
from trivet.sdk.tracer import Tracer, TracerProvider


def _limits(theirs: Any) -> Limits | None:
    if theirs is None:
        return None
    return Limits(
        span_attributes=theirs.max_span_attributes,
        span_attribute_length=theirs.max_span_attribute_length,
        events=theirs.max_events,
        event_attributes=theirs.max_event_attributes,
        links=theirs.max_links,
        link_attributes=theirs.max_link_attributes,
        attribute_length=theirs.max_attribute_length,
    )


class OurProvider(TracerProvider):
    """Our provider, made with the official constructor's arguments."""

    def __init__(
        self,
        sampler: Any = None,
        resource: Any = None,
        shutdown_on_exit: bool = True,
        active_span_processor: Any = None,
        id_generator: Any = None,
        span_limits: Any = None,
        **more: Any,
    ):
        bits = None
        if id_generator is not None:
            bits = lambda n: id_generator.generate_trace_id() if n == 128 else id_generator.generate_span_id()  # noqa: E731
        super().__init__(sampler, resource or official.Resource.create({}), _limits(span_limits), bits)
        self.id_generator = id_generator
        if active_span_processor is not None:
            self.add_span_processor(active_span_processor)


class OurSpan(Span):
    """Our span, made by hand as some of the tests make theirs."""

    def __init__(self, name: str, context: Any, parent: Any = None, resource: Any = None, attributes: Any = None):
        tracer = OurProvider(resource=resource, span_limits=official._UnsetLimits).get_tracer("by hand")
        super().__init__(tracer, name, context, parent, SpanKind.INTERNAL, {}, None)
        tracer.open[self] = 1
        self.set_attributes(attributes or {})


def substitute() -> None:
    official._Span = OurSpan
    official.sampling.ParentBased = ParentBased
    official.sampling.TraceIdRatioBased = TraceIdRatio
    official.sampling.StaticSampler = Always
    official.TracerProvider = OurProvider
    official.Tracer = Tracer
    official.Span = Span


def reload_and_substitute(module: ModuleType, reload: Any = importlib.reload) -> ModuleType:
    """Some of the tests reload the module to have its environment read again."""
    reloaded = reload(module)
    substitute()
    return reloaded


importlib.reload = reload_and_substitute
substitute()
