"""How far a consumer has come in one stream, kept durably.

A cursor that *keeps* (the store's) holds its records until it has passed them, and so can make the spool Full. Any
other (a destination's) is held to its limits of lag: beyond them it skips the oldest, and what it skips is counted.

The file has two slots, written in turn and in place: a torn write leaves the other one, and a full disk does not keep a
consumer from moving on and so from making room.
"""

import json
import threading
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trivet.spool.disk import Disk

if TYPE_CHECKING:
    from trivet.spool.stream import Stream

QUIET = 60.0  # seconds between two complaints about the same lag
SLOT = 4096  # bytes: a sector of its own, so that a torn write cannot reach the other slot


class Lag(NamedTuple):
    """What has not been read yet."""

    records: int
    bytes: int
    age: float  # seconds since the oldest of them came; 0.0 when there is none


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a cursor that does not keep may fall behind; 0: no limit."""

    bytes: int = 0
    age: float = 0.0  # seconds


class Cursor:
    """One consumer's place: `position` is the number of the next record to read."""

    def __init__(self, stream: "Stream", path: Path, disk: Disk, *, position: int, keep: bool = True):
        self.stream = stream
        self.name = path.stem
        self.position = position
        self.keep = keep
        self.limits = Limits()
        self.skipped = 0  # items, since the cursor was made
        self._path = path
        self._disk = disk
        self._lock = threading.RLock()
        self._said = float("-inf")
        self._saves = 0
        self._turn = 1  # the slot written last
        self._removed = False

    def move(self, position: int) -> None:
        """Durable on return. Only a keeping cursor may go back: what another has left may be gone already."""
        with self._lock:
            if position == self.position or (not self.keep and position < self.position):
                return
            self._write(position)
            self.position = position

    def pending(self) -> Lag:
        return self.stream.lag(self.position)

    def pending_items(self) -> int:
        """Spans, log records or metric points not read yet."""
        return self.stream.items_between(self.position, self.stream.last + 1)

    def hold_to_limits(self, now: int) -> int:
        """Skips what lies beyond the limits; the items skipped. `now` in unix ns."""
        if self.keep or self.position > self.stream.last:
            return 0
        oldest = self.position
        if self.limits.age:
            oldest = max(oldest, self.stream.number_at(now - int(self.limits.age * 1e9)))
        if self.limits.bytes:
            oldest = max(oldest, self.stream.number_within(self.limits.bytes))
        return self.skip_to(oldest)

    def skip_to(self, position: int) -> int:
        """Leaves out everything before `position`; the items left out."""
        with self._lock:
            if position <= self.position:
                return 0
            skipped = self.stream.items_between(self.position, position)
            self.skipped += skipped
            self.move(position)
        if time.monotonic() - self._said > QUIET:
            self._said = time.monotonic()
            self.stream.skipped(self, skipped)
        return skipped

    def remove(self) -> None:
        """The consumer is no more and lets go of everything."""
        with self._lock:
            self._removed = True
            self.stream.forget(self)
            self._path.unlink(missing_ok=True)
            self._disk.sync_directory(self._path.parent)

    def save(self) -> None:
        """Makes the file: both slots, whole or not at all."""
        self._disk.write_file(self._path, self._slot(self.position) * 2)

    def _write(self, position: int) -> None:
        if not self._removed:
            self._turn = 1 - self._turn
            self._disk.overwrite(self._path, self._slot(position), self._turn * SLOT)

    def _slot(self, position: int) -> bytes:
        self._saves += 1
        state = {"saves": self._saves, "position": position, "keep": self.keep, "skipped": self.skipped}
        text = json.dumps(state).encode()
        return (b"%08x %s\n" % (zlib.crc32(text), text)).ljust(SLOT, b"\0")

    @classmethod
    def load(cls, stream: "Stream", path: Path, disk: Disk) -> "Cursor | None":
        """The cursor that was saved at `path`, or None when it cannot be made out."""
        data = path.read_bytes()
        slots = [_state(data[:SLOT]), _state(data[SLOT:])]
        turn = 0 if slots[0]["saves"] > slots[1]["saves"] else 1
        state = slots[turn]
        if not state["saves"]:
            return None
        cursor = cls(stream, path, disk, position=state["position"], keep=state["keep"])
        cursor.skipped, cursor._saves, cursor._turn = state["skipped"], state["saves"], turn
        return cursor


def _state(slot: bytes) -> dict[str, int]:
    """What a slot says; nothing was saved in one that is damaged."""
    checksum, _, text = slot.rstrip(b"\n\0").partition(b" ")
    return json.loads(text) if checksum == b"%08x" % zlib.crc32(text) else {"saves": 0}
