"""OTLP in JSON to a server, over one connection: again when it is busy or away, until nothing has got through for long.

A request is named after its content, and the server remembers such names for a day: what is sent twice, because an
answer was lost or a command was run again, is stored once.
"""

import hashlib
import http.client
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from trivet.cli.client import Client
from trivet.cli.complaint import Refused
from trivet.errors import TrivetError, Unavailable

PATIENCE_SECONDS = 300.0
LATER = (429, 502, 503, 504)
LONGEST_WAIT = 30.0


class Delivery:
    """`send` returns how many items the server rejected for good."""

    def __init__(self, server: Client, *, waiting: Callable[[str], None], sleep: Callable[[float], None] = time.sleep):
        self._server = server
        self._waiting = waiting
        self._sleep = sleep
        self._connection: http.client.HTTPConnection | None = None
        self._answered = False  # once; before, the address may be wrong

    def send(self, signal: str, body: bytes) -> int:
        """Refused: the server will not have it. Unavailable: it was never there, or away, or full, for too long."""
        headers = self._server.headers | {
            "Content-Type": "application/json",
            "Trivet-Batch": hashlib.blake2b(signal.encode() + b"\0" + body, digest_size=16).hexdigest(),
        }
        waited, failed = 0.0, None
        while waited <= PATIENCE_SECONDS:
            status, later, answer, failed = self._once(f"/v1/{signal}", body, headers)
            if status == 200:
                return _rejected(answer)
            if status and status not in LATER:
                raise Refused(f"the server refuses this request of {signal}: {_message(answer, status)}")
            if failed and not self._answered:
                raise failed
            pause = min(LONGEST_WAIT, later)
            self._waiting(failed.message if failed else f"the server is busy ({status}); waiting {pause:.0f} s")
            self._sleep(pause)
            waited += pause
        raise failed or Unavailable(
            f"the server has been too busy for {PATIENCE_SECONDS:.0f} s",
            hint="run it again later: what has arrived is not stored twice",
        )

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _once(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, float, Any, TrivetError | None]:
        """Status (0: no answer), seconds after which to ask again, the answer's JSON, what went wrong on the way."""
        try:
            if self._connection is None:
                self._connection = self._server.connection()
                self._connection.connect()
                self._connection.sock.settimeout(120)
            self._connection.request("POST", self._server.target(path), body, dict(headers))
            response = self._connection.getresponse()
            self._answered = True
            return response.status, _seconds(response.headers.get("Retry-After")), _json(response.read()), None
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return 0, 1.0, None, self._server.unanswered(error)


def _seconds(text: str | None) -> float:
    try:
        return max(0.1, float(text or 1))
    except ValueError:
        return 1.0


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _message(answer: Any, status: int) -> str:
    return str(answer["message"]) if isinstance(answer, dict) and answer.get("message") else f"status {status}"


def _rejected(answer: Any) -> int:
    """`{"partialSuccess": {"rejectedSpans": "3"}}`."""
    partial = (answer or {}).get("partialSuccess") or {}
    return sum(int(value) for name, value in partial.items() if name.startswith("rejected"))
