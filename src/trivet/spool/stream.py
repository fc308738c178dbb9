"""One signal's records in order, for those who read them.

Readers and the writer meet only in what is durable: `last` moves after the sync, so nothing is ever read that a power
cut could take back. All of it may be called from any thread.
"""

import asyncio
import re
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from trivet.spool.cursor import Cursor, Lag, Limits
from trivet.spool.damage import Damaged, repair
from trivet.spool.disk import Disk
from trivet.spool.ledger import Chunk, Ledger
from trivet.spool.record import Record
from trivet.spool.segment import READ_BLOCK, WALK_BLOCK, Damage, Entry, Segment, body_of

if TYPE_CHECKING:
    from trivet.spool.commit import Pending

CURSOR_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Stream:
    def __init__(
        self, directory: Path, ledger: Ledger, *, disk: Disk, say: Callable[[str], None], clock: Callable[[], int]
    ):
        self.directory = directory
        self.signal = directory.name
        self.damaged = Damaged(directory, say)
        self._ledger = ledger
        self._say = say
        self._disk = disk
        self._clock = clock
        self._segments: tuple[Segment, ...] = ()
        self._cursors: dict[str, Cursor] = {}
        self._next = 1
        self._last = 0
        self.bytes = 0  # durable
        self._blind = range(0)  # numbers up to the newest of which none can be read
        self._arrival = threading.Condition()
        self._watchers: set[asyncio.Future[None]] = set()

    # ---- what is there

    @property
    def last(self) -> int:
        """The newest durable record; `first - 1` when there is none."""
        return self._last

    @property
    def first(self) -> int:
        """The oldest record that is kept."""
        segments = self._segments
        return segments[0].first if segments else self._next

    # ---- reading

    def read(self, first: int, *, max_bytes: int, max_records: int = 100_000) -> list[Record]:
        """Records from `first` on, in order, up to `max_bytes` of bodies but at least one; [] when there are none.

        Damaged records are left out, counted and kept aside, and numbers may be missing for other reasons too: go on
        at the last one's number + 1. Blocks on the disk only.
        """
        through = self._last
        records: list[Record] = []
        room = max_bytes
        for record in self._records(first):
            room -= len(record.body)
            if records and room < 0:
                return records
            records.append(record)
            if len(records) >= max_records:
                return records
        if not records and first <= through:
            self._blind = range(first, through + 1)
        return records

    def _records(self, first: int) -> Iterator[Record]:
        for segment in self._from(first):
            with segment.window(READ_BLOCK) as window:
                offset, _ = segment.indexed().before(first)
                for entry in segment.walk(window, offset):
                    if isinstance(entry, Damage):
                        self.damaged.note(segment, window, entry)
                    elif entry.number >= first:
                        body = body_of(window, entry)
                        if body is None:
                            self.damaged.note(segment, window, Damage(entry.offset, entry.end, entry.number))
                        else:
                            yield Record(*entry[1:3], entry.tenant, entry.batch, entry.items, body)

    def _from(self, number: int) -> Sequence[Segment]:
        segments = self._segments
        return segments[max(0, bisect_right(segments, number, key=lambda segment: segment.first) - 1) :]

    # ---- waiting

    def wait(self, number: int, timeout: float) -> bool:
        """Blocks the thread until record `number` or a later one can be read; False when it did not come in time."""
        with self._arrival:
            return self._arrival.wait_for(lambda: self._arrived(number), timeout)

    async def arrival(self, number: int) -> None:
        """`wait` for a coroutine."""
        while not self._arrived(number):
            future = asyncio.get_running_loop().create_future()
            with self._arrival:
                if self._arrived(number):
                    return
                self._watchers.add(future)
            try:
                await future
            finally:
                with self._arrival:
                    self._watchers.discard(future)

    def _arrived(self, number: int) -> bool:
        blind = self._blind
        return self._last >= (blind.stop if number in blind else number)

    # ---- cursors

    def cursor(self, name: str, *, start: str | int = "oldest", keep: bool = True, limits: Limits = Limits()) -> Cursor:
        """The consumer's cursor. A new one starts at the oldest record, after the newest or at an instant (unix ns)."""
        if not CURSOR_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a cursor")
        cursor = self._cursors.get(name)
        if cursor is None or cursor.keep != keep:
            position = cursor.position if cursor else self._start(start)
            cursor = Cursor(self, self._cursor_path(name), self._disk, position=position, keep=keep)
            cursor.save()
            self._cursors[name] = cursor
        cursor.limits = limits
        return cursor

    def _start(self, start: str | int) -> int:
        if isinstance(start, int):
            return self.number_at(start)
        return self.first if start == "oldest" else self._next

    def _cursor_path(self, name: str) -> Path:
        return self.directory / "cursors" / f"{name}.cursor"

    def cursors(self) -> dict[str, Cursor]:
        return dict(self._cursors)

    def skipped(self, cursor: Cursor, items: int) -> None:
        """A cursor was too far behind and has left out `items`."""
        self._say(f"{self.signal}: {cursor.name} is too far behind and skipped {items} items")

    def forget(self, cursor: Cursor) -> None:
        self._cursors.pop(cursor.name, None)

    # ---- where things are

    def entry_at(self, number: int) -> tuple[Segment, Entry] | None:
        """The first record from `number` on whose header can be read, and the segment that holds it."""
        return self._search(self._from(number), lambda s: s.indexed().before(number)[0], lambda e: e.number >= number)

    def number_at(self, received: int) -> int:
        """The first record that came at `received` (unix ns) or later; the next one to come when there is none."""
        segments = self._segments
        earlier = (at for at in reversed(range(len(segments))) if 0 < segments[at].begun() < received)
        found = self._search(
            segments[next(earlier, 0) :], lambda s: s.indexed().before_time(received), lambda e: e.received >= received
        )
        return found[1].number if found else self._last + 1

    def number_within(self, size: int) -> int:
        """The first record of the last `size` bytes."""
        segments = self._segments
        start = sum(segment.size for segment in segments) - size
        for segment in segments:
            if start <= 0:
                return segment.first
            if start < segment.size:
                return self._number_from(segment, start)
            start -= segment.size
        return self._last + 1

    def _number_from(self, segment: Segment, offset: int) -> int:
        found = self._search([segment], lambda s: s.indexed().before_offset(offset), lambda e: e.offset >= offset)
        return found[1].number if found else segment.last + 1

    def items_between(self, first: int, end: int) -> int:
        """Items of the records `first` … `end` - 1."""
        return sum(segment.items_before(end) - segment.items_before(first) for segment in self._from(first)
                   if segment.first < end)  # fmt: skip

    def _search(
        self, segments: Sequence[Segment], start: Callable[[Segment], int], wanted: Callable[[Entry], bool]
    ) -> tuple[Segment, Entry] | None:
        for segment in segments:
            with segment.window(WALK_BLOCK) as window:
                for entry in segment.walk(window, start(segment)):
                    if isinstance(entry, Entry) and wanted(entry):
                        return segment, entry
        return None

    def lag(self, position: int) -> Lag:
        found = self.entry_at(position) if position <= self._last else None
        if found is None:
            return Lag(0, 0, 0.0)
        segment, entry = found
        later = sum(other.size for other in self._segments if other.first > segment.first)
        age = max(0.0, (self._clock() - entry.received) / 1e9)
        return Lag(self._last - entry.number + 1, segment.size - entry.offset + later, age)

    # ---- the writer's side

    @property
    def next(self) -> int:
        """The number of the next record."""
        return self._next

    def begin(self, segment: Segment) -> None:
        """`segment` is written to from now on."""
        newest = self._segments[-1] if self._segments else None
        if newest is not segment:
            if newest:
                newest.limit = segment.first
            with self._arrival:
                self._segments += (segment,)

    def publish(self, segment: Segment, first: int, group: Sequence["Pending"], heads: Sequence[int]) -> None:
        """A group is durable: readers may have it."""
        offset, index = segment.size, segment.index
        for number, (pending, head) in enumerate(zip(group, heads, strict=True), first):
            index.note(number, offset, pending.received, pending.items)
            offset += head + len(pending.body)
        with self._arrival:
            self.bytes += offset - segment.size
            segment.size, segment.last = offset, first + len(group) - 1
            self._last = segment.last
            self._next = self._last + 1
            self._arrival.notify_all()
            watchers, self._watchers = self._watchers, set()
        for watcher in watchers:
            try:
                watcher.get_loop().call_soon_threadsafe(_wake, watcher)
            except RuntimeError:
                pass  # the loop is closed: nobody waits any more

    def empty_segment(self) -> Segment | None:
        """The newest segment when nothing has been written to it: its name already stands for the next number."""
        newest = self._segments[-1] if self._segments else None
        return newest if newest and not newest.size else None

    def failed(self, segment: Segment | None, reason: str) -> None:
        """Writing has failed: `segment` ends where it was last durable."""
        self._say(f"{self.signal}: writing to the spool failed: {reason}")
        if segment is None:
            return
        try:
            if segment.size:
                self._disk.truncate(segment.path, segment.size)
            else:
                self._drop(segment)
        except OSError:
            pass  # what was not acknowledged may stay: at worst it is read once

    # ---- opening and letting go

    def open(self) -> list[Chunk]:
        """Reads what is there, the newest segment, which may be torn, in full. What is known of batch keys."""
        for directory in (self.directory, self.directory / "cursors", self.damaged.directory):
            self._disk.make_directory(directory)
        self._segments = self._found()
        self._next = 1
        if self._segments:
            self._next = repair(self._segments[-1], self._disk, self.damaged, self._say)
        self._last = self._next - 1
        self.bytes = sum(segment.size for segment in self._segments)
        self._cursors = self._saved_cursors()
        # A number that a consumer has seen is never given again, whatever a power cut took away.
        self._next = max([self._next, *(cursor.position for cursor in self._cursors.values())])
        if not self._segments:
            self._last = self._next - 1
        chunks = self._ledger.open()
        covered = {chunk.mark: chunk for chunk in chunks}
        for segment in self._segments:
            if segment.mark in covered:
                segment.items = covered[segment.mark].items
            elif segment.size:
                chunks.append(self._enter(segment))
        return chunks

    def _enter(self, segment: Segment) -> Chunk:
        """Puts a sealed segment into the ledger; when the disk is too full for that, it is tried again later."""
        chunk = Chunk.of(segment)
        try:
            self._ledger.write(chunk)
            segment.items = chunk.items
        except OSError as error:
            self._say(f"{self.signal}: the ledger cannot be written: {error.strerror}")
        return chunk

    def _found(self) -> tuple[Segment, ...]:
        segments = sorted(
            filter(None, map(Segment.named, self.directory.glob("*.spool"))), key=lambda s: (s.first, s.mark)
        )
        for segment in [segment for segment in segments[:-1] if not segment.size]:
            segments.remove(segment)
            self._disk.unlink(segment.path)
        for segment, following in pairwise(segments):
            segment.limit = following.first
            segment.last = following.first - 1
        return tuple(segments)

    def _saved_cursors(self) -> dict[str, Cursor]:
        cursors = {}
        for path in sorted((self.directory / "cursors").glob("*.cursor")):
            cursor = Cursor.load(self, path, self._disk)
            if cursor is None:
                self._say(
                    f"{self.signal}: the cursor {path.stem} is damaged; it starts again at the oldest record kept"
                )
                cursor = Cursor(self, path, self._disk, position=self.first)
                cursor.save()
            cursors[cursor.name] = cursor
        return cursors

    def close(self) -> None:
        self._ledger.close()

    def release(self) -> int:
        """Deletes the segments that every cursor has passed, never the newest; bytes freed."""
        passed = min((cursor.position for cursor in self.cursors().values()), default=0)
        freed = 0
        for segment, following in pairwise(self._segments):
            if segment.items is None:
                self._enter(segment)
            if following.first <= passed:
                freed += self._delete(segment)
        self._ledger.forget(self._clock())
        return freed

    def _delete(self, segment: Segment) -> int:
        unentered = Chunk.of(segment) if segment.items is None else None
        self._drop(segment)
        if unentered:  # the disk was full: with the segment gone there is room
            self._ledger.write(unentered)
        return segment.size

    def _drop(self, segment: Segment) -> None:
        with self._arrival:
            self._segments = tuple(other for other in self._segments if other is not segment)
            self.bytes -= segment.size
        self._disk.unlink(segment.path)

    def squeeze(self) -> bool:
        """Cursors that do not keep leave the oldest segment, if nobody else holds it; False: nothing to gain."""
        segments = self._segments
        if len(segments) < 2:
            return False
        end = segments[1].first
        holders = [cursor for cursor in self.cursors().values() if cursor.position < end]
        if not holders or any(cursor.keep for cursor in holders):
            return False
        for cursor in holders:
            cursor.skip_to(end)
        return True


def _wake(watcher: asyncio.Future[None]) -> None:
    if not watcher.done():
        watcher.set_result(None)
