"""What stands in front of every request: Host and Origin, tokens and sessions, and the headers of every answer.

A page of a stranger must neither read nor act: it could point its own name at us (DNS rebinding; the Host header is
checked), post forms at us (the Origin header is checked on everything but reading), frame us or run its scripts here
(the security policy). Without tokens anyone may read; the listeners then bind to loopback only.
"""

import secrets
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trivet.errors import NotAllowed, Unauthenticated
from trivet.hosts import Hosts
from trivet.serve.problems import refusal
from trivet.tokens import ANYONE, Principal, Tokens

COOKIE = "trivet_session"
SESSION_SECONDS = 30 * 86_400
MOST_SESSIONS = 1000
PROBES = ("/healthz", "/readyz")
SAFE = ("GET", "HEAD", "OPTIONS")

SECURITY = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Sessions:
    """Who has logged in with a token: a random key in a cookie, known until the server ends or a month has passed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._sessions: dict[str, tuple[Principal, float]] = {}

    def open(self, principal: Principal) -> str:
        """A new session's key."""
        key = secrets.token_urlsafe(32)
        self._sessions[key] = (principal, self._clock() + SESSION_SECONDS)
        while len(self._sessions) > MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return key

    def close(self, key: str) -> None:
        self._sessions.pop(key, None)

    def principal(self, key: str) -> Principal | None:
        found = self._sessions.get(key)
        return found[0] if found and found[1] > self._clock() else None


class Gate:
    """The outermost application. `scope["state"]["principal"]` says to the routes who asks. `stop` ends what would
    otherwise last as long as its reader."""

    def __init__(
        self, app: ASGIApp, *, tokens: Tokens, hosts: Hosts, sessions: Sessions, stop: Callable[[], None] = lambda: None
    ):
        self.stop = stop
        self._app = app
        self._tokens = tokens
        self._hosts = hosts
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secured = _secured(send)
        try:
            scope.setdefault("state", {})["principal"] = self._admit(scope)
        except (NotAllowed, Unauthenticated) as error:
            await refusal(error)(scope, receive, secured)
            return
        await self._app(scope, receive, secured)

    def _admit(self, scope: Scope) -> Principal:
        """Who asks, if that is anybody who may."""
        path, headers = scope["path"], Headers(scope=scope)
        if path in PROBES:
            return ANYONE
        host = headers.get("host", "")
        if not self._hosts.allow(host):
            raise NotAllowed(f"the Host header {host[:80]!r} is not one of ours", hint="name it in TRIVET_HOSTS")
        origin = headers.get("origin")  # never empty from a browser; proxies blank it
        if scope["method"] not in SAFE and origin and urlsplit(origin).netloc != host:
            raise NotAllowed("this request comes from another site's page", hint="the API answers its own pages only")
        return self._reader(headers) if _guarded(scope) else ANYONE

    def _reader(self, headers: Headers) -> Principal:
        session = self._sessions.principal(session_key(headers))
        if session and "authorization" not in headers:
            return session
        return self._tokens.admit("read", headers.get("authorization"))


def _guarded(scope: Scope) -> bool:
    """Pages are open; what they show is not."""
    path = scope["path"]
    return path == "/metrics" or (path.startswith("/api/") and path != "/api/session")


def session_key(headers: Headers) -> str:
    """The key in the request's cookie, "" when there is none."""
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _secured(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(SECURITY)
        await send(message)

    return send_with_headers
