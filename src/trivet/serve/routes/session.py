"""Logging in with a token, so that a page's requests (and its EventSource, which cannot send headers) are let in."""

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trivet.errors import Invalid, TrivetError, Unauthenticated
from trivet.serve.gate import COOKIE, SESSION_SECONDS, Sessions, session_key
from trivet.serve.openapi import Endpoint
from trivet.serve.problems import refusal
from trivet.tokens import Tokens

MOST_BODY = 4096


class Login(Struct):
    token: str


class SessionRoutes:
    def __init__(self, tokens: Tokens, sessions: Sessions):
        self._tokens = tokens
        self._sessions = sessions

    def routes(self) -> list[Route]:
        return [
            Route("/api/session", self.open, methods=["POST"]),
            Route("/api/session", self.close, methods=["DELETE"]),
        ]

    def endpoints(self) -> list[Endpoint]:
        def described(method: str, name: str, summary: str, asked: type | None = None) -> Endpoint:
            return Endpoint(method=method, path="/api/session", name=name, summary=summary, asked=asked, status=204)

        return [
            described("POST", "open_session", "A cookie for a token that may read.", Login),
            described("DELETE", "close_session", "Logs out."),
        ]

    async def open(self, request: Request) -> Response:
        """204 with a cookie for a token that may read."""
        try:
            token = (await _login(request)).token
            if "read" not in (principal := self._tokens.admit("read", f"Bearer {token}")).may:
                raise Unauthenticated("this token may not read")
        except TrivetError as error:
            return refusal(error)
        response = Response(status_code=204, headers={"cache-control": "no-store"})
        response.set_cookie(
            COOKIE,
            self._sessions.open(principal),
            max_age=SESSION_SECONDS,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    async def close(self, request: Request) -> Response:
        self._sessions.close(session_key(request.headers))
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response


async def _login(request: Request) -> Login:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            raise Invalid("a token is shorter than that")
    try:
        return msgspec.json.decode(body, type=Login)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Invalid('send {"token": "…"}', code="bad_json") from None
