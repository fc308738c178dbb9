"""One file of a stream: its format, and how it is read when it is damaged.

A segment is nothing but records, one after another. A record, integers little-endian:

  0      8            12         16       24         32      36      40       41      42     44
  ┌──────┬────────────┬──────────┬────────┬──────────┬───────┬───────┬────────┬───────┬──────┬────────┬───────┬──────┐
  │ mark │ header CRC │ body CRC │ number │ received │ items │ body  │ tenant │ batch │ zero │ tenant │ batch │ body │
  │      │            │          │        │ unix ns  │       │ size  │ size   │ size  │      │        │       │      │
  └──────┴────────────┴──────────┴────────┴──────────┴───────┴───────┴────────┴───────┴──────┴────────┴───────┴──────┘
                      └────────────── the header CRC is CRC-32 of these, begun with the mark's ──────────────┘

The file's name is `<first number, 20 digits>-<mark, 16 hex digits>.spool`. The mark is random but for its first byte,
which counts attempts to begin a segment at this number, so that names sort by age. Like the salt of SQLite's
write-ahead log it differs from segment to segment: no sender can forge it inside a body, and bytes that an earlier file
left on the disk do not pass for records of this one.

The lengths are covered by a CRC of their own, so a damaged body does not lose the way to the next record, and after a
damaged header reading goes on at the next mark whose header holds true and whose number is higher. Damage to the mark
itself costs nothing unless the header before it is damaged too. Numbers rise; those from the next segment's first on
are leftovers of a failed write, not records.
"""

import errno
import os
import re
import secrets
import struct
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_HEADER = struct.Struct("<8sIIQQIIBBH")
_CHECKED = struct.Struct("<IQQIIBBH")  # what the header CRC covers, with tenant and batch behind it
_UNCHECKED = _HEADER.size - _CHECKED.size
_LONGEST_HEADER = _HEADER.size + 255 + 255
_NAME = re.compile(r"(\d{20})-([0-9a-f]{16})\.spool")
_NO_LIMIT = 2**64
INDEX_STEP = 64 * 1024  # bytes between index entries: 32 KB of index for a segment of 64 MiB
WALK_BLOCK = 64 * 1024
READ_BLOCK = 1024 * 1024
PAGE = 4096


class Entry(NamedTuple):
    """A record's header and where its parts lie in the file."""

    offset: int
    number: int
    received: int
    items: int
    tenant: str
    batch: bytes
    body_at: int
    length: int
    body_crc: int

    @property
    def end(self) -> int:
        return self.body_at + self.length


class Damage(NamedTuple):
    """Bytes that are no record; `number` where the header could still be read."""

    offset: int
    end: int
    number: int | None = None


class Window:
    """The bytes of a file before `end`, read a block at a time. Sectors that the disk cannot read come as zeros."""

    def __init__(self, fd: int, end: int, block: int):
        self.end = end
        self._fd = fd
        self._block = block
        self._start = 0
        self._view = memoryview(b"")

    def get(self, offset: int, size: int) -> memoryview:
        """`size` bytes from `offset`, fewer at the end."""
        size = min(size, self.end - offset)
        at = offset - self._start
        if at < 0 or at + size > len(self._view):
            self._view = memoryview(self._load(offset, min(max(size, self._block), self.end - offset)))
            self._start, at = offset, 0
        return self._view[at : at + size]

    def _load(self, offset: int, size: int) -> bytes:
        try:
            return os.pread(self._fd, size, offset)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
        return b"".join(self._page(at, min(PAGE, offset + size - at)) for at in range(offset, offset + size, PAGE))

    def _page(self, offset: int, size: int) -> bytes:
        try:
            return os.pread(self._fd, size, offset)
        except OSError:
            return bytes(size)


class Index:
    """Every 64 KiB: which record lies where, when it came, and how many items came before it in the segment.

    Appended to by one thread while others search; `numbers` grows last, so what a search finds is complete.
    """

    def __init__(self) -> None:
        self.items = 0
        self._numbers = array("Q")
        self._offsets = array("Q")
        self._received = array("Q")
        self._items = array("Q")
        self._next = 0

    def note(self, number: int, offset: int, received: int, items: int) -> None:
        if offset >= self._next:
            self._offsets.append(offset)
            self._received.append(received)
            self._items.append(self.items)
            self._numbers.append(number)
            self._next = offset + INDEX_STEP
        self.items += items

    def before(self, number: int) -> tuple[int, int]:
        """(offset, items before it) of an indexed record at or before `number`."""
        at = bisect_right(self._numbers, number) - 1
        return (self._offsets[at], self._items[at]) if at >= 0 else (0, 0)

    def before_offset(self, offset: int) -> int:
        """Offset of an indexed record at or before `offset`."""
        return self._offset(bisect_right(self._offsets, offset, hi=len(self._numbers)) - 1)

    def before_time(self, received: int) -> int:
        """Offset of an indexed record that came before `received`, taking arrival times as rising."""
        return self._offset(bisect_left(self._received, received, hi=len(self._numbers)) - 1)

    def _offset(self, at: int) -> int:
        return self._offsets[at] if at >= 0 else 0


class Segment:
    """One file. `size` and `last` are what is durable; they grow under the writer and are final once sealed."""

    def __init__(self, path: Path, first: int, mark: bytes, *, size: int = 0, last: int | None = None):
        self.path = path
        self.first = first
        self.mark = mark
        self.seed = zlib.crc32(mark)
        self.size = size
        self.last = first - 1 if last is None else last
        self.limit = _NO_LIMIT  # numbers from here on belong to the next segment
        self.index: Index | None = None
        self.items: int | None = None  # in all of it, once sealed and in the ledger
        self._begun: int | None = None

    @classmethod
    def new(cls, directory: Path, first: int, attempt: int = 0) -> "Segment":
        """A segment to be written; `attempt` counts those that failed before anything of them was durable."""
        mark = bytes([min(attempt, 255)]) + secrets.token_bytes(7)
        segment = cls(directory / f"{first:020d}-{mark.hex()}.spool", first, mark)
        segment.index = Index()
        return segment

    @classmethod
    def named(cls, path: Path) -> "Segment | None":
        """The segment that `path` names, or None when it names none."""
        match = _NAME.fullmatch(path.name)
        return cls(path, int(match[1]), bytes.fromhex(match[2]), size=path.stat().st_size) if match else None

    def pack(self, number: int, received: int, tenant: bytes, batch: bytes, items: int, body: bytes) -> bytes:
        """The bytes that go before `body`."""
        lengths = len(body), len(tenant), len(batch), 0
        checked = _CHECKED.pack(zlib.crc32(body), number, received, items, *lengths) + tenant + batch
        return self.mark + zlib.crc32(checked, self.seed).to_bytes(4, "little") + checked

    @contextmanager
    def window(self, block: int) -> Iterator[Window]:
        """Its durable bytes; none when it has been released meanwhile, for then every cursor has passed it."""
        try:
            fd = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            yield Window(-1, 0, block)
            return
        try:
            yield Window(fd, self.size, block)
        finally:
            os.close(fd)

    def walk(self, window: Window, offset: int = 0, lowest: int = 0) -> Iterator[Entry | Damage]:
        """Every record from `offset` on, without looking at bodies, and every damaged stretch between them."""
        lowest = max(lowest, self.first)
        while offset < window.end:
            entry = self._entry(window, offset)
            if entry is not None and entry.number >= self.limit:
                return
            if entry is None or entry.number < lowest:
                end = self._next_record(window, offset + 1, lowest)
                yield Damage(offset, end)
                offset = end
            else:
                yield entry
                lowest, offset = entry.number + 1, entry.end

    def _entry(self, window: Window, offset: int) -> Entry | None:
        entry = self._header(window, offset)
        return entry if entry is not None and entry.end <= window.end else None

    def torn(self, window: Window, offset: int) -> bool:
        """Whether a record begins at `offset` that was never whole."""
        return window.end - offset < _HEADER.size or self._header(window, offset) is not None

    def _header(self, window: Window, offset: int) -> Entry | None:
        head = window.get(offset, _LONGEST_HEADER)
        if len(head) < _HEADER.size:
            return None
        _, crc, body_crc, number, received, items, length, tenant_size, batch_size, _ = _HEADER.unpack_from(head)
        size = _HEADER.size + tenant_size + batch_size
        if zlib.crc32(head[_UNCHECKED:size], self.seed) != crc:
            return None
        names = bytes(head[_HEADER.size : size])
        tenant, batch = names[:tenant_size].decode(), names[tenant_size:]
        return Entry(offset, number, received, items, tenant, batch, offset + size, length, body_crc)

    def _next_record(self, window: Window, offset: int, lowest: int) -> int:
        while window.end - offset >= _HEADER.size:
            block = bytes(window.get(offset, READ_BLOCK))
            at = block.find(self.mark)
            if at < 0:
                offset += len(block) - len(self.mark) + 1
                continue
            offset += at
            entry = self._entry(window, offset)
            if entry is not None and lowest <= entry.number < self.limit:
                return offset
            offset += 1
        return window.end

    def indexed(self) -> Index:
        """The index, made by one walk over the headers when the segment was not written by this process."""
        if self.index is None:
            index = Index()
            with self.window(WALK_BLOCK) as window:
                for entry in self.walk(window):
                    if isinstance(entry, Entry):
                        index.note(entry.number, entry.offset, entry.received, entry.items)
            self.index = index
        return self.index

    def begun(self) -> int:
        """When its first record came, unix ns; 0 when there is none to be read."""
        if self._begun is None and self.size:
            with self.window(WALK_BLOCK) as window:
                self._begun = next((entry.received for entry in self.walk(window) if isinstance(entry, Entry)), 0)
        return self._begun or 0

    def count(self) -> int:
        """Items in it."""
        return self.indexed().items if self.items is None else self.items

    def items_before(self, number: int) -> int:
        """Items in the segment's records before `number`."""
        if number > self.last:
            return self.count()
        offset, items = self.indexed().before(number)
        with self.window(WALK_BLOCK) as window:
            for entry in self.walk(window, offset):
                if isinstance(entry, Entry):
                    if entry.number >= number:
                        break
                    items += entry.items
        return items


def most_records(size: int) -> int:
    """How many records `size` bytes may have held."""
    return size // _HEADER.size


def body_of(window: Window, entry: Entry) -> bytes | None:
    """The record's body, or None when it is not what was written."""
    body = bytes(window.get(entry.body_at, entry.length))
    return body if zlib.crc32(body) == entry.body_crc else None
