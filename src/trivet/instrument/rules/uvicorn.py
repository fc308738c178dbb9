"""uvicorn: what it logs about a request (access, errors) is in that request's span, whoever told of the request."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from opentelemetry import context as context_api
from opentelemetry.trace import Span, get_current_span, set_span_in_context

from trivet.instrument.kit import Aside, Call, Custom, Teller
from trivet.instrument.patch import Patches, dressed
from trivet.instrument.within import REQUEST, Within, inside

PROTOCOLS = ("h11_impl", "httptools_impl", "zttp_impl", "zttp_h2_impl")
SPAN = "_trivet_span"


def _answering(call: Call) -> None:
    """The app answers in its request's span: FastAPI's own, for one, which ends before an error is logged."""
    span = get_current_span()
    if span.get_span_context().is_valid and SPAN not in call.self.__dict__:
        call.self.__dict__[SPAN] = span


def _install(module: ModuleType, patches: Patches, _: Teller) -> None:
    patches.wrap(module, "RequestResponseCycle.run_asgi", _running)


def _running(function: Callable) -> Callable:
    async def run_asgi(self: Any, app: Callable) -> None:
        async def then_in_its_span(*asked: Any) -> Any:
            try:
                return await app(*asked)
            finally:
                span: Span | None = self.__dict__.get(SPAN)
                if span is not None:
                    context_api.attach(set_span_in_context(span))

        with Within(inside(context_api.get_current(), (REQUEST,))):
            await function(self, then_in_its_span)

    return dressed(run_asgi, function)


RULES = tuple(
    rule
    for name in PROTOCOLS
    for rule in (
        Custom(f"uvicorn.protocols.http.{name}", install=_install),
        Aside(f"uvicorn.protocols.http.{name}:RequestResponseCycle.send", run=_answering, optional=True),
    )
)
