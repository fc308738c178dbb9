"""urllib.request: one span for each URL that is opened over HTTP, redirects included."""

from typing import Any
from urllib.request import Request

from trivet.instrument.carriers import injected
from trivet.instrument.http import CLIENT_DURATION, client_name, client_request, client_response
from trivet.instrument.kit import CLIENT, Call, Wrap


def _request(call: Call) -> Request:
    """What is opened is a URL or a request; from here on it is the request."""
    given, data = call.get("fullurl"), call.get("data")
    if not isinstance(given, Request):
        given = Request(given, data)
        call.put("fullurl", given)
    elif data is not None:
        given.data = data
    return given


def _is_http(call: Call) -> bool:
    given = call.get("fullurl")
    return str(getattr(given, "full_url", given)).lower().startswith(("http://", "https://"))


def _attributes(call: Call) -> dict[str, Any]:
    request = _request(call)
    return client_request(request.get_method(), request.full_url)


def _inject(call: Call) -> None:
    for name, value in injected().items():
        _request(call).add_header(name, value)


def _failed(call: Call, error: BaseException) -> dict[str, Any]:
    """An answer from 400 on is raised as an error that has its status."""
    status = getattr(error, "code", None)
    return client_response(status) if isinstance(status, int) else {}


RULES = (
    Wrap(
        "urllib.request:OpenerDirector.open",
        name=lambda call: client_name(_request(call).get_method()),
        kind=CLIENT,
        family="http",
        when=_is_http,
        attributes=_attributes,
        before=_inject,
        after=lambda call, response: client_response(response.status),
        failed=_failed,
        duration=CLIENT_DURATION,
    ),
)
