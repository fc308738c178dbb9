"""Encoded batches on their way out: kept in memory, then on disk, sent oldest first, each until it is acknowledged.

One thread works here (the outbox's, or the exiting one when there is none); another may come to `rescue` what is
left. `lock` guards the moments in which a batch changes hands; whoever cannot get it within half a second goes on
without, because a signal handler may have interrupted its very holder.
"""

import logging
import random
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from time import monotonic, sleep

from trivet.sdk.native import make_lock
from trivet.sdk.spill import Entry, Spill
from trivet.sdk.transport import Answer, Batch, Transport

logger = logging.getLogger("trivet.sdk")

MAX_BATCH = 4 * 1024**2  # bytes; waiting batches of one signal are joined up to it
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0  # seconds between attempts
LONGEST_WISH = 60.0  # seconds of Retry-After that are honoured
OUTAGE = 3  # failed attempts in a row after which what waits lies on disk, too: a second or two
SPILL_CHECK = 30.0  # seconds between looks into an empty spill
SPILL_AT_EXIT = 0.5  # seconds that earlier processes' batches may cost an exit
CHANCE = random.SystemRandom()  # what a program draws after it seeded `random` is the same with us and without


class Delivery:
    def __init__(self, transport: Transport, spill: Spill, unsent_bytes: int):
        self.transport = transport
        self.spill = spill
        self.unsent_bytes = unsent_bytes
        self.sent: Counter[str] = Counter()  # items by signal
        self.dropped: Counter[tuple[str, str]] = Counter()  # items by signal and reason
        self.spilled: Counter[str] = Counter()  # items by signal
        self.unsent: deque[Batch] = deque()
        self.flying: Batch | None = None
        self.forget_parent_process()

    def forget_parent_process(self) -> None:
        """In a forked child: what the parent holds is the parent's to send, its connections the parent's to use."""
        for batch in [*self.unsent, *filter(None, [self.flying])]:
            batch.close()
        self.lock = make_lock()
        self._counting = RLock()
        self.unsent.clear()
        self.flying = None
        self.failures = 0
        self.retry_at = 0.0
        self.spill_at = 0.0
        self.transport = Transport(self.transport.targets, self.transport.timeout)
        for counter in (self.sent, self.dropped, self.spilled):
            counter.clear()

    @contextmanager
    def held(self) -> Iterator[None]:
        got = self.lock.acquire(timeout=0.5)
        try:
            yield
        finally:
            if got:
                self.lock.release()

    def drop(self, signal: str, reason: str, items: int) -> None:
        with self._counting:
            self.dropped[signal, reason] += items

    def add(self, signal: str, body: bytes, items: int) -> None:
        """Call with the lock held. OTLP requests are concatenable, so small ones that wait become one."""
        same = (batch for batch in reversed(self.unsent) if batch.signal == signal)
        last = next(same, None)
        if last and not last.attempts and last.path is None and len(last.body) + len(body) <= MAX_BATCH:
            last.body += body
            last.items += items
        else:
            self.unsent.append(Batch(signal, body, items))

    def trim(self) -> None:
        """The oldest go to the spill when memory's share is used up."""
        while sum(len(batch.body) for batch in self.unsent) > self.unsent_bytes:
            self._keep(self.unsent.popleft())

    def work(self) -> None:
        """Send what there is, until it is all gone or the endpoint wants a pause."""
        while self.unsent and monotonic() >= self.retry_at:
            self._send_next(None)
            if self.failures >= OUTAGE:
                self._copy()
        if not self.unsent and not self.failures and monotonic() >= self.spill_at:
            self._send_spilled(None)

    def finish(self, deadline: float, with_spill: bool) -> bool:
        """Send everything now, pause or not; whether all was acknowledged by `deadline` (monotonic seconds)."""
        while self.unsent:
            if monotonic() >= deadline:
                return False
            answer = self._send_next(deadline)
            if answer.what == "later" and not self._wait(answer, deadline):
                return False
        if with_spill and not self.failures:
            until = min(deadline, monotonic() + SPILL_AT_EXIT)
            while monotonic() < until and self._send_spilled(until):
                pass
        return True

    def _wait(self, answer: Answer, deadline: float) -> bool:
        """Whether the server asked for a pause that there is still time for; it has then passed."""
        if answer.wait is None or monotonic() + answer.wait >= deadline:
            return False
        sleep(answer.wait)
        return True

    def _copy(self) -> None:
        """What waits also lies on disk, where nobody can kill it: with every attempt, so a file in 15 s at most."""
        with self.held():  # all the while, as `rescue` would write the same
            for batch in self.unsent:
                for entry in self.spill.hold(batch) if batch.path is None else ():
                    self._count_gone(entry)

    def _send_next(self, deadline: float | None) -> Answer:
        with self.held():
            batch = self.unsent.popleft()
            batch.attempts += 1
            self.flying = batch
        answer = self.transport.send(batch, None if deadline is None else deadline - monotonic())
        with self.held():
            self.flying = None
            if answer.what == "later" and not batch.rescued:
                self.unsent.appendleft(batch)
        self._account(batch.signal, batch.items, answer)
        if answer.what != "later" and batch.path is not None:  # its copy, or rescued meanwhile: not needed any more
            batch.path.unlink(missing_ok=True)
            self.spill.let_go(batch)
        return answer

    def _account(self, signal: str, items: int, answer: Answer) -> None:
        if answer.what == "later":
            self.failures += 1
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self.failures - 1, 10)) * CHANCE.uniform(0.5, 1.0)
            self.retry_at = monotonic() + (pause if answer.wait is None else min(answer.wait, LONGEST_WISH))
            if self.failures == 1:
                logger.info("cannot deliver to %s now: %s", self.transport.targets[signal], answer.why)
            return
        if self.failures:
            self.failures = 0
            self.spill_at = 0.0
        if answer.what == "refused":
            self.drop(signal, "refused", items)
            logger.warning("%s refused %d items: %s", self.transport.targets.get(signal), items, answer.why)
            return
        self.sent[signal] += items - answer.rejected
        if answer.rejected:
            self.drop(signal, "rejected", answer.rejected)

    def _send_spilled(self, deadline: float | None) -> bool:
        """One batch of an earlier process, or of a worse moment of this one; whether there may be more."""
        claim = self.spill.take(self.transport.targets)  # what is switched off here waits for a process that sends it
        if claim is None:
            self.spill_at = monotonic() + SPILL_CHECK
            return False
        answer = self.transport.send(claim.batch, None if deadline is None else deadline - monotonic())
        # A refusal may be the token's fault, and the next process may have a better one.
        if answer.what == "later" or "HTTP 401" in answer.why or "HTTP 403" in answer.why:
            claim.release()
            self.spill_at = monotonic() + SPILL_CHECK
            return False
        claim.done()
        self._account(claim.batch.signal, claim.batch.items, answer)
        return True

    def rescue(self) -> None:
        """The end is near: everything unacknowledged goes to the spill, the batch in the air too."""
        with self.held():
            waiting = ([self.flying] if self.flying else []) + list(self.unsent)
            self.unsent.clear()
        for batch in waiting:
            self._keep(batch)

    def _keep(self, batch: Batch) -> None:
        batch.rescued = True
        safe, gone = (True, []) if batch.path is not None and batch.path.exists() else self.spill.keep(batch)
        self.spill.let_go(batch)
        for entry in gone:
            self._count_gone(entry)
        if safe:
            self.spilled[batch.signal] += batch.items
        else:
            self.drop(batch.signal, "spill_full", batch.items)

    def _count_gone(self, entry: Entry) -> None:
        self.drop(entry.signal, "spill_full", entry.items)

    @property
    def due(self) -> float:
        """When `work` has something to do next (monotonic seconds)."""
        if self.unsent:
            return self.retry_at
        return self.spill_at if not self.failures else float("inf")
