"""Contexts on their way between programs, in whatever the library at hand carries along.

`inject` and `extract` go through the propagators that the program has chosen (W3C trace context and baggage unless it
said otherwise).
"""

import json
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from opentelemetry import context as context_api
from opentelemetry import propagate
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import Link, get_current_span

from trivet.instrument.within import anew


def injected(carrier: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A copy of `carrier` with the current context in it; what stands there already wins."""
    made: dict[str, str] = {}
    propagate.inject(made)
    return {**made, **(carrier or {})}


def inject(carrier: MutableMapping[str, Any]) -> None:
    """The current context into headers; a context that was put there before is replaced."""
    propagate.inject(carrier)


def extracted(carrier: Mapping[str, Any] | None) -> Context | None:
    """The context of a message or request, over an empty one; None when it brings none along."""
    if not carrier:
        return None
    context = propagate.extract(carrier, Context(), getter=_ANY_CASE)
    return anew(context) if get_current_span(context).get_span_context().is_valid else None


def from_pairs(headers: Iterable[tuple[bytes, bytes]]) -> Context | None:
    """The same of ASGI's headers."""
    return extracted({name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers})


def from_environ(environ: Mapping[str, Any]) -> Context | None:
    """The same of WSGI's environ."""
    names = ((name[5:], value) for name, value in environ.items() if name.startswith("HTTP_"))
    return extracted({name.replace("_", "-").lower(): value for name, value in names})


def as_text() -> str | None:
    """The current context as one JSON text, for libraries that carry a string; None when there is no span."""
    made = injected()
    return json.dumps(made) if made else None


def from_text(text: Any) -> Context | None:
    try:
        carrier = json.loads(text) if text else None
    except (TypeError, ValueError):
        return None
    return extracted(carrier) if isinstance(carrier, Mapping) else None


def link_to(context: Context | None) -> list[Link]:
    """A link to the span of a context, if there is one."""
    span = get_current_span(context) if context is not None else None
    return [Link(span.get_span_context())] if span is not None and span.get_span_context().is_valid else []


def fresh() -> Context:
    """Where no context came along: a trace of its own, whatever this thread or task did before."""
    return anew(context_api.Context())


class _AnyCase(Getter[Mapping[str, Any]]):
    """Headers are found however they are written, as text or bytes."""

    def get(self, carrier: Mapping[str, Any], key: str) -> list[str] | None:
        for name in (key, key.title(), key.upper(), key.encode()):
            value = carrier.get(name)
            if value is not None:
                return [value.decode("latin-1") if isinstance(value, bytes) else str(value)]
        return None

    def keys(self, carrier: Mapping[str, Any]) -> list[str]:
        return [str(key) for key in carrier]


_ANY_CASE = _AnyCase()
