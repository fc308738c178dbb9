"""Group commit: one thread a stream writes what is pending, makes it durable, and only then answers.

A thread a stream, because their syncs overlap: 1.9 times the groups of one thread for all three (measured, ext4).

While one group is on its way to the disk the next one gathers, so the slower the disk, the bigger the group. A failed
write or sync ends its segment for good: after a failed fsync the kernel may call the lost pages clean, and asking again
would be answered with a lie.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trivet.errors import Full, TrivetError
from trivet.spool.batches import BatchKeys
from trivet.spool.disk import Disk
from trivet.spool.segment import Segment
from trivet.spool.stream import Stream

MAX_GROUP_BYTES = 16 * 1024 * 1024  # keeps the first of a pile from waiting for the last


@dataclass(slots=True, eq=False)
class Pending:
    """A record that waits for the disk, and whoever waits for it: resends of the same batch wait together."""

    body: bytes
    items: int
    tenant: bytes
    batch: bytes
    received: int
    identity: bytes  # of its batch key, or b""
    futures: list[asyncio.Future[int]]


class Committer:
    """The only writer of its stream."""

    def __init__(self, stream: Stream, disk: Disk, keys: BatchKeys, *, segment_bytes: int, pause: float):
        self._stream = stream
        self._disk = disk
        self._keys = keys
        self._segment_bytes = segment_bytes
        self._pause = pause
        self._queue: queue.SimpleQueue[Pending | None] = queue.SimpleQueue()
        self._segment: Segment | None = None
        self._fd = -1
        self._named = False  # the segment's name is durable
        self._attempt = 0  # how many segments at this number have failed
        self._taken = 0  # written by whoever puts
        self._done = 0  # written by the thread
        self._refused_until = 0.0
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"spool-{stream.signal}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Commits what is pending, then ends."""
        self._queue.put(None)
        self._thread.join()
        while not self._queue.empty():  # put by another thread while we stopped
            if pending := self._queue.get():
                self.answer([pending], [Full("the server is stopping", retry_after=self._pause)])

    def put(self, pending: Pending) -> None:
        self._taken += len(pending.body)
        self._queue.put(pending)

    @property
    def waiting_bytes(self) -> int:
        """Bodies taken and not yet answered."""
        return self._taken - self._done

    def refusing(self) -> float:
        """Seconds for which nothing is tried, after a failure; 0.0 normally."""
        return max(0.0, self._refused_until - time.monotonic())

    def _run(self) -> None:
        while not self._stopped:
            if group := self._next_group():
                self._commit(group)
        self._close()

    def _next_group(self) -> list[Pending]:
        group, size = [], 0
        try:
            while size < MAX_GROUP_BYTES:
                pending = self._queue.get(block=not group)
                if pending is None:
                    self._stopped = True
                    break
                group.append(pending)
                size += len(pending.body)
        except queue.Empty:
            pass
        return group

    def _commit(self, group: Sequence[Pending]) -> None:
        first = self._stream.next
        try:
            segment, heads = self._write(group, first)
        except Exception as error:  # whatever it was: nobody may wait for ever
            self._give_up(error)
            failure = Full(f"the spool cannot write: {reason(error)}", retry_after=max(1.0, self._pause))
            answers: Iterable[int | TrivetError] = [failure] * len(group)
        else:
            self._stream.publish(segment, first, group, heads)
            answers = range(first, first + len(group))
        self._done += sum(len(pending.body) for pending in group)  # before the answer: whoever has it may append again
        self.answer(group, answers)

    def _write(self, group: Sequence[Pending], first: int) -> tuple[Segment, list[int]]:
        """Where the group is durable now, and how long each record's header became."""
        segment = self._writable(first)
        heads = [segment.pack(number, p.received, p.tenant, p.batch, p.items, p.body)
                 for number, p in enumerate(group, first)]  # fmt: skip
        self._disk.write(self._fd, [part for head, p in zip(heads, group, strict=True) for part in (head, p.body)])
        self._disk.sync(self._fd)
        self._make_name_durable()
        return segment, [len(head) for head in heads]

    def _writable(self, first: int) -> Segment:
        if self._segment is not None and self._segment.size >= self._segment_bytes:
            self._close()
        if self._segment is None:
            segment = self._stream.empty_segment() or Segment.new(self._stream.directory, first, self._attempt)
            self._fd = self._disk.create(segment.path)
            self._segment, self._named = segment, False
            self._stream.begin(segment)
        return self._segment

    def _make_name_durable(self) -> None:
        if not self._named:
            self._disk.sync_directory(self._stream.directory)
            self._named = True
            self._attempt = 0

    def _give_up(self, error: Exception) -> None:
        self._refused_until = time.monotonic() + self._pause
        segment = self._segment
        if segment is not None and not segment.size:
            self._attempt = segment.mark[0] + 1
        self._close()
        self._stream.failed(segment, reason(error))

    def _close(self) -> None:
        fd, self._fd, self._segment = self._fd, -1, None
        if fd >= 0:
            try:
                self._disk.close(fd)
            except OSError:
                pass  # nothing of it is unsynced but what has failed already

    def answer(self, group: Sequence[Pending], answers: Iterable[int | TrivetError]) -> None:
        """One wake-up of each event loop for the whole group."""
        loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[int], int | TrivetError]]] = {}
        for pending, answer in zip(group, answers, strict=True):
            if pending.identity:
                self._keys.settle(pending.identity, answer if isinstance(answer, int) else None, pending.received)
            for future in pending.futures:
                loops.setdefault(future.get_loop(), []).append((future, answer))
        for loop, answered in loops.items():
            try:
                loop.call_soon_threadsafe(_resolve, answered)
            except RuntimeError:
                pass  # the loop is closed: nobody waits any more


def reason(error: Exception) -> str:
    """In words: `No space left on device`."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _resolve(answered: Iterable[tuple[asyncio.Future[int], int | TrivetError]]) -> None:
    for future, answer in answered:
        if future.done():
            continue  # cancelled: the sender went away
        if isinstance(answer, int):
            future.set_result(answer)
        else:
            future.set_exception(answer)
