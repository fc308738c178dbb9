"""OTLP over HTTP: `POST /v1/traces`, `/v1/metrics`, `/v1/logs`, in front of whatever else the port serves.

A raw ASGI application, because this is the hot path: nothing between the server's request and the spool. Source:
opentelemetry.io, "OTLP specification", OTLP/HTTP.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from trivet.errors import Invalid, NotAllowed, TrivetError, Unauthenticated, Unsupported
from trivet.hosts import Hosts
from trivet.otlp.messages import RESPONSES
from trivet.receive import status
from trivet.receive.admission import Admission, Held
from trivet.receive.compression import PIECE, Inflate
from trivet.receive.intake import Intake, batch_key

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SIGNALS: Final = {"/v1/traces": "traces", "/v1/metrics": "metrics", "/v1/logs": "logs"}
PROTOBUF: Final = b"application/x-protobuf"
JSON: Final = b"application/json"
PREFLIGHT: Final = [
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-encoding, content-type, trivet-batch"),
    (b"access-control-max-age", b"7200"),
]

Answer = tuple[int, Headers, bytes]
"""Status, header fields, body."""


class WrongMethod(Invalid):
    code = "wrong_method"
    status = 405


class Disconnected(Exception):
    """The sender went away in the middle of its body."""


@dataclass(slots=True)
class Request:
    """One request to an ingest path; its body is still to be received."""

    signal: str
    method: str
    headers: dict[bytes, bytes]
    receive: Receive
    content_type: bytes = b""

    def __post_init__(self) -> None:
        self.content_type = self.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    async def part(self) -> tuple[bytes, bool]:
        """The next part of the body, and whether more follow."""
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        return message.get("body", b""), message.get("more_body", False)


class OtlpHttp:
    """The three paths; every other request goes to `otherwise`."""

    def __init__(
        self, intake: Intake, admission: Admission, otherwise: App, *, hosts: Hosts | None, origins: Iterable[str] = ()
    ):
        """`hosts`: whose Host headers pass; None where a token is needed anyway. `origins`: pages that may send."""
        self._intake = intake
        self._admission = admission
        self._otherwise = otherwise
        self._hosts = hosts
        self._origins = {origin.encode() for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        signal = SIGNALS.get(scope["path"]) if scope["type"] == "http" else None
        if signal is None:
            await self._otherwise(scope, receive, send)
            return
        request = Request(signal, scope["method"], dict(scope["headers"]), receive)
        try:
            answer = await self._answer(request)
        except TrivetError as error:
            answer = _refusal(request, error)
        except Disconnected:
            return
        await _send(send, answer, self._cross_origin(request))

    async def _answer(self, request: Request) -> Answer:
        if request.method == "OPTIONS" and request.headers.get(b"origin") in self._origins:
            return 200, PREFLIGHT, b""
        if request.method != "POST":
            raise WrongMethod(f"{request.method} is not for this path", hint="send OTLP with POST")
        warning = await self._take(request)
        return 200, [(b"content-type", request.content_type)], _success(request, warning)

    async def _take(self, request: Request) -> str:
        self._check_host(request)
        sender = self._admission.sender(request.header(b"authorization"))
        is_json = _is_json(request)
        batch = batch_key(request.header(b"trivet-batch"))
        with self._admission.body() as held:
            body = await _read(request, held)
            with self._admission.work():
                return await self._intake.take(request.signal, body, json=is_json, sender=sender, batch=batch)

    def _check_host(self, request: Request) -> None:
        if self._hosts is not None and not self._hosts.allow(host := request.header(b"host")):
            raise NotAllowed(f"the Host header {host!r} is not one of ours", hint="name it in TRIVET_HOSTS")

    def _cross_origin(self, request: Request) -> Headers:
        origin = request.headers.get(b"origin")
        if origin not in self._origins:
            return []
        return [(b"access-control-allow-origin", origin), (b"vary", b"origin")]


def _is_json(request: Request) -> bool:
    if request.content_type not in (PROTOBUF, JSON):
        shown = request.content_type.decode("latin-1")
        hint = "use application/x-protobuf or application/json"
        raise Unsupported(f"content type {shown!r} is not read here", hint=hint)
    return request.content_type == JSON


async def _read(request: Request, held: Held) -> bytes:
    """The body as it was before compression, counted while it grows."""
    held.check(int(request.headers.get(b"content-length", 0)))  # the parser has refused what is no number
    encoding = request.header(b"content-encoding").strip().lower()
    if encoding in ("", "identity"):
        return await _read_plain(request, held)
    return await _read_compressed(request, held, Inflate(encoding))


async def _read_plain(request: Request, held: Held) -> bytes:
    parts, more = [], True
    while more:
        part, more = await request.part()
        held.add(len(part))
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _read_compressed(request: Request, held: Held, inflate: Inflate) -> bytes:
    """Each piece is counted before the next one is made, and others get the event loop in between."""
    pieces, sent, more = [], 0, True
    while more:
        part, more = await request.part()
        sent += len(part)
        held.check(sent)
        for piece in inflate.feed(part):
            held.add(len(piece))
            pieces.append(piece)
            if len(piece) == PIECE:
                await asyncio.sleep(0)
    inflate.finish()
    return b"".join(pieces)


def _success(request: Request, warning: str) -> bytes:
    if request.content_type == JSON:
        return json.dumps({"partialSuccess": {"errorMessage": warning}} if warning else {}).encode()
    partial = {"error_message": warning}
    return RESPONSES[request.signal](partial_success=partial).SerializeToString() if warning else b""


def _refusal(request: Request, error: TrivetError) -> Answer:
    """A google.rpc.Status in the request's encoding; JSON, which people can read, when that is neither."""
    answer, is_protobuf = status.status_of(error), request.content_type == PROTOBUF
    fields = [(b"content-type", PROTOBUF if is_protobuf else JSON)]
    if (after := status.retry_after_header(error)) is not None:
        fields.append((b"retry-after", after))
    if error.status == WrongMethod.status:
        fields.append((b"allow", b"POST"))
    if error.status == Unauthenticated.status:
        fields.append((b"www-authenticate", b"Bearer"))
    if b"expect" in request.headers:
        fields.append((b"connection", b"close"))  # a body that we did not ask for may follow or not
    return error.status, fields, answer.SerializeToString() if is_protobuf else status.as_json(answer)


async def _send(send: Send, answer: Answer, more: Headers) -> None:
    code, fields, body = answer
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": code, "headers": [*fields, length, *more]})
    await send({"type": "http.response.body", "body": body})
