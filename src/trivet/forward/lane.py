"""One signal on its way to one destination.

Small records travel together: protobuf messages of one type, put end to end, are one message that holds all of theirs.
A few requests are under way at once, and the cursor moves behind the oldest of them, so that a restart sends again what
was not confirmed (at least once) and leaves nothing out.
"""

import asyncio
import itertools
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from trivet.forward.running import without_running
from trivet.forward.send import Accepted, Later, Never, Sender
from trivet.forward.target import Target
from trivet.spool.aside import Aside
from trivet.spool.record import Record
from trivet.spool.stream import Stream

log = logging.getLogger(__name__)

REQUEST_BYTES = 1024 * 1024  # of records that travel together; gRPC servers take 4 MiB unless told otherwise
IN_FLIGHT = 4  # requests under way
MOVE_INTERVAL = 1.0  # seconds between durable moves of the cursor while more is coming
FIRST_DELAY = 1.0  # seconds; doubled with every failure
LONGEST_DELAY = 60.0
LONGEST_WISH = 3600.0  # seconds that a destination may ask us to wait
PREFIX = "forward."


@dataclass(frozen=True, slots=True)
class Timing:
    """Clocks and chance, for tests to replace."""

    clock: Callable[[], int] = time.time_ns
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[float], float] = lambda most: random.uniform(0, most)


class Lane:
    def __init__(
        self, target: Target, stream: Stream, sender: Sender, aside: Aside, release: Callable[[], int], timing: Timing
    ):
        self.signal = stream.signal
        self.sent = 0  # items
        self.failed = 0  # items, left out by the destination or set aside
        self.trouble = ""  # what keeps us from sending just now
        self.refusal = ""  # why something was left out, last
        self._target = target
        self._stream = stream
        self._sender = sender
        self._aside = aside
        self._release = release
        self._timing = timing
        self._cursor = stream.cursor(PREFIX + target.name, start=target.start, keep=False, limits=target.limits)
        self._reached = self._cursor.position  # confirmed by the destination up to here
        self._skipped_before = self._cursor.skipped
        self._moved = float("-inf")

    @property
    def skipped(self) -> int:
        """Items, since we were started."""
        return self._cursor.skipped - self._skipped_before

    @property
    def position(self) -> int:
        """The first record that is not confirmed."""
        return max(self._reached, self._cursor.position)

    @property
    def lag(self) -> float:
        """Seconds since the oldest record that is not confirmed came."""
        return self._stream.lag(self.position).age

    @property
    def pending(self) -> int:
        """Items not confirmed."""
        return self._stream.items_between(self.position, self._stream.last + 1)

    async def run(self) -> None:
        """Until cancelled. A failure of our own begins again at what was confirmed."""
        for attempt in itertools.count():
            try:
                async with asyncio.TaskGroup() as tasks:
                    deliveries: asyncio.Queue[tuple[int, asyncio.Task[None]]] = asyncio.Queue(IN_FLIGHT - 2)
                    tasks.create_task(self._confirm(deliveries))
                    await self._read(tasks, deliveries)
            except Exception as error:
                log.exception("forwarding %s to %s failed", self.signal, self._target.name)
                self.trouble = self._target.scrubbed(f"{type(error).__name__} in Trivet itself, see its log")
                await self._timing.sleep(self._delay(attempt))

    async def close(self) -> None:
        """What was confirmed is remembered. After `run` was cancelled."""
        await self._move()

    async def _read(self, tasks: asyncio.TaskGroup, deliveries: asyncio.Queue) -> None:
        position = self.position
        while True:
            records = await asyncio.to_thread(self._stream.read, position, max_bytes=REQUEST_BYTES)
            if records:
                position = records[-1].number + 1
                await deliveries.put((position, tasks.create_task(self._deliver(records))))
            else:
                await self._stream.arrival(position)
            position = max(position, self._cursor.position)

    async def _confirm(self, deliveries: asyncio.Queue) -> None:
        while True:
            position, delivery = await deliveries.get()
            await delivery
            self._reached = position
            if deliveries.empty() or time.monotonic() - self._moved > MOVE_INTERVAL:
                await self._move()

    async def _move(self) -> None:
        self._moved = time.monotonic()
        try:
            await asyncio.to_thread(self._cursor.move, self._reached)
            await asyncio.to_thread(self._release)
        except OSError as error:
            log.warning("the place of %s in %s cannot be kept: %s", self._target.name, self.signal, error.strerror)

    async def _deliver(self, records: list[Record]) -> None:
        """Returns when every record is accepted, set aside or too late."""
        body, items = await self._request(records)
        outcome = await self._send(body, records[-1].number) if items else None
        if isinstance(outcome, Accepted):
            self.sent += items - outcome.rejected
            self.failed += outcome.rejected
            if outcome.message or outcome.rejected:
                self._refused(f"{outcome.rejected} rejected: {outcome.message}")
        elif isinstance(outcome, Never) and len(records) > 1:  # one of them is to blame
            await self._deliver(records[: len(records) // 2])
            await self._deliver(records[len(records) // 2 :])
        elif isinstance(outcome, Never):
            self.failed += items
            self._refused(outcome.reason)
            await asyncio.to_thread(self._set_aside, records[0], self.refusal)

    async def _request(self, records: list[Record]) -> tuple[bytes, int]:
        """One body for all of them, and how many items are in it."""
        items = sum(record.items for record in records)
        bodies = [record.body for record in records]
        if self.signal == "logs" and not self._target.running_spans:
            cleaned = await asyncio.to_thread(lambda: [without_running(body) for body in bodies])
            bodies = [body for body, _ in cleaned]
            items -= sum(dropped for _, dropped in cleaned)
        return b"".join(bodies) if len(bodies) > 1 else bodies[0], items

    async def _send(self, body: bytes, last: int) -> Accepted | Never | None:
        """Tries until there is an answer; None when the records have become too late meanwhile."""
        for attempt in itertools.count():
            if self._cursor.position > last:
                return None
            outcome = await self._sender.send(self.signal, body)
            if not isinstance(outcome, Later):
                self._recovered()
                return outcome
            self._troubled(outcome.reason)
            await self._timing.sleep(self._delay(attempt, outcome.after))
            await asyncio.to_thread(self._cursor.hold_to_limits, self._timing.clock())

    def _delay(self, attempt: int, wish: float | None = None) -> float:
        """Exponential backoff with full jitter; a destination that says when gets at least that."""
        if wish is not None:
            return min(wish, LONGEST_WISH) + self._timing.jitter(FIRST_DELAY)
        return self._timing.jitter(min(FIRST_DELAY * 2 ** min(attempt, 10), LONGEST_DELAY))

    def _set_aside(self, record: Record, reason: str) -> None:
        try:
            self._aside.put(self.signal, record, reason)
        except OSError as error:
            log.warning("a request that %s refused cannot be set aside: %s", self._target.name, error.strerror)

    def _troubled(self, reason: str) -> None:
        reason = self._target.scrubbed(reason)
        if reason != self.trouble:
            log.warning("%s takes no %s, trying again: %s", self._target.name, self.signal, reason)
        self.trouble = reason

    def _recovered(self) -> None:
        if self.trouble:
            log.warning("%s takes %s again", self._target.name, self.signal)
        self.trouble = ""

    def _refused(self, reason: str) -> None:
        reason = self._target.scrubbed(reason)
        if reason != self.refusal:
            log.warning("%s left out some %s: %s", self._target.name, self.signal, reason)
        self.refusal = reason
