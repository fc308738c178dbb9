"""How long things are kept: by age, and by the size of the store.

Whole days go first, the oldest first, from every table at once (each is partitioned by `day`). When only today and
yesterday remain and the store is still too big, hours go: always the oldest hour of the service that stands furthest
over an equal share, so that one loud service does not push the quiet ones out.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from trivet.errors import TrivetError
from trivet.store.client import Client, EngineError

log = logging.getLogger(__name__)

# Of the disk, when `store_max_bytes` is 0.
SHARE_OF_DISK = 0.8
# Tables whose rows can be thinned by service and hour, with their time column.
BY_HOUR = {"otel_spans": "start", "otel_logs": "time"}

PARTITIONED = "SELECT name AS table FROM system.tables WHERE database = currentDatabase() AND partition_key = 'day'"
DAYS = """
SELECT partition AS day, sum(bytes_on_disk) AS bytes
FROM system.parts
WHERE database = currentDatabase() AND active AND table IN ({tables})
GROUP BY partition ORDER BY partition
"""
LOUDEST = """
WITH rows_by_service AS (
    SELECT service, count() AS rows, min(toStartOfHour({time})) AS oldest FROM {table} GROUP BY service
)
SELECT service, oldest, rows - (SELECT sum(rows) / count() FROM rows_by_service) AS excess
FROM rows_by_service ORDER BY excess DESC LIMIT 1
"""


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
        self._age = timedelta(seconds=age)
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
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        for day in list(self._days()):
            if day < today - self._age:
                self._drop(day, "it is over the age to keep")
        limit = self._limit()
        while limit and sum((days := self._days()).values()) > limit:
            if (oldest := min(days)) < today - timedelta(days=1):
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
        """Takes one hour of one service; False when there is nothing left to take."""
        loudest = [
            (row["excess"], table, column, row)
            for table, column in BY_HOUR.items()
            for row in self._client.rows(LOUDEST.replace("{table}", table).replace("{time}", column))
        ]
        if not loudest:
            return False
        _, table, column, row = max(loudest, key=lambda candidate: candidate[0])
        log.info("deleting an hour of %s from %s: the store is over its size", row["service"], table)
        self._client.command(
            f"ALTER TABLE {table} DELETE WHERE service = {{service:String}}"
            f" AND {column} < {{oldest:DateTime64(9, 'UTC')}} + INTERVAL 1 HOUR",
            params={"service": row["service"], "oldest": row["oldest"]},
            settings={"mutations_sync": 1},
        )
        return True

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self.apply()
            except (EngineError, TrivetError) as error:
                log.warning("retention failed and will be tried again: %s", error)
