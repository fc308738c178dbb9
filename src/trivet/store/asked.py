"""What was asked, kept in a table of its own: after an incident people want to see what was looked at, and how.

`record` only puts an entry into memory, so that no answer waits for it. A thread writes: new questions within a
second, repetitions every half minute. While the engine is away MOST_WAITING entries wait; those on top are counted in
`dropped`.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable

import msgspec
from msgspec import Struct

from trivet.errors import TrivetError
from trivet.store.client import Client, EngineError

log = logging.getLogger(__name__)

MOST_WAITING = 1000
NEW_SECONDS = 1.0
REPEATED_SECONDS = 30.0
# The table may be over its bounds by as many rows, or for as long.
TRIM_ROWS, TRIM_SECONDS = 10_000, 3600.0
NS = 10**9


class Entry(Struct, kw_only=True):
    """One question. Times are unix nanoseconds; `start` and `end` the range that it was about, if any."""

    id: str
    time: int
    until: int
    times: int
    who: str
    session: str
    origin: str
    call: str
    text: str
    start: int | None
    end: int | None
    rows_read: int
    ms: int
    answer_rows: int
    error: str
    link: str


BEYOND = """
SELECT max(toUnixTimestamp64Nano(time)) AS last
FROM (SELECT time FROM asked FINAL ORDER BY time DESC LIMIT 1 OFFSET {rows:UInt64})
"""
OLD = "SELECT count() AS old FROM asked WHERE time <= fromUnixTimestamp64Nano({last:Int64})"
TRIM = "ALTER TABLE asked DELETE WHERE time <= fromUnixTimestamp64Nano({last:Int64})"


class Asked:
    """`age` in seconds and `rows` bound what is kept."""

    def __init__(self, client: Client, *, age: float, rows: int, clock: Callable[[], float] = time.time):
        self.recorded = 0
        self.dropped = 0
        self._client = client
        self._age = age
        self._rows = rows
        self._clock = clock
        self._lock = threading.Lock()
        self._new: dict[str, Entry] = {}
        self._repeated: dict[str, Entry] = {}
        self._written, self._trimmed_at = TRIM_ROWS, float("-inf")
        self._repeated_at = time.monotonic()
        self._failing = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="asked", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def record(self, entry: Entry) -> None:
        """Takes an entry, or takes it anew when it was repeated; never waits."""
        with self._lock:
            waiting = self._new if entry.times == 1 or entry.id in self._new else self._repeated
            if entry.id not in waiting and len(self._new) + len(self._repeated) >= MOST_WAITING:
                self.dropped += 1
                return
            waiting[entry.id] = entry
            self.recorded += entry.times == 1

    def write(self, *, repeated: bool = True) -> int:
        """Writes what waits; how many rows. They wait on when the engine is away."""
        with self._lock:
            rows = list(self._new.values())
            rows += list(self._repeated.values()) if repeated else []
        if not rows:
            return 0
        self._client.command("INSERT INTO asked FORMAT JSONEachRow", body=b"\n".join(map(_line, rows)))
        self._forget(rows)
        self._written += len(rows)
        return len(rows)

    def trim(self) -> None:
        """Takes away what is too old, and the oldest of what is too much."""
        [beyond] = self._client.rows(BEYOND, params={"rows": self._rows})
        last = {"last": max(beyond["last"], int((self._clock() - self._age) * NS))}
        [found] = self._client.rows(OLD, params=last)
        if found["old"]:
            self._client.command(TRIM, params=last, settings={"mutations_sync": 1})

    def _forget(self, rows: Iterable[Entry]) -> None:
        """What was written, unless it was repeated meanwhile."""
        with self._lock:
            for waiting in (self._new, self._repeated):
                for row in rows:
                    if waiting.get(row.id) is row:
                        del waiting[row.id]

    def _run(self) -> None:
        while not self._stop.wait(NEW_SECONDS):
            self._safely(self._due)
        self._safely(self.write)

    def _due(self) -> None:
        now = time.monotonic()
        if repeated := now - self._repeated_at >= REPEATED_SECONDS:
            self._repeated_at = now
        self.write(repeated=repeated)
        if self._written >= TRIM_ROWS or now - self._trimmed_at >= TRIM_SECONDS:
            self._written, self._trimmed_at = 0, now
            self.trim()

    def _safely(self, work: Callable[[], object]) -> None:
        try:
            work()
            self._failing = False
        except (EngineError, TrivetError) as error:
            if not self._failing:
                log.warning("what was asked cannot be written; it is tried again: %s", error)
            self._failing = True


def _line(entry: Entry) -> bytes:
    row = msgspec.to_builtins(entry) | {"time": _moment(entry.time), "until": _moment(entry.until)}
    return msgspec.json.encode(row)


def _moment(ns: int) -> str:
    """As ClickHouse reads a DateTime64."""
    return f"{ns // NS}.{ns % NS:09d}"
