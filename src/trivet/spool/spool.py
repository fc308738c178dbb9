"""The queue between receiving and everything else: bounded, durable, and Full before the disk is."""

import asyncio
import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from trivet.errors import CannotStart, Full
from trivet.spool.batches import BatchKeys, identity
from trivet.spool.commit import Committer, Pending
from trivet.spool.disk import Disk
from trivet.spool.ledger import Chunk, Ledger
from trivet.spool.record import SIGNALS
from trivet.spool.stream import Stream

log = logging.getLogger(__name__)

RETRY_AFTER = 5.0  # seconds that a sender is told to wait when the spool is full
FREE_INTERVAL = 0.1  # seconds between looks at the free disk: 100 MB at 1 GB/s, well inside any sensible reserve
SQUEEZE_ABOVE = 7 / 8  # of max_bytes: from here destinations make room, so that they never make the spool Full
MAX_FINDINGS = 1000


class Spool:
    """One directory, one server. `append` belongs to an event loop; the rest may be called from any thread."""

    def __init__(
        self,
        directory: Path,
        *,
        segment_bytes: int,
        max_bytes: int,
        min_free_bytes: int,
        batch_memory: float,
        batch_keys: int = 1_000_000,
        clock: Callable[[], int] = time.time_ns,
        disk: Disk | None = None,
        pause: float = 1.0,
    ):
        self.directory = directory
        self.findings: list[str] = []
        self._disk = disk or Disk()
        self._clock = clock
        self._max_bytes = max_bytes
        self._min_free_bytes = min_free_bytes
        self._batch_memory = batch_memory
        self._keys = BatchKeys(memory=batch_memory, limit=batch_keys)
        self._lock = -1
        self._open = False
        self._releasing = threading.Lock()
        self._free = 0
        self._free_seen = float("-inf")
        self._refused = float("-inf"), ""  # when, and why
        # Three segments are being written and cannot be let go: small beside the whole, or the spool stays Full.
        segment_bytes = min(segment_bytes, max(1, max_bytes // 16))
        self.streams = {signal: self._stream(directory / signal, batch_keys) for signal in SIGNALS}
        self._committers = {
            signal: Committer(stream, self._disk, self._keys, segment_bytes=segment_bytes, pause=pause)
            for signal, stream in self.streams.items()
        }

    def _stream(self, directory: Path, batch_keys: int) -> Stream:
        ledger = Ledger(directory, disk=self._disk, say=self._say, memory=self._batch_memory, limit=batch_keys)
        return Stream(directory, ledger, disk=self._disk, say=self._say, clock=self._clock)

    # ---- opening and closing

    def open(self) -> None:
        """Cuts torn tails and finds its way about; what it had to repair is in `findings`."""
        try:
            self._disk.make_directory(self.directory)
            self._take_lock()
            chunks: list[Chunk] = []
            for stream in self.streams.values():
                chunks += stream.open()
            self._recall(chunks)
        except OSError as error:
            self._let_go()
            raise CannotStart(
                f"cannot use the spool in {self.directory}: {error.strerror or error}",
                hint="make the directory writable for this user, or choose another with --data",
            ) from error
        for committer in self._committers.values():
            committer.start()
        self._open = True

    def close(self) -> None:
        """Everything pending is committed first."""
        if not self._open:
            return
        self._open = False
        for committer in self._committers.values():
            committer.stop()
        self._let_go()

    def _take_lock(self) -> None:
        lock = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(lock, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(lock)
            raise CannotStart(
                f"{self.directory} is in use by another server (process {owner})",
                hint="stop that server, or give this one a directory of its own with --data",
            ) from None
        os.pwrite(lock, f"{os.getpid():<20}\n".encode(), 0)
        self._lock = lock

    def _let_go(self) -> None:
        for stream in self.streams.values():
            stream.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _recall(self, chunks: list[Chunk]) -> None:
        since = self._clock() - int(self._batch_memory * 1e9)
        for chunk in sorted(chunks, key=lambda chunk: chunk.newest):
            for key, number, received in chunk.entries():
                if received > since:
                    self._keys.add(key, number, received)

    # ---- appending

    async def append(self, signal: str, body: bytes, *, items: int, tenant: str = "default", batch: bytes = b"") -> int:
        """Returns the record's number once it is durable; for a batch key seen before, the earlier one's.

        Raises errors.Full when there is no room, or when writing fails. A caller that is cancelled meanwhile leaves the
        record on its way: it may be durable all the same.
        """
        if len(batch) > 255 or not 0 <= items < 2**32 or len(body) >= 2**32:
            raise ValueError("a record holds a batch key of at most 255 bytes, 2^32 items and 4 GiB")
        key = identity(signal, tenant, batch) if batch else b""
        future = asyncio.get_running_loop().create_future()
        pending = Pending(body, items, tenant.encode(), batch, self._clock(), key, [future])
        if key:
            appender = self._keys.claim(key, pending)
            if appender is not pending:
                return appender if isinstance(appender, int) else await future
        committer = self._committers[signal]
        try:
            self._admit(committer, len(body))
        except Full as full:
            self._refused = time.monotonic(), full.message
            committer.answer([pending], [full])  # all who wait for it
        else:
            committer.put(pending)
        return await future

    def _admit(self, committer: Committer, size: int) -> None:
        if not self._open:
            raise Full("the server is stopping", retry_after=RETRY_AFTER)
        if pause := committer.refusing():
            raise Full("the spool cannot write just now", retry_after=pause)
        waiting = size + sum(committer.waiting_bytes for committer in self._committers.values())
        if self.bytes + waiting > self._max_bytes:
            raise Full("the spool is full: spool_max_bytes is reached", retry_after=RETRY_AFTER)
        if self._free_bytes() - waiting < self._min_free_bytes:
            raise Full("the disk is almost full: min_free_bytes is reached", retry_after=RETRY_AFTER)

    def refusal(self) -> str | None:
        """Why nothing could be appended just now, or something was refused a moment ago; None when all goes well."""
        refused, why = self._refused
        if time.monotonic() - refused < RETRY_AFTER:
            return why
        try:
            for committer in self._committers.values():
                self._admit(committer, 0)
        except Full as full:
            return full.message
        return None

    # ---- room

    @property
    def bytes(self) -> int:
        """On disk, acknowledged and not yet released."""
        return sum(stream.bytes for stream in self.streams.values())

    def _free_bytes(self) -> int:
        now = time.monotonic()
        if now - self._free_seen > FREE_INTERVAL:
            self._free, self._free_seen = self._disk.free(self.directory), now
        return self._free

    def release(self) -> int:
        """Deletes what every cursor has passed and holds the others to their limits; bytes freed.

        To be called after cursors have moved, by any thread.
        """
        with self._releasing:
            return self._release(self._clock())

    def _release(self, now: int) -> int:
        for stream in self.streams.values():
            for cursor in stream.cursors().values():
                cursor.hold_to_limits(now)
        freed = sum(stream.release() for stream in self.streams.values())
        while self._tight() and any(stream.squeeze() for stream in self._biggest_first()):
            freed += sum(stream.release() for stream in self.streams.values())
        return freed

    def _tight(self) -> bool:
        return self.bytes > self._max_bytes * SQUEEZE_ABOVE or self._disk.free(self.directory) < self._min_free_bytes

    def _biggest_first(self) -> list[Stream]:
        return sorted(self.streams.values(), key=lambda stream: -stream.bytes)

    def _say(self, finding: str) -> None:
        log.warning(finding)
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)
