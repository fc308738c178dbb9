"""requests: one span for each request that is sent, redirects included; urllib3 below it is silent."""

from trivet.instrument.carriers import inject
from trivet.instrument.http import CLIENT_DURATION, client_name, client_request, client_response
from trivet.instrument.kit import CLIENT, Wrap

RULES = (
    Wrap(
        "requests.sessions:Session.send",
        name=lambda call: client_name(call.get("request").method),
        kind=CLIENT,
        family="http",
        attributes=lambda call: client_request(call.get("request").method, call.get("request").url),
        before=lambda call: inject(call.get("request").headers),
        after=lambda call, response: client_response(response.status_code),
        duration=CLIENT_DURATION,
    ),
)
