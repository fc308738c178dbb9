"""Trace context in environment variables, `TRACEPARENT` and `TRACESTATE`, to and from other processes.

Source: OpenTelemetry specification, *Environment Variables as Context Propagation Carriers*.
"""

from collections.abc import Mapping

from opentelemetry.context import Context
from opentelemetry.trace import Span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

W3C = TraceContextTextMapPropagator()


def parent_of(environ: Mapping[str, str], context: Context | None = None) -> Context | None:
    """`context` with the span that the environment names as its current one; None when it names none."""
    if not environ.get("TRACEPARENT"):
        return None
    carrier = {"traceparent": environ["TRACEPARENT"], "tracestate": environ.get("TRACESTATE", "")}
    return W3C.extract(carrier, Context() if context is None else context)


def handed_down(span: Span) -> dict[str, str]:
    """Variables that make `span` the parent of what another process does."""
    carrier: dict[str, str] = {}
    W3C.inject(carrier, set_span_in_context(span))
    return {name.upper(): value for name, value in carrier.items()}
