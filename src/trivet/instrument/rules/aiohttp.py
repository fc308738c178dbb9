"""aiohttp: client requests with their redirects, and server requests.

A session whose connector has an attribute `untold` is left alone: so are a Trivet server's own, see the rules of httpx.
"""

from typing import Any

from opentelemetry.trace import get_current_span

from trivet.instrument.carriers import extracted, fresh, injected
from trivet.instrument.http import (
    CLIENT_DURATION,
    SERVER_DURATION,
    client_name,
    client_request,
    client_response,
    named,
    server_request,
    server_response,
)
from trivet.instrument.kit import CLIENT, SERVER, Call, Wrap


def _url(call: Call) -> str:
    base, url = getattr(call.self, "_base_url", None), call.get("str_or_url")
    return str(base.join(type(base)(str(url)))) if base else str(url)


def _inject(call: Call) -> None:
    call.put("headers", {**injected(), **dict(call.get("headers") or {})})


def _about(call: Call) -> dict[str, Any]:
    request = call.get("request")
    headers = {name.lower(): value for name, value in request.headers.items()}
    attributes = server_request(request.method, request.scheme, request.path, request.query_string, headers)
    return {**attributes, "client.address": request.remote} if request.remote else attributes


def _route(call: Call) -> dict[str, Any]:
    """Known once the handler has run; an error of the handler is an answer, too."""
    request = call.get("request")
    # `match_info` is a mapping of the route's parameters: empty for a route without any.
    resource = request.match_info.route.resource if request.match_info is not None else None
    if resource is None:
        return {}
    get_current_span().update_name(named(request.method, resource.canonical))
    return {"http.route": resource.canonical}


def _failed(call: Call, error: BaseException) -> dict[str, Any] | None:
    """`HTTPFound` and its like are answers that are raised."""
    status = getattr(error, "status", 500)
    get_current_span().set_attributes({**_route(call), "http.response.status_code": status})
    return {"http.response.status_code": status} if status >= 500 else None


RULES = (
    Wrap(
        "aiohttp.client:ClientSession._request",
        name=lambda call: client_name(call.get("method")),
        kind=CLIENT,
        family="http",
        when=lambda call: not hasattr(call.self.connector, "untold"),
        attributes=lambda call: client_request(call.get("method"), _url(call)),
        before=_inject,
        after=lambda call, response: client_response(response.status),
        duration=CLIENT_DURATION,
    ),
    Wrap(
        "aiohttp.web_app:Application._handle",
        name=lambda call: client_name(call.get("request").method),
        kind=SERVER,
        parent=lambda call: extracted({k.lower(): v for k, v in call.get("request").headers.items()}) or fresh(),
        attributes=_about,
        after=lambda call, response: {**_route(call), **server_response(response.status)},
        failed=_failed,
        duration=SERVER_DURATION,
    ),
)
