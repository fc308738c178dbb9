"""What became of a request, in the three words that matter: it was accepted, try later, or never.

Source of what may be repeated: the OTLP specification, "OTLP/gRPC Response", "OTLP/HTTP Response", "Failures". One
addition: an answer that refuses *us* rather than the data (no or a wrong key, a wrong address) is tried again now and
then, so that a mistyped key costs no data.
"""

from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import DecodeError

from trivet.otlp.messages import RESPONSES

WHEN_WE_ARE_REFUSED = 60.0  # seconds until the next try
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Accepted:
    rejected: int = 0  # items that the destination left out (partial success)
    message: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    reason: str
    after: float | None = None  # seconds, when the destination says so


@dataclass(frozen=True, slots=True)
class Never:
    """These bytes will not be accepted."""

    reason: str


Outcome = Accepted | Later | Never


class Sender(Protocol):
    async def send(self, signal: str, body: bytes) -> Outcome:
        """One request. Raises nothing but CancelledError."""

    async def close(self) -> None: ...


def accepted(signal: str, response: bytes) -> Accepted:
    """An Export…ServiceResponse; anything else that came with a yes is a yes."""
    try:
        partial = RESPONSES[signal].FromString(response).partial_success
    except DecodeError:
        return Accepted()
    rejected = next((value for field, value in partial.ListFields() if field.number == 1), 0)
    return Accepted(max(0, rejected), one_line(partial.error_message))


def one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_REASON]
