"""`GET /api/live`: spans or log records as they arrive, as server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import re
import time
from collections.abc import AsyncIterator
from typing import Literal

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from trivet.errors import TrivetError
from trivet.query.answers import FoundLog, FoundSpan
from trivet.query.live import Live, News, Stream, stream_of
from trivet.serve.answering import EVENT_HEADERS, EVENTS, event
from trivet.serve.calls import refuse_unknown
from trivet.serve.openapi import Endpoint
from trivet.serve.problems import ErrorAnswer, problem, refusal

# A comment line this often, so that nothing between us and the reader takes the stream for dead.
SIGN_OF_LIFE_SECONDS = 15.0


class LiveAsked(Struct):
    signal: Literal["traces", "logs"] = "traces"
    filter: str = ""


class Skipped(Struct):
    """How many rows were passed over, because they came faster than they can be shown."""

    count: int


class LiveRoutes:
    def __init__(self, live: Live):
        self._live = live

    def routes(self) -> list[Route]:
        return [Route("/api/live", self.live)]

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                method="GET",
                path="/api/live",
                name="live",
                summary="Finished spans or log records as they arrive, as server-sent events.",
                asked=LiveAsked,
                media=EVENTS,
                events={"span": FoundSpan, "log": FoundLog, "skipped": Skipped, "error": ErrorAnswer},
            )
        ]

    async def live(self, request: Request) -> Response:
        """From now on, or from where the reader was (`Last-Event-ID`, which EventSource sends when it comes back)."""
        asked = request.query_params
        try:
            refuse_unknown(asked, LiveAsked)
            stream = stream_of(asked.get("signal", "traces"))
            condition = self._live.condition(stream, asked.get("filter", ""))
        except TrivetError as error:
            return refusal(error)
        place = request.headers.get("last-event-id", "")
        since = int(place) if re.fullmatch(r"\d{1,18}|[0-8]\d{18}", place) else None
        news = self._live.follow(stream, condition, since)
        return StreamingResponse(self._events(stream, news), media_type=EVENTS, headers=EVENT_HEADERS)

    async def _events(self, stream: Stream, news: AsyncIterator[News]) -> AsyncIterator[bytes]:
        yield b": hello\n\n"
        spoke = time.monotonic()
        try:
            async for skipped, rows, since in news:
                if skipped:
                    yield event("skipped", Skipped(skipped))
                if rows:
                    *before, last = rows
                    told = [event(stream.event, row) for row in before]
                    yield b"".join([*told, event(stream.event, last, since)])
                if skipped or rows:
                    spoke = time.monotonic()
                elif time.monotonic() - spoke > SIGN_OF_LIFE_SECONDS:
                    yield b": still here\n\n"
                    spoke = time.monotonic()
        except TrivetError as error:
            yield event("error", problem(error))
