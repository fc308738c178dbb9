"""urllib3: one span for each request of a pool, retries included."""

from trivet.instrument.carriers import injected
from trivet.instrument.http import CLIENT_DURATION, client_name, client_request, client_response
from trivet.instrument.kit import CLIENT, Call, Wrap


def _url(call: Call) -> str:
    url = call.get("url", "")
    return url if "://" in url else f"{call.self.scheme}://{call.self.host}:{call.self.port}{url}"


RULES = (
    Wrap(
        "urllib3.connectionpool:HTTPConnectionPool.urlopen",
        name=lambda call: client_name(call.get("method")),
        kind=CLIENT,
        family="http",
        attributes=lambda call: client_request(call.get("method"), _url(call)),
        before=lambda call: call.put("headers", {**(call.get("headers") or call.self.headers or {}), **injected()}),
        after=lambda call, response: client_response(response.status),
        duration=CLIENT_DURATION,
    ),
)
