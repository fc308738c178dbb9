"""How long things are kept: by age, and by the size of the store.

Whole days go first, the oldest first, from every table at once (each is partitioned by `day`). When only today and
yesterday remain and the store is still too big, hours go: always the oldest hour of the service that stands furthest
over an equal share, spans, log records and metrics alike, so that a loud one does not push the quiet ones out.
"""

import logging
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from trivet.errors import TrivetError
from trivet.store.client import Client, EngineError

log = logging.getLogger(__name__)

# Of the disk, when `store_max_bytes` is 0.
SHARE_OF_DISK = 0.8
LONGEST_AGE = 100 * 365 * 86400.0  # seconds; dates do not reach back much further
PARTITIONED = "SELECT name AS table FROM system.tables WHERE database = currentDatabase() AND partition_key = 'day'"
DAYS = """
SELECT partition AS day, sum(bytes_on_disk) AS bytes
FROM system.parts
WHERE database = currentDatabase() AND active AND table IN ({tables})
GROUP BY partition ORDER BY partition
"""
HELD_BY_SERVICE = """
SELECT service, count() AS rows, min(toStartOfHour({time})) AS oldest FROM {table} GROUP BY service
"""
HELD_BY_SERIES = """
SELECT service, sum(points) AS rows, min(first) AS oldest
FROM (SELECT series_id, count() AS points, min(toStartOfHour({time})) AS first FROM {table} GROUP BY series_id) AS held
LEFT JOIN (SELECT series_id, any(service) AS service FROM otel_series GROUP BY series_id) AS series USING series_id
GROUP BY service
"""
BYTES_A_ROW = """
SELECT table, sum(bytes_on_disk) / sum(rows) AS bytes FROM system.parts
WHERE database = currentDatabase() AND active AND rows > 0 GROUP BY table
"""
OF_SERVICE = "service = {service:String}"
OF_SERIES = """(series_id IN (SELECT series_id FROM otel_series WHERE service = {service:String})
    OR {service:String} = '' AND series_id NOT IN (SELECT series_id FROM otel_series))"""


class Thinned(NamedTuple):
    """How rows of a table go by service and hour: their time, what is held of whom, and which are a service's."""

    time: str
    held: str
    of: str


# Points know their series alone; whose that is, its own table tells.
THINNED = {
    "otel_spans": Thinned("start", HELD_BY_SERVICE, OF_SERVICE),
    "otel_links": Thinned("start", HELD_BY_SERVICE, OF_SERVICE),
    "otel_logs": Thinned("time", HELD_BY_SERVICE, OF_SERVICE),
    "otel_series": Thinned("last_seen", HELD_BY_SERVICE, OF_SERVICE),
    "otel_number_points": Thinned("time", HELD_BY_SERIES, OF_SERIES),
    "otel_histogram_points": Thinned("time", HELD_BY_SERIES, OF_SERIES),
    "otel_exponential_points": Thinned("time", HELD_BY_SERIES, OF_SERIES),
    "otel_summary_points": Thinned("time", HELD_BY_SERIES, OF_SERIES),
    "otel_exemplars": Thinned("time", HELD_BY_SERIES, OF_SERIES),
}


class Held(NamedTuple):
    """What a table holds of a service."""

    table: str
    service: str
    bytes: float
    oldest: str  # the first hour


class Retention:
    def __init__(
        self,
        client: Client,
        *,
        age: float,
        max_bytes: int,
        directory: Path | None,
        clock: Callable[[], float] = time.time,
        every: float = 300.0,
    ):
        self._client = client
        self._age = timedelta(seconds=min(age, LONGEST_AGE))
        self._max_bytes = max_bytes
        self._directory = directory
        self._clock = clock
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def apply(self) -> None:
        """Drops what is too old, then what is too much."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        for day in list(self._days()):
            if day < (now - self._age).date():
                self._drop(day, "it is over the age to keep")
        limit = self._limit()
        while limit and sum((days := self._days()).values()) > limit:
            if (oldest := min(days)) < now.date() - timedelta(days=1):
                self._drop(oldest, "the store is over its size")
            elif not self._thin():
                return

    def _limit(self) -> int:
        """Bytes that the store may take; 0: a server elsewhere, which looks after its own disk."""
        if self._max_bytes or self._directory is None:
            return self._max_bytes
        return int(shutil.disk_usage(self._directory).total * SHARE_OF_DISK)

    def _tables(self) -> list[str]:
        return [row["table"] for row in self._client.rows(PARTITIONED)]

    def _days(self) -> dict[date, int]:
        """Stored day → bytes, oldest first."""
        tables = ", ".join(f"'{table}'" for table in self._tables())
        rows = self._client.rows(DAYS.replace("{tables}", tables))
        return {date.fromisoformat(row["day"]): row["bytes"] for row in rows}

    def _drop(self, day: date, why: str) -> None:
        log.info("dropping %s: %s", day, why)
        for table in self._tables():
            self._client.command(f"ALTER TABLE {table} DROP PARTITION '{day.isoformat()}'")

    def _thin(self) -> bool:
        """Takes the oldest hour of the loudest service from where it has most; False when there is nothing to take."""
        held = self._held()
        if not held:
            return False
        sizes: Counter[str] = Counter()
        for each in held:
            sizes[each.service] += each.bytes
        [(loudest, _)] = sizes.most_common(1)
        table, _, _, oldest = max((each for each in held if each.service == loudest), key=lambda each: each.bytes)
        log.info("deleting an hour of %s from %s: the store is over its size", loudest, table)
        column, _, of = THINNED[table]
        self._client.command(
            f"ALTER TABLE {table} DELETE WHERE {of} AND {column} < {{oldest:DateTime64(9, 'UTC')}} + INTERVAL 1 HOUR",
            params={"service": loudest, "oldest": oldest},
            settings={"mutations_sync": 1},
        )
        return True

    def _held(self) -> list[Held]:
        size = {row["table"]: row["bytes"] for row in self._client.rows(BYTES_A_ROW)}
        return [
            Held(table, row["service"], row["rows"] * size[table], row["oldest"])
            for table, (column, sql, _) in THINNED.items()
            if table in size
            for row in self._client.rows(sql.replace("{table}", table).replace("{time}", column))
        ]

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self.apply()
            except (EngineError, TrivetError, OSError) as error:
                log.warning("retention failed and will be tried again: %s", error)
