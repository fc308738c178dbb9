"""How the answer to a call goes out: whole, or told as it comes about, and either way only as long as somebody waits.

`Accept: text/event-stream` asks to be told: `event: progress` every fifth of a second, then `event: result` or
`event: error`. https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import gzip
import ipaddress
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from trivet.errors import TrivetError
from trivet.query.reading import Reading
from trivet.serve.problems import problem
from trivet.serve.slots import Slots

log = logging.getLogger(__name__)

# Smaller answers are not worth compressing.
COMPRESSED_FROM = 32 * 1024
PROGRESS_SECONDS = 0.2
GONE = Response(status_code=499)
EVENTS = "text/event-stream"
EVENT_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}

UnderWay = Callable[[Reading], Awaitable[tuple[int, int]]]


class Progress(Struct):
    """Rows read so far, of how many (0 while that is not known), after `ms` milliseconds."""

    rows: int
    total: int
    ms: int


@dataclass(frozen=True)
class Work:
    """A question that waits to be answered; `reading` counts what that reads."""

    request: Request
    answer: Callable[[], Awaitable[Any]]
    reading: Reading


async def whole(work: Work, slots: Slots) -> Response:
    """The answer as JSON, unless its reader goes away before."""
    async with slots.taken(work.request), _watched(work) as (answer, gone):
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        return await respond(work.request, await answer) if answer.done() else GONE


class Told(Response):
    """Progress, and then the answer or what went wrong, as server-sent events."""

    media_type = EVENTS

    def __init__(self, work: Work, slots: Slots, under_way: UnderWay):
        super().__init__(headers=EVENT_HEADERS)
        del self.headers["content-length"]
        self._work = work
        self._slots = slots
        self._under_way = under_way
        self._began = time.monotonic()
        self._rows = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        try:
            async with self._slots.taken(self._work.request), aclosing(self._events()) as events:
                async for said in events:
                    await send(_part(said))
        except Exception as error:
            await send(_part(event("error", _known(error))))
        await send({"type": "http.response.body", "body": b""})

    async def _events(self) -> AsyncIterator[bytes]:
        async with _watched(self._work) as (answer, gone):
            while not answer.done() and not gone.done():
                await asyncio.wait((answer, gone), timeout=PROGRESS_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if not answer.done() and not gone.done():
                    yield event("progress", await self._progress(answer, gone))
            if answer.done():
                yield event("result", answer.result())

    async def _progress(self, *sooner: asyncio.Future[Any]) -> Progress:
        """What is known; the engine is asked, but not waited for when the answer (or nobody) is there sooner."""
        poll = asyncio.ensure_future(self._under_way(self._work.reading))
        await asyncio.wait((poll, *sooner), return_when=asyncio.FIRST_COMPLETED)
        known = self._work.reading.rows, 0
        if poll.done() and not poll.exception():
            known = poll.result()
        poll.cancel()
        self._rows = max(self._rows, known[0])
        return Progress(self._rows, max(known[1], self._rows), round((time.monotonic() - self._began) * 1000))


@asynccontextmanager
async def _watched(work: Work) -> AsyncIterator[tuple[asyncio.Future[Any], asyncio.Future[None]]]:
    """The answer on its way, and the reader's departure; what is still open at the end is cancelled."""
    answer, gone = asyncio.ensure_future(work.answer()), asyncio.ensure_future(_disconnected(work.request))
    try:
        yield answer, gone
    finally:
        answer.cancel()
        gone.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def wants_events(request: Request) -> bool:
    return EVENTS in request.headers.get("accept", "")


def event(name: str, data: object, id: object = None) -> bytes:
    """One event; JSON has no line breaks. With an `id` a reader that comes back says where it was (Last-Event-ID)."""
    place = b"" if id is None else b"id: %s\n" % str(id).encode()
    return b"%sevent: %s\ndata: %s\n\n" % (place, name.encode(), msgspec.json.encode(data))


def _part(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


def _known(error: Exception) -> object:
    if not isinstance(error, TrivetError):
        log.error("a request failed", exc_info=error)
    return problem(error)


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
