"""What cannot be read: counted, said, and kept aside for inspection; and the repair of a torn tail at start."""

import threading
from collections.abc import Callable
from pathlib import Path

from trivet.spool.disk import Disk
from trivet.spool.segment import READ_BLOCK, Damage, Index, Segment, Window, body_of, most_records

MAX_FILES = 100
MAX_BYTES = 64 * 1024 * 1024  # kept aside of one stretch


class Damaged:
    """The damaged stretches of one stream. Each is counted once, however many consumers come across it."""

    def __init__(self, stream: Path, say: Callable[[str], None]):
        self.directory = stream / "aside"
        self.count = 0
        self._say = say
        self._seen: set[tuple[int, int]] = set()
        self._lock = threading.Lock()

    def note(self, segment: Segment, window: Window, damage: Damage) -> None:
        with self._lock:
            if (segment.first, damage.offset) in self._seen:
                return
            self._seen.add((segment.first, damage.offset))
            self.count += 1
        what = "bytes" if damage.number is None else f"bytes of record {damage.number}"
        where = f"{segment.path.parent.name}/{segment.path.name} at byte {damage.offset}"
        copied = self.keep(segment, window, damage)
        self._say(f"{where}: {damage.end - damage.offset} {what} are damaged and were skipped{copied}")

    def keep(self, segment: Segment, window: Window, damage: Damage) -> str:
        """Copies the stretch into `aside`; says so, or nothing when there is no room for it."""
        path = self.directory / f"{segment.path.stem}-{damage.offset}.bin"
        try:
            if path.exists() or sum(1 for _ in self.directory.iterdir()) < MAX_FILES:
                path.write_bytes(window.get(damage.offset, min(damage.end - damage.offset, MAX_BYTES)))
                return f"; a copy is in {path.parent.parent.name}/aside/{path.name}"
        except OSError:
            pass
        return ""


def repair(segment: Segment, disk: Disk, damaged: Damaged, say: Callable[[str], None]) -> int:
    """Reads a stream's newest segment in full, cuts its torn tail and makes the rest durable; the next free number.

    The rest is synced because a killed writer may have left whole records that were never synced: consumers may act
    on them only when they cannot vanish any more. Records may have been acknowledged, and even read, in a tail whose
    headers are damaged: their numbers are left out.
    """
    index, size, newest = Index(), 0, segment.first - 1
    suspects: list[Damage] = []
    with segment.window(READ_BLOCK) as window:
        for entry in segment.walk(window):
            if isinstance(entry, Damage):
                suspects.append(entry)
                continue
            newest = entry.number
            if body_of(window, entry) is None:
                suspects.append(Damage(entry.offset, entry.end, entry.number))
                continue
            for damage in suspects:
                damaged.note(segment, window, damage)
            suspects.clear()
            index.note(entry.number, entry.offset, entry.received, entry.items)
            size = entry.end
        if suspects:
            tail = Damage(size, segment.size)
            copied = damaged.keep(segment, window, tail)
            if suspects[-1].number is None and not segment.torn(window, suspects[-1].offset):
                newest += most_records(suspects[-1].end - suspects[-1].offset)
            say(f"{segment.path.parent.name}: cut {tail.end - size} bytes of unfinished records from the end{copied}")
    if size < segment.size:
        disk.truncate(segment.path, size)
    disk.sync_file(segment.path)
    segment.index, segment.size, segment.last = index, size, newest
    return newest + 1
