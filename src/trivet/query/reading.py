"""What the statements of one question read: counted while they run, for progress, and when they are done."""

import secrets
from contextvars import ContextVar
from dataclasses import dataclass, field

from trivet.store.client import Scanned


@dataclass(slots=True)
class Reading:
    """`rows` of the statements that are done. `mark` is how the engine finds those under way (`log_comment`)."""

    rows: int = 0
    mark: str = field(default_factory=lambda: f"question {secrets.token_hex(8)}")

    def add(self, scanned: Scanned) -> None:
        self.rows += scanned.rows

    def settings(self) -> dict[str, str]:
        return {"log_comment": self.mark}


READING: ContextVar[Reading | None] = ContextVar("reading", default=None)
"""Set by whoever answers a question; whatever that asks the store, tasks and threads included, is counted in it."""
