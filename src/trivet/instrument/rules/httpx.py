"""httpx: one span for each request that is sent, redirects included, blocking and async.

A client with an attribute `untold` is left alone: so are those of a Trivet server that runs inside of a told program,
a test for instance.
"""

from dataclasses import replace

from trivet.instrument.carriers import inject
from trivet.instrument.http import CLIENT_DURATION, client_name, client_request, client_response
from trivet.instrument.kit import CLIENT, Wrap

_blocking = Wrap(
    "httpx:Client.send",
    name=lambda call: client_name(call.get("request").method),
    kind=CLIENT,
    family="http",
    when=lambda call: not hasattr(call.self, "untold"),
    attributes=lambda call: client_request(call.get("request").method, call.get("request").url),
    before=lambda call: inject(call.get("request").headers),
    after=lambda call, response: client_response(response.status_code),
    duration=CLIENT_DURATION,
)

RULES = (_blocking, replace(_blocking, target="httpx:AsyncClient.send"))
