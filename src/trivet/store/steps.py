"""What cannot be worked out while inserting, because it needs what came before: once a minute, over what was received
in that minute, joined with what is stored.

A step is one `schema/steps/*.sql`. It runs when the loaders are past its minute, and it may run again: the token makes
a repetition change nothing.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from trivet.errors import TrivetError
from trivet.store.client import Client, EngineError
from trivet.store.intake import SCHEMA
from trivet.store.loader import Loader

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """`behind` is how long after a minute its step runs; `all` works through everything there is, not the last hours
    alone, as what reads the outcome takes it for complete up to the last minute done."""

    name: str
    behind: timedelta = timedelta()
    all: bool = False


# A request carries the time it came, but is in the spool only when the disk has it: a stalled disk must not hide a
# row from the step of its minute.
STEPS = (Step("edges"), Step("catalogue"), Step("resends", timedelta(seconds=30), all=True))
# Above this many spans in a minute a step looks at one trace in N, so that it stays under a second (measured: 2 cores).
ENOUGH_SPANS = 200_000
# How far back a start after a long stop catches up.
OLDEST = timedelta(hours=6)
MINUTE = timedelta(minutes=1)
# So many minutes of a step at once, that the others get their turn in a store which knows them all but this one.
AT_ONCE = 200

WAITING = """
SELECT toUnixTimestamp(minute) AS minute, count() AS spans
FROM (
    SELECT toStartOfMinute(received) AS minute FROM otel_spans WHERE received >= {since:DateTime64(9, 'UTC')}
    UNION ALL
    SELECT toStartOfMinute(received) FROM otel_logs WHERE received >= {since:DateTime64(9, 'UTC')}
)
WHERE minute < {until:DateTime64(9, 'UTC')}
  AND minute NOT IN (SELECT minute FROM steps WHERE step = {step:String} AND minute >= {since:DateTime64(9, 'UTC')})
GROUP BY minute ORDER BY minute LIMIT {most:UInt32}
"""
DONE = "SELECT max(minute) + INTERVAL 1 MINUTE AS until FROM steps WHERE step = {step:String}"


class Steps:
    """Runs what is due, in a thread of its own."""

    def __init__(
        self, client: Client, loaders: Sequence[Loader], *, clock: Callable[[], float] = time.time, every: float = 15.0
    ):
        self._client = client
        self._loaders = loaders
        self._clock = clock
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="steps", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def run_due(self) -> int:
        """Works through every minute that is over and loaded; how many that were."""
        now = datetime.fromtimestamp(self._clock() - max(loader.lag() for loader in self._loaders), UTC)
        return sum(self._catch_up(step, (now - step.behind).replace(second=0, microsecond=0)) for step in STEPS)

    def _catch_up(self, step: Step, until: datetime) -> int:
        since = self._done(step) if step.all else until - OLDEST
        params = {"since": since, "until": until, "step": step.name, "most": AT_ONCE}
        waiting = self._client.rows(WAITING, params=params)
        for row in waiting:
            if self._stop.is_set():
                return 0
            self._run_step(step.name, row["minute"], every=max(1, row["spans"] // ENOUGH_SPANS))
        return len(waiting)

    def _done(self, step: Step) -> datetime:
        """Up to when the step has worked through everything."""
        return datetime.fromisoformat(self._client.rows(DONE, params={"step": step.name})[0]["until"]).replace(
            tzinfo=UTC
        )

    def _run_step(self, step: str, minute: int, every: int) -> None:
        at = datetime.fromtimestamp(minute, UTC)
        sql = (SCHEMA / "steps" / f"{step}.sql").read_text()
        settings = {"insert_deduplication_token": f"{step}:{minute}", "max_execution_time": 30}
        self._client.command(sql, params={"minute": at, "every": every}, settings=settings)
        self._client.command(
            "INSERT INTO steps SELECT {day:Date}, {step:String}, {minute:DateTime64(9, 'UTC')}",
            params={"day": at.date(), "step": step, "minute": at},
        )

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self.run_due()
            except (EngineError, TrivetError, OSError) as error:
                log.warning("a step failed and will be tried again: %s", error)
