"""What has been recorded, from the app's threads to the endpoint: bounded queues and one sending thread.

The app's side is an append to a deque and, when the thread sleeps, one ring of a bell; neither takes a lock, so a
signal handler that records something cannot meet itself. The thread lets the first data go after 100 ms, then waits
longer (up to half a second) to gather more, and not at all once a batch is full.

Where the app records faster than the thread gets its turns (a tight loop holds the interpreter), the queue fills, and
whoever records then encodes a share of it and lets the thread have a moment: nothing is lost. Without that a loop of
200,000 spans lost 77,000 of them, and eight threads 175,000; they take 9.5 µs a span now, and took 9.2 and 4.7.
"""

from collections import deque
from collections.abc import Callable
from queue import Empty
from time import monotonic
from typing import Any, NamedTuple

from opentelemetry import context as context_api

from trivet import faults
from trivet.sdk.delivery import Delivery
from trivet.sdk.native import Thread, make_queue, original

BATCH = 2048  # items that are encoded at once
SHARE = 256  # items that whoever finds the queue full encodes: 2 ms
# Seconds for the thread then; a mere yield, which the app's other threads take, loses 5 % of eight loops.
MOMENT = 0.001
FIRST_DELAY, LONGEST_DELAY = 0.1, 0.5  # seconds between the first item and the request that carries it
QUIET = 5.0  # seconds without data after which the next is "first" again
RESERVE = 0.3  # seconds of an exit's time that are kept for the spill
NEVER = float("inf")

Encode = Callable[[list[Any]], list[tuple[bytes, int]]]


class Flush(NamedTuple):
    """Put into the bell: do it all by `deadline`, and say in `reply` whether everything was acknowledged."""

    deadline: float
    last: bool
    reply: Any


class Lane:
    """One signal's queue; `put` is what the app's threads call. `ready` is what they had to encode themselves."""

    def __init__(self, outbox: "Outbox", signal: str, limit: int, encode: Encode):
        self.outbox = outbox
        self.signal = signal
        self.limit = limit
        self.encode = encode
        self.waiting: deque[Any] = deque()
        self.ready: deque[tuple[bytes, int]] = deque()

    def put(self, item: Any) -> None:
        waiting = self.waiting
        length = len(waiting)
        if length >= self.limit and not self._make_room():
            self.outbox.delivery.drop(self.signal, "queue_full" if self.limit else "shut_down", 1)
            return
        waiting.append(item)
        if self.outbox.asleep or length == BATCH:
            self.outbox.ring()

    def slip_in(self, item: Any) -> None:
        """By the sending thread itself, which needs no bell, and at an exit must not be sent to wait for itself."""
        self.waiting.append(item)

    def _make_room(self) -> bool:
        """Encode a share of what waits, here: no lock, no file, no network. False: as much is encoded as may be."""
        if not self.limit or sum(len(body) for body, _ in list(self.ready)) >= self.outbox.delivery.unsent_bytes:
            return False
        self.ready.extend(self._encoded(SHARE))
        original("time", "sleep")(MOMENT)
        return True

    def pack(self) -> None:
        """Hand what is encoded to the delivery, whose lock is held; where nothing is, encode a batch of what waits."""
        for body, count in self._taken() or self._encoded(BATCH):
            self.outbox.delivery.add(self.signal, body, count)

    def _taken(self) -> list[tuple[bytes, int]]:
        taken = []
        while self.ready:
            taken.append(self.ready.popleft())
        return taken

    def _encoded(self, most: int) -> list[tuple[bytes, int]]:
        items: list[Any] = []
        try:
            items.extend(self.waiting.popleft() for _ in range(most))
        except IndexError:
            pass  # that was all
        bodies = self.encode(items) if items else []
        lost = len(items) - sum(count for _, count in bodies)
        if lost:
            self.outbox.delivery.drop(self.signal, "not_encodable", lost)
        return bodies


class Outbox:
    """`add_lane` for each signal; everything else happens by itself until `close`."""

    def __init__(self, delivery: Delivery, metrics_interval: float = NEVER):
        self.delivery = delivery
        self.metrics_interval = metrics_interval
        self.lanes: list[Lane] = []
        # Called when metrics are due, at the latest at exit: an encoded request and its number of points, or None.
        self.collect: Callable[[], tuple[bytes, int] | None] = lambda: None
        # Called when this process turns out to have something to tell, at the start and again in a forked child.
        self.on_start: Callable[[], None] = lambda: None
        # Called by the thread before anything else, at the start and again in a forked child.
        self.first_thing: Callable[[], None] = lambda: None
        # Called for each thing recorded after `close`, by an exit handler that runs later than ours; calls it again.
        self.on_late: Callable[[], None] = lambda: None
        self._reset()

    def _reset(self) -> None:
        self.bell = make_queue()
        self.thread: Thread | None = None
        self.closed = False
        self._given_up = False
        self.stopped = False
        self.asleep = True
        self._delay = FIRST_DELAY
        self._send_at: float | None = None
        self._sent_at = 0.0
        self._metrics_at = monotonic() + min(1.0, self.metrics_interval)

    def forget_parent_process(self) -> None:
        for lane in self.lanes:
            lane.waiting.clear()
            lane.ready.clear()
        self.delivery.forget_parent_process()
        self._reset()

    def add_lane(self, signal: str, limit: int, encode: Encode) -> Lane:
        lane = Lane(self, signal, limit, encode)
        self.lanes.append(lane)
        return lane

    def ring(self) -> None:
        """Wake the thread, or start it: a forked child has none until it records something."""
        self.asleep = self.closed
        self.bell.put(None)
        if self.closed:
            self.on_late()
        elif self.thread is None:
            self._start_thread()

    def _start_thread(self) -> None:
        try:
            self.thread = Thread(self._run)
        except RuntimeError:  # the interpreter is shutting down: `close` will send from the exiting thread
            return
        self.on_start()

    # The thread.

    def _run(self) -> None:
        # What we send must not be traced: it would be the next thing to send.
        context_api.attach(context_api.set_value(context_api._SUPPRESS_INSTRUMENTATION_KEY, True))
        try:
            self.first_thing()
        except Exception as error:
            faults.swallow(error, "outbox")
        while not self.stopped:
            try:
                self._turn()
            except Exception as error:
                faults.swallow(error, "outbox")

    def _turn(self) -> None:
        order = self._sleep()
        now = monotonic()
        if order is not None:
            done = False
            try:
                done = self._finish(order.deadline, order.last)
            finally:
                order.reply.put(done)
            return
        if self._a_batch_is_full or (self._send_at is not None and now >= self._send_at):
            self._pack()
        if now >= self._metrics_at:
            self._pack_metrics()
        self.delivery.work()

    def _sleep(self) -> Flush | None:
        """Until there is something to do; the order to flush when that is what came."""
        if not self._something_waits:
            self._send_at = None
            self.asleep = True  # from here on, a put rings
        if self._something_waits:
            self.asleep = self.closed
            self._send_at = self._send_at or self._first_send()
        if self._a_batch_is_full:
            return None
        due = min(self._send_at or NEVER, self._metrics_at, self.delivery.due)
        try:
            return self.bell.get(timeout=max(0.0, min(due - monotonic(), 3600.0)))
        except Empty:
            return None

    def _first_send(self) -> float:
        now = monotonic()
        if now - self._sent_at > QUIET:
            self._delay = FIRST_DELAY
        return now + self._delay

    @property
    def _something_waits(self) -> bool:
        return any(lane.waiting or lane.ready for lane in self.lanes)

    @property
    def _a_batch_is_full(self) -> bool:
        return any(len(lane.waiting) >= BATCH for lane in self.lanes)

    def _pack(self) -> None:
        self._send_at = None
        self._sent_at = monotonic()
        self._delay = min(LONGEST_DELAY, self._delay * 1.5)
        with self.delivery.held():
            for lane in self.lanes:
                lane.pack()
        self.delivery.trim()

    def _pack_all(self) -> None:
        """As much as waits now; what comes meanwhile is for the next time."""
        for _ in range(2 + max((len(lane.waiting) for lane in self.lanes), default=0) // BATCH):
            self._pack()

    def _pack_metrics(self) -> None:
        self._metrics_at = monotonic() + self.metrics_interval
        collected = self.collect()
        if collected is not None:
            with self.delivery.held():
                self.delivery.add("metrics", *collected)

    def _finish(self, deadline: float, last: bool) -> bool:
        self._pack_all()
        if last:
            self._pack_metrics()
        return self.delivery.finish(deadline, with_spill=last)

    # The exiting thread, a signal handler, or whoever wants to be sure.

    def flush(self, timeout: float, last: bool = False) -> bool:
        """Send everything recorded so far; whether the endpoint acknowledged it all within `timeout` seconds."""
        deadline = monotonic() + timeout
        thread = self.thread
        if thread is None or not thread.is_alive or thread.is_current:
            return self._finish(deadline, last)
        reply = make_queue()
        self.bell.put(Flush(deadline, last, reply))
        try:
            return reply.get(timeout=timeout + 0.1)
        except Empty:
            return False

    def hurry(self) -> None:
        """Send what there is without waiting for more; the caller does not wait either."""
        self.bell.put(Flush(monotonic() + self.delivery.transport.timeout, False, make_queue()))
        if self.thread is None:
            self.ring()

    def close(self, timeout: float) -> bool:
        """Deliver everything within `timeout` seconds, spill what cannot be. May be called again, for late comers."""
        if self.thread is None and not self._something_waits:
            return True
        self.closed = self.asleep = True
        done = False
        try:
            done = not self._given_up and self.flush(max(0.0, timeout - RESERVE), last=True)
        finally:  # also when somebody presses Ctrl-C once more
            if not done:
                self._given_up = True
                self.rescue()
        return done

    def stop(self) -> None:
        """End the thread and its connections; what is recorded from here on goes nowhere."""
        self.stopped = True
        for lane in self.lanes:
            lane.limit = 0
        self.bell.put(None)
        if self.thread is not None:
            self.thread.join(timeout=1.0)
        self.delivery.transport.close()

    def rescue(self) -> None:
        """Everything that is not acknowledged goes to disk."""
        self._pack_all()
        self._pack_metrics()
        self.delivery.rescue()
