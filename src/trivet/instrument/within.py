"""Who is inside of whom: a statement of an ORM is one span, and the driver's below it none.

Every call belongs to a family (`http`, `db`, `redis`, …); the context carries the families that are told of already.
"""

from collections.abc import Sequence

from opentelemetry import context as context_api
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind

FAMILIES = "trivet.families"  # the key in the context: families that make no further spans
# No family: inside, the request that is answered stays current after its span's end, for what its server still logs.
REQUEST = "one request"
EVERYTHING = "*"  # a family: what is silent for it is so for contrib's instrumentations too
_BY_OTHERS = (context_api._SUPPRESS_INSTRUMENTATION_KEY, "suppress_instrumentation")
# An HTTP client below another one, as contrib's instrumentations say it.
_HTTP_BY_OTHERS = context_api._SUPPRESS_HTTP_INSTRUMENTATION_KEY


def inside(context: Context, families: Sequence[str]) -> Context:
    """`context`, in which these families are told of already."""
    if EVERYTHING in families:
        context = context_api.set_value(context_api._SUPPRESS_INSTRUMENTATION_KEY, True, context)
    known: frozenset[str] = context.get(FAMILIES, frozenset())
    return context_api.set_value(FAMILIES, known.union(filter(None, families)), context)


def anew(context: Context) -> Context:
    """`context` for a piece of work of its own, such as a request: nothing is told of yet."""
    return context_api.set_value(FAMILIES, frozenset(), context)


class Rules:
    """All of them; `asleep`, none makes a span: between two tests that listen nobody does."""

    asleep = False


def suppressed(family: str, kind: SpanKind) -> bool:
    """Whether a span here would say what another one says already, or was asked not to be."""
    if Rules.asleep:
        return True
    here = context_api.get_current()
    if any(here.get(key) for key in _BY_OTHERS) or (family == "http" and here.get(_HTTP_BY_OTHERS)):
        return True
    return bool(family) and kind not in (SpanKind.SERVER, SpanKind.CONSUMER) and family in here.get(FAMILIES, ())


class Within:
    """A context for the length of a block; None: as it is."""

    __slots__ = ("_context", "_token")

    def __init__(self, context: Context | None):
        self._context = context

    def __enter__(self) -> None:
        self._token = None if self._context is None else context_api.attach(self._context)

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            context_api.detach(self._token)
