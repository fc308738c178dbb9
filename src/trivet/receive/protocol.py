"""uvicorn's HTTP protocol with the bounds that it leaves to a proxy: times, sizes and the number of connections.

A connection has at most one deadline at a time: for the head of a request from its first byte, for the body from the
end of the head, for the next request from the last answer, for a client that does not read from when it stopped. While
we work on an answer there is none. One look a second at all connections finds what is overdue, which costs a request
nothing but a note of the time.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from trivet.receive.open_files import room_for
from trivet.settings import ServerSettings

MAX_HEAD_BYTES: Final = 64 * 1024
"""Of a request's line and headers, or of chunk extensions and trailers in a row: whatever is not body."""
MAX_PIPELINED: Final = 64
"""Requests sent ahead of their answers; a read of 256 KiB could hold thousands."""


@dataclass(frozen=True, slots=True)
class Limits:
    header_timeout: float
    body_timeout: float
    idle_timeout: float
    max_connections: int

    @classmethod
    def of(cls, settings: ServerSettings) -> "Limits":
        connections = room_for(settings.max_connections)
        return cls(settings.header_timeout, settings.body_timeout, settings.idle_timeout, connections)


class BoundedHttpProtocol(HttpToolsProtocol):
    def __init__(self, *args: Any, limits: Limits, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.limits = limits
        self.deadline: float | None = None
        self._reading = ""  # "head" or "body" of a request, or nothing
        self._unaccounted = 0  # bytes since the last head or piece of body

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= self.limits.max_connections:
            self.transport = transport
            transport.abort()
            return
        super().connection_made(transport)
        self._expect_within(self.limits.idle_timeout)

    def data_received(self, data: bytes) -> None:
        self._unaccounted += len(data)
        super().data_received(data)
        if self._unaccounted > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, "the request's head is too large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._reading = "head"
        self._expect_within(self.limits.header_timeout)

    def on_headers_complete(self) -> None:
        self._unaccounted = 0
        self._reading = "body"
        self._expect_within(self.limits.body_timeout)
        super().on_headers_complete()
        if len(self.pipeline) > MAX_PIPELINED:
            self.transport.abort()

    def on_body(self, body: bytes) -> None:
        self._unaccounted = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unaccounted = 0
        self._reading = ""
        super().on_message_complete()
        self._expect_next()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._reading:
            self._expect_next()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_within(self.limits.body_timeout)

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self._reading:
            self._expect_next()

    def expire(self) -> None:
        """The deadline has passed: a request under way is told so, an idle connection is closed."""
        if self.flow.write_paused or self.transport.is_closing():
            self.transport.abort()
        elif self._reading:
            self._refuse(408, "the request took too long to arrive")
        else:
            self.transport.close()

    def _expect_within(self, seconds: float) -> None:
        self.deadline = self.loop.time() + seconds

    def _expect_next(self) -> None:
        """Between requests; or, while an answer is being worked on, nothing."""
        if self._owes_nothing():
            self._expect_within(self.limits.idle_timeout)
        else:
            self.deadline = None

    def _refuse(self, code: int, reason: str) -> None:
        """Said unless an answer has begun or is due to an earlier request; then the connection ends."""
        if self._owes_nothing() if self._reading == "head" else self._owes_this_answer():
            body = reason.encode()
            head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[code] + head % len(body) + body)
        self.transport.close()

    def _owes_nothing(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _owes_this_answer(self) -> bool:
        return self.cycle is not None and not self.cycle.response_started and not self.pipeline
