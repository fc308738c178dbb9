"""A typed function as a call of the API.

`Call("GET", "/api/traces/{trace_id}", whole)` reads the parameters of `whole` (a msgspec Struct: from path and query,
or from a JSON body), awaits it, and encodes what it returns. The same annotations make the OpenAPI document. When the
caller goes away the function is cancelled, and with it its statements in the engine.
"""

import asyncio
import gzip
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from trivet.errors import Invalid, TooLarge, TrivetError
from trivet.serve.problems import refusal

MOST_BODY = 1024 * 1024
# Smaller answers are not worth compressing.
COMPRESSED_FROM = 32 * 1024
GONE = Response(status_code=499)


class Replaced(TrivetError):
    """A newer question of the same slot has taken its place."""

    code = "replaced"
    status = 409


@dataclass(frozen=True)
class Call:
    """`answer` takes one Struct of parameters (or nothing) and returns a Struct."""

    method: str
    path: str
    answer: Callable[..., Awaitable[Any]]

    @property
    def name(self) -> str:
        return self.answer.__name__

    @cached_property
    def asked(self) -> type | None:
        """The type of the parameters."""
        return next((kind for name, kind in get_type_hints(self.answer).items() if name != "return"), None)

    @cached_property
    def answered(self) -> type:
        return get_type_hints(self.answer)["return"]

    def route(self, slots: "Slots") -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                asked = await self._read(request)
                async with slots.taken(request):
                    return await _unless_gone(request, self.answer(*asked))
            except ClientDisconnect:
                return GONE
            except TrivetError as error:
                return refusal(error)

        return Route(self.path, endpoint, methods=[self.method], name=self.name)

    async def _read(self, request: Request) -> list[Any]:
        if self.asked is None:
            return []
        try:
            if self.method == "POST":
                return [msgspec.json.decode(await _body(request), type=self.asked)]
            given = dict(request.query_params) | request.path_params
            return [msgspec.convert(given, self.asked, strict=False)]
        except msgspec.ValidationError as error:
            raise Invalid(_said(error), code="bad_parameter") from None
        except msgspec.DecodeError as error:
            raise Invalid(f"the body is not JSON: {error}", code="bad_json") from None


class Slots:
    """`Trivet-Replaces: tab:slot` — a newer question of a slot cancels the older one."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    def taken(self, request: Request) -> "_Taken":
        return _Taken(self._tasks, request.headers.get("trivet-replaces", ""))


class _Taken:
    """The slot while its question is being answered."""

    def __init__(self, tasks: dict[str, asyncio.Task[Any]], slot: str):
        self._tasks = tasks
        self._slot = slot
        self._replaced = False

    async def __aenter__(self) -> None:
        if self._slot:
            if older := self._tasks.pop(self._slot, None):
                older.cancel("replaced")
            self._tasks[self._slot] = self._task = asyncio.current_task()

    async def __aexit__(self, _: type | None, error: BaseException | None, __: object) -> None:
        if not self._slot:
            return
        if self._tasks.get(self._slot) is self._task:
            del self._tasks[self._slot]
        elif isinstance(error, asyncio.CancelledError) and error.args == ("replaced",):
            self._task.uncancel()
            raise Replaced("a newer question has replaced this one") from None


async def _unless_gone(request: Request, answer: Awaitable[Any]) -> Response:
    """The answer, unless its reader goes away before."""
    work = asyncio.ensure_future(answer)
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        return await respond(request, await work) if work.done() else GONE
    finally:
        work.cancel()
        gone.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BODY:
            raise TooLarge(f"the body is larger than {MOST_BODY} bytes")
        parts.append(part)
    return b"".join(parts)


async def respond(request: Request, answer: Any) -> Response:
    """JSON; compressed when it is large and goes over a network."""
    if isinstance(answer, Response):
        return answer
    body = msgspec.json.encode(answer)
    headers = {"cache-control": "no-store"}
    if len(body) >= COMPRESSED_FROM and _wants_gzip(request):
        body = await asyncio.to_thread(gzip.compress, body, 1)
        headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
    return Response(body, headers=headers, media_type="application/json")


def _wants_gzip(request: Request) -> bool:
    if "gzip" not in request.headers.get("accept-encoding", "") or request.client is None:
        return False
    try:
        return not ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return True


def _said(error: msgspec.ValidationError) -> str:
    """msgspec's words with the parameter's name in front: ``Expected `int`, got `str` - at `$.limit` ``."""
    message, _, place = str(error).partition(" - at `$")
    name = place.strip("`.")
    return f"{name}: {message[0].lower()}{message[1:]}" if name else message
