"""Starlette, and FastAPI which is one: a server span for each request, from its first byte to the last of the answer.

What ASGI sends and receives in between makes no spans. A response that streams ends its span when it has ended. FastAPI
from 0.160 tells of its requests itself, through the same providers: there, and under Starlette's own middleware for
OpenTelemetry, this rule is silent.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from opentelemetry.trace import get_current_span

from trivet.instrument.carriers import fresh, from_pairs
from trivet.instrument.http import SERVER_DURATION, client_name, named, server_request, server_response
from trivet.instrument.kit import SERVER, Aside, Call, Wrap

REQUEST = "trivet.request"  # in the scope: what is known of the request under way
# What those who tell of it themselves write there; in a scope of ours it keeps the apps below silent.
BY_THEMSELVES = {"fastapi.telemetry": None, "starlette.opentelemetry": True}
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Request:
    """`routes` are the paths of the mounts and the route that took it, in order; `selected`: FastAPI says them."""

    def __init__(self) -> None:
        self.routes: list[str] = []
        self.status = 0
        self.selected = False

    @property
    def route(self) -> str:
        return "".join(path.rstrip("/") for path in self.routes) or ("/" if self.routes else "")


def _about(call: Call) -> dict[str, Any]:
    scope = call.get("scope")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope.get("query_string", b"").decode("latin-1")
    attributes = server_request(scope["method"], scope.get("scheme", "http"), scope["path"], query, headers)
    if scope.get("client"):
        attributes["client.address"] = scope["client"][0]
    return {**attributes, "network.protocol.version": scope.get("http_version", "1.1")}


def _before(call: Call) -> None:
    call.state = request = Request()
    call.put("scope", {**call.get("scope"), **BY_THEMSELVES, REQUEST: request})
    call.put("send", _watched(call.get("send"), request))


def _watched(send: Send, request: Request) -> Send:
    async def watched(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            request.status = message["status"]
        await send(message)

    return watched


def _after(call: Call, _: Any) -> dict[str, Any]:
    request: Request = call.state
    route = {"http.route": request.route} if request.routes else {}
    return {**route, **(server_response(request.status) if request.status else {})}


def _failed(call: Call, _: BaseException) -> dict[str, Any]:
    return {**_after(call, None), "http.response.status_code": call.state.status or 500}


_request = Wrap(
    "starlette.applications:Starlette.__call__",
    name=lambda call: client_name(call.get("scope")["method"]),
    kind=SERVER,
    when=lambda call: call.get("scope")["type"] == "http" and not {REQUEST, *BY_THEMSELVES} & set(call.get("scope")),
    parent=lambda call: from_pairs(call.get("scope")["headers"]) or fresh(),
    attributes=_about,
    before=_before,
    after=_after,
    failed=_failed,
    duration=SERVER_DURATION,
)


def _note_route(call: Call) -> None:
    """Route and Mount are asked to handle what they have matched."""
    request = call.get("scope").get(REQUEST)
    if request is not None and not request.selected:
        _named(request, call.get("scope"), call.self.path)


def _note_selected(call: Call) -> None:
    """FastAPI's router says which of its routes it has chosen, before that one is asked."""
    scope, path = call.get("scope"), call.get("path")
    request = scope.get(REQUEST)
    if request is not None and path is not None:
        request.selected = True
        _named(request, scope, path.removesuffix("/{path}") if call.get("mount") else path)


def _named(request: Request, scope: dict[str, Any], path: str) -> None:
    request.routes.append(path)
    get_current_span().update_name(named(scope["method"], request.route))


RULES = (
    _request,
    Aside("starlette.routing:Route.handle", run=_note_route),
    Aside("starlette.routing:Mount.handle", run=_note_route),
    Aside("fastapi.routing:_route_selected", run=_note_selected, optional=True),
)
