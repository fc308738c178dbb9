"""What each sealed segment held: how many items, and which batch keys. It outlives the segment.

A record carries its batch key, so a key is exactly as durable as its record. Before a segment may be deleted its keys
are written here and synced, so at every moment a key is in a segment or in the ledger. At start the ledger spares
reading the segments again.

A ledger file is a row of chunks, one a segment, integers little-endian:

    ┌────────┬─────────────┬──────────┬───────┬─────────┬───────┬───────────────────────────────────────────────┐
    │ CRC-32 │ the         │ its      │ items │ newest  │ keys  │ as many times:                                │
    │ of all │ segment's   │ first    │       │ arrival │       │ identity 16, number 8, arrival (unix ns) 8    │
    │      4 │ mark      8 │ number 8 │     8 │       8 │     4 │                                               │
    └────────┴─────────────┴──────────┴───────┴─────────┴───────┴───────────────────────────────────────────────┘
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from trivet.spool.batches import identity
from trivet.spool.disk import Disk
from trivet.spool.segment import WALK_BLOCK, Entry, Segment

_HEAD = struct.Struct("<8sQQQI")
_KEY = struct.Struct("<16sQQ")
FILE_BYTES = 4 * 1024 * 1024  # 131 thousand keys: what is forgotten at once


class Chunk(NamedTuple):
    """What one segment held."""

    mark: bytes
    first: int
    items: int
    newest: int  # unix ns
    packed: bytes

    def entries(self) -> Iterator[tuple[bytes, int, int]]:
        """(identity, number, received)."""
        return _KEY.iter_unpack(self.packed)

    def encoded(self) -> bytes:
        head = _HEAD.pack(self.mark, self.first, self.items, self.newest, len(self.packed) // _KEY.size)
        return zlib.crc32(self.packed, zlib.crc32(head)).to_bytes(4, "little") + head + self.packed

    @classmethod
    def of(cls, segment: Segment) -> "Chunk":
        """By one walk over the segment's headers."""
        items, newest, packed, signal = 0, 0, bytearray(), segment.path.parent.name
        with segment.window(WALK_BLOCK) as window:
            for entry in segment.walk(window):
                if isinstance(entry, Entry):
                    items += entry.items
                    newest = max(newest, entry.received)
                    if entry.batch:
                        key = identity(signal, entry.tenant, entry.batch)
                        packed += _KEY.pack(key, entry.number, entry.received)
        return cls(segment.mark, segment.first, items, newest, bytes(packed))


def chunks_of(data: bytes) -> Iterator[Chunk]:
    """The chunks of a ledger file, as far as it is whole."""
    offset = 0
    while offset + 4 + _HEAD.size <= len(data):
        mark, first, items, newest, count = _HEAD.unpack_from(data, offset + 4)
        end = offset + 4 + _HEAD.size + count * _KEY.size
        if end > len(data) or zlib.crc32(data[offset + 4 : end]) != int.from_bytes(data[offset : offset + 4], "little"):
            return
        yield Chunk(mark, first, items, newest, data[end - count * _KEY.size : end])
        offset = end


class Ledger:
    """One stream's, in numbered files."""

    def __init__(self, stream: Path, *, disk: Disk, say: Callable[[str], None], memory: float, limit: int):
        self.directory = stream / "ledger"
        self._disk = disk
        self._say = say
        self._span = int(memory * 1e9)
        self._limit = limit
        self._files: dict[Path, tuple[int, int]] = {}  # bytes, newest arrival; oldest file first
        self._fd = -1

    def open(self) -> list[Chunk]:
        """Every chunk that is kept, oldest first."""
        self._disk.make_directory(self.directory)
        chunks = []
        for path in sorted(self.directory.glob("[0-9]*.ledger")):
            data = path.read_bytes()
            found = list(chunks_of(data))
            whole = sum(len(chunk.encoded()) for chunk in found)
            if whole < len(data):
                self._say(
                    f"{path.parent.parent.name}/ledger/{path.name}: damaged after byte {whole}; what follows is lost"
                )
            self._files[path] = (len(data), max((chunk.newest for chunk in found), default=0))
            chunks += found
        return chunks

    def close(self) -> None:
        if self._fd >= 0:
            self._disk.close(self._fd)
            self._fd = -1

    def write(self, chunk: Chunk) -> None:
        """Durable on return."""
        data = chunk.encoded()
        path = self._writable(len(data))
        try:
            self._disk.write(self._fd, [data])
            self._disk.sync(self._fd)
        except OSError:
            self.close()  # what follows goes to a file of its own
            raise
        size, newest = self._files[path]
        self._files[path] = (size + len(data), max(newest, chunk.newest))

    def _writable(self, size: int) -> Path:
        path = next(reversed(self._files), None)
        if self._fd < 0 or path is None or self._files[path][0] + size > FILE_BYTES:
            self.close()
            path = self.directory / f"{int(path.stem) + 1 if path else 1:010d}.ledger"
            self._fd = self._disk.create(path)
            self._files[path] = (0, 0)
            self._disk.sync_directory(self.directory)
        return path

    def forget(self, now: int) -> None:
        """Deletes the oldest files while their keys are out of date or too many. `now` in unix ns."""
        while len(self._files) > 1:
            path, (size, newest) = next(iter(self._files.items()))
            kept = sum(other for other, _ in self._files.values()) - size
            if newest >= now - self._span and kept < self._limit * _KEY.size:
                return
            del self._files[path]
            self._disk.unlink(path)
