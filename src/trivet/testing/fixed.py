"""Time and ids that are the same in every run."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

# Who in the app side asks for the time, each by a name of its own.
READERS = ("span", "tracer", "logs", "points", "metrics")
MILLISECOND = 10**6


class Clock:
    """Unix nanoseconds from `start` on; each reading moves it by `step`."""

    def __init__(self, start: int = 1_767_225_600_000_000_000, step: int = MILLISECOND):
        self.now = start
        self.step = step

    def __call__(self) -> int:
        now, self.now = self.now, self.now + self.step
        return now

    def move(self, seconds: float) -> None:
        self.now += round(seconds * 1e9)

    @contextmanager
    def in_charge(self) -> Iterator[None]:
        """All spans, log records and points take their times from it."""
        with ExitStack() as stack:
            for reader in READERS:
                stack.enter_context(patch(f"trivet.sdk.{reader}.time_ns", self))
            yield


class Ids:
    """Random bits that count: trace ids 1, 2, 3 …, and span ids of their own."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}

    def __call__(self, bits: int) -> int:
        self._last[bits] = self._last.get(bits, 0) + 1
        return self._last[bits]
