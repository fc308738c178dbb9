"""urllib3: one span for each request, retries and redirects included."""

from dataclasses import replace

from trivet.instrument.carriers import injected
from trivet.instrument.http import CLIENT_DURATION, client_name, client_request, client_response
from trivet.instrument.kit import CLIENT, Call, Wrap


def _url(call: Call) -> str:
    url = call.get("url") or ""
    return url if "://" in url else f"{call.self.scheme}://{call.self.host}:{call.self.port}{url}"


_of_a_pool = Wrap(
    "urllib3.connectionpool:HTTPConnectionPool.urlopen",
    name=lambda call: client_name(call.get("method")),
    kind=CLIENT,
    family="http",
    attributes=lambda call: client_request(call.get("method"), _url(call)),
    before=lambda call: call.put("headers", {**(call.get("headers") or call.self.headers or {}), **injected()}),
    after=lambda call, response: client_response(response.status),
    duration=CLIENT_DURATION,
)


def _into_options(call: Call) -> None:
    """The manager hands its options on to a pool, and to itself for a redirect."""
    headers = call.kwargs.get("headers") or call.self.headers or {}
    call.kwargs = {**call.kwargs, "headers": {**headers, **injected()}}


RULES = (
    _of_a_pool,
    replace(_of_a_pool, target="urllib3.poolmanager:PoolManager.urlopen", before=_into_options),
)
