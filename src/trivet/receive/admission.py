"""Who is let in, and how much at once. Every limit is a setting, and each refusal names it.

A body's bytes count while they are held, from the first chunk to the answer; a request counts as worked on only once
its body is whole, so that senders who dribble theirs keep nobody out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from trivet.errors import Full, TooLarge
from trivet.tokens import Principal, Tokens

RETRY_AFTER: Final = 1.0
"""Seconds; requests take milliseconds, so the next try will find room unless the machine is drowning."""


class Admission:
    """The door of all listeners; used on the event loop only."""

    def __init__(self, tokens: Tokens, *, max_body_bytes: int, max_requests: int, max_request_memory: int):
        self._tokens = tokens
        self._max_requests = max_requests
        self._max_memory = max_request_memory
        self.max_body_bytes = max_body_bytes
        self.requests = 0
        self.held_bytes = 0

    def sender(self, authorization: str | None) -> Principal:
        return self._tokens.admit("ingest", authorization)

    @contextmanager
    def body(self) -> Iterator["Held"]:
        """An account for the bytes of one body, closed with the request."""
        held = Held(self)
        try:
            yield held
        finally:
            self.held_bytes -= held.bytes

    @contextmanager
    def work(self) -> Iterator[None]:
        """A place among the requests worked on."""
        if self.requests >= self._max_requests:
            raise Full(f"{self.requests} requests are being worked on (max_requests)", retry_after=RETRY_AFTER)
        self.requests += 1
        try:
            yield
        finally:
            self.requests -= 1

    def take(self, size: int) -> None:
        if self.held_bytes + size > self._max_memory:
            raise Full(
                "bodies of other requests fill the memory for them (max_request_memory)", retry_after=RETRY_AFTER
            )
        self.held_bytes += size


class Held:
    """The bytes that one body has taken so far."""

    def __init__(self, admission: Admission):
        self._admission = admission
        self.bytes = 0

    def add(self, size: int) -> None:
        """Full when all bodies together hold too much, TooLarge when this one does."""
        self.check(self.bytes + size)
        self._admission.take(size)
        self.bytes += size

    def check(self, size: int) -> None:
        """TooLarge, for a size known from a header before any byte has come."""
        limit = self._admission.max_body_bytes
        if size > limit:
            raise TooLarge(f"the body is over {limit} bytes (max_body_bytes)", hint="send smaller batches")
