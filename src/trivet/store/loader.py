"""From the spool into the engine: one thread a signal, and a checkpoint for all of them.

A batch is planned in the journal, sent, and counted as loaded. Its records leave the spool only at a checkpoint: when
what the engine wrote has been synced to disk. After a crash the journal's batches are sent again under their old
tokens, which the engine knows. So nothing acknowledged is lost, and nothing comes twice.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from trivet.errors import Unavailable
from trivet.spool.aside import Aside
from trivet.spool.record import Record
from trivet.spool.stream import Stream
from trivet.store.audience import Audience
from trivet.store.client import Client, EngineError
from trivet.store.insert import insert
from trivet.store.journal import Batch, Journal

log = logging.getLogger(__name__)

# The deduplication window (migrations.py) stands on this: more inserts than this never wait for a checkpoint.
MAX_UNSETTLED = 100
# The engine has these when it is busy, short of something or going down; the request itself may be good.
TRANSIENT = {
    "MEMORY_LIMIT_EXCEEDED",
    "TIMEOUT_EXCEEDED",
    "TOO_SLOW",
    "TOO_MANY_PARTS",
    "TOO_MANY_SIMULTANEOUS_QUERIES",
    "NOT_ENOUGH_SPACE",
    "CANNOT_WRITE_TO_FILE_DESCRIPTOR",
    "CANNOT_OPEN_FILE",
    "CANNOT_FSYNC",
    "CANNOT_ALLOCATE_MEMORY",
    "QUERY_WAS_CANCELLED",
    "ABORTED",
    "NETWORK_ERROR",
    "SOCKET_TIMEOUT",
    "TABLE_IS_READ_ONLY",
    "KEEPER_EXCEPTION",
    "ALL_CONNECTION_TRIES_FAILED",
    "AUTHENTICATION_FAILED",
    "READONLY",
    "CANNOT_SCHEDULE_TASK",
}
# Blocks under way at once: one thread of the engine works on each.
LANES = 2
NOTHING = Record(0, 0, "default", b"", 0, b"")
LONGEST_CYCLE = 0.65  # seconds from a small block to the next, so that what arrives is seen within one
STEP = 0.05  # of a pause, after which it may have become too long
# A block for which the memory was missing as often as this is halved: it may never fit. A request alone that gets no
# memory for a minute and a half, whatever else the engine had to do, is set aside.
LARGE_ATTEMPTS = 3
ALONE_ATTEMPTS = 20
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


@dataclass
class Progress:
    """What a loader has done since the process started; read by the status page."""

    stored: int = 0  # items
    set_aside: int = 0  # requests
    inserts: int = 0
    last_error: str | None = None


class Loader:
    """One signal's way from its stream to its tables."""

    def __init__(
        self,
        stream: Stream,
        client: Client,
        journal: Journal,
        aside: Aside,
        *,
        max_bytes: int,
        interval: float,
        unwatched: float,
        audience: Audience,
        loaded: Callable[[], None] = lambda: None,
    ):
        self.stream = stream
        self.signal = stream.signal
        self.progress = Progress()
        self._client = client
        self._journal = journal
        self._aside = aside
        self._max_bytes = max_bytes
        self._interval = interval
        self._unwatched = unwatched
        self._audience = audience
        self._loaded = loaded
        self._cursor = stream.cursor("store")
        self.position = self._cursor.position
        self._settled = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"load {self.signal}", daemon=True)

    def start(self) -> None:
        self._journal.open(self._cursor.position)
        self._thread.start()

    def stop(self) -> None:
        """Returns when the batch under way is done or has failed; the rest waits in the spool."""
        self._stop.set()
        with self._settled:
            self._settled.notify_all()
        self._thread.join()
        self._journal.close()

    def lag(self) -> float:
        """Seconds since the oldest record that is not yet in the store came."""
        return self.stream.lag(self.position).age

    @property
    def settled(self) -> int:
        """The first record that the spool still keeps for us."""
        return self._cursor.position

    def settle(self, position: int) -> None:
        """What was loaded before record `position` is safe on disk: the spool need not keep it."""
        with self._settled:
            self._cursor.move(position)
            self._journal.settle(position)
            self._settled.notify_all()

    # ---- the thread

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._load()
            except OSError as error:  # the spool or the journal: a full disk, too many open files
                log.warning("%s cannot be loaded just now and will be tried again: %s", self.signal, error)
                self.progress.last_error = str(error)
                self._stop.wait(RETRY_SECONDS[-1])

    def _load(self) -> None:
        """What is planned and not stored, and then what comes, until the loader is stopped."""
        with ThreadPoolExecutor(LANES, thread_name_prefix=f"insert {self.signal}") as lanes:
            for batch in [each for each in self._journal.batches if each.last >= self.position]:
                if self._send(batch, self._records(batch)):
                    self.position = max(self.position, batch.last + 1)
            while not self._stop.is_set():
                if self.stream.wait(self.position, timeout=0.5) and self._may_go_on(60):
                    self._load_next(lanes)

    def _may_go_on(self, seconds: float = 0.0) -> bool:
        """Whether another block may be planned, within so many seconds."""
        with self._settled:
            return self._settled.wait_for(
                lambda: self._stop.is_set() or len(self._journal.batches) < MAX_UNSETTLED, seconds
            ) and (not self._stop.is_set())

    def _load_next(self, lanes: ThreadPoolExecutor) -> None:
        """What has come by now: of a backlog one full block after another, with no lane idle, and then its rest."""
        begun = time.monotonic()
        under_way: deque[tuple[Batch, Future[bool]]] = deque()
        position = self.position
        while records := self.stream.read(position, max_bytes=self._max_bytes):
            backlog = self.stream.lag(position).bytes > self._max_bytes
            batch = self._plan(position, records)
            position = batch.last + 1
            under_way.append((batch, lanes.submit(self._send, batch, records)))
            if len(under_way) == LANES:
                self._finish(*under_way.popleft())
            if not backlog or not self._may_go_on():
                break
        for each in under_way:
            self._finish(*each)
        self._rest(time.monotonic() - begun)

    def _plan(self, position: int, records: list[Record]) -> Batch:
        batch = Batch(position, records[-1].number)
        with self._settled:
            self._journal.plan(batch)
        return batch

    def _finish(self, batch: Batch, filed: Future[bool]) -> None:
        """The position moves in the order of the batches: what is before it may be settled at any time."""
        if filed.result() and self.position == batch.first:
            self.position = batch.last + 1

    def _rest(self, took: float) -> None:
        """Until the next small batch, or until there is enough for a full one."""
        begun = time.monotonic()
        while self.stream.lag(self.position).bytes < self._max_bytes:
            if time.monotonic() - begun >= self._pause(took) or self._stop.wait(STEP):
                return

    def _pause(self, took: float) -> float:
        """Seconds between small batches: an insert costs about 100 ms of CPU however little is in it, so at most a
        fifth of a core goes there, unless that would make what arrives wait too long to be seen by who is looking."""
        watched = max(self._interval, min(4 * took, LONGEST_CYCLE - took))
        return watched if self._audience.present else max(watched, self._unwatched)

    def _records(self, batch: Batch) -> list[Record]:
        records = self.stream.read(batch.first, max_bytes=2**62, max_records=batch.last - batch.first + 1)
        return [record for record in records if record.number <= batch.last]

    def _send(self, batch: Batch, records: list[Record]) -> bool:
        """Files the batch, however long that takes; only stopping ends it early (False), and then it stays planned."""
        attempt = short = 0
        while records and not self._stop.is_set():
            try:
                insert(self._client, self.signal, records, self._journal.token(batch))
            except (EngineError, Unavailable) as error:
                short += _for_lack_of_memory(error)
                too_large = short > (LARGE_ATTEMPTS if len(records) > 1 else ALONE_ATTEMPTS)
                guilty = too_large or self._is_to_blame(error)
                self.progress.last_error = str(error)
                if guilty:
                    return self._divide(batch, records, error)
                self._stop.wait(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1
            else:
                self._count(records)
                return True
        return not records  # none: all damaged, and the spool has kept them aside

    def _count(self, records: list[Record]) -> None:
        with self._settled:
            self.progress.inserts += 1
            self.progress.stored += sum(record.items for record in records)
            self.progress.last_error = None
        self._loaded()

    def _is_to_blame(self, error: Exception) -> bool:
        """Whether the records are at fault: the engine refused them, and takes an empty request at the same time."""
        if not isinstance(error, EngineError) or error.name in TRANSIENT:
            return False
        try:
            insert(self._client, self.signal, [NOTHING], "")
        except (EngineError, Unavailable):
            return False
        return True

    def _divide(self, batch: Batch, records: list[Record], error: Exception) -> bool:
        """Halves a refused batch until the guilty request stands alone; that one is set aside with its reason."""
        if len(records) > 1:
            middle = len(records) // 2
            with self._settled:
                halves = self._journal.split(batch, records[middle - 1].number)
            return self._send(halves[0], records[:middle]) and self._send(halves[1], records[middle:])
        for record in records:
            log.warning("%s request %d was refused and set aside: %s", self.signal, record.number, error)
            self._aside.put(self.signal, record, str(error))
            self.progress.set_aside += 1
        return True


def _for_lack_of_memory(error: Exception) -> bool:
    return isinstance(error, EngineError) and error.name == "MEMORY_LIMIT_EXCEEDED"
