"""How the process itself is doing: CPU, memory, threads, garbage collection, event loops, and our own losses.

Names are OpenTelemetry's semantic conventions where there are any. Read from /proc, or from getrusage where there is
no /proc; nothing is measured between two reports but the event loops' delay.
"""

import gc
import os
import resource
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from opentelemetry.metrics import CallbackOptions, Observation

from trivet import faults
from trivet.sdk.delivery import Delivery
from trivet.sdk.metrics import Meter

PAGE = os.sysconf("SC_PAGE_SIZE")
STARTED = time.time()


def observe_process(meter: Meter) -> None:
    observable = meter.create_observable_counter
    observable("process.cpu.time", [_cpu_time], "s", "CPU time that the process used")
    gauge = meter.create_observable_up_down_counter
    gauge("process.memory.usage", [_one(lambda: _statm(1))], "By", "physical memory in use")
    gauge("process.memory.virtual", [_one(lambda: _statm(0))], "By", "virtual memory")
    gauge("process.thread.count", [_one(threading.active_count)], "{thread}", "Python threads")
    gauge("process.open_file_descriptor.count", [_one(_descriptors)], "{file_descriptor}", "open file descriptors")
    meter.create_observable_gauge("process.uptime", [_one(lambda: time.time() - STARTED)], "s", "age of the process")
    observable("cpython.gc.collections", [_gc("collections")], "{collection}", "garbage collections")
    observable("cpython.gc.collected_objects", [_gc("collected")], "{object}", "objects that it collected")
    observable("cpython.gc.uncollectable_objects", [_gc("uncollectable")], "{object}", "objects that it could not")


def observe_ourselves(meter: Meter, delivery: Delivery) -> None:
    """What was recorded and did not arrive, by signal and reason, and errors of our own."""

    def dropped(options: CallbackOptions) -> Iterator[Observation]:
        for (signal, reason), items in list(delivery.dropped.items()):
            yield Observation(items, {"signal": signal, "reason": reason})

    def spilled(options: CallbackOptions) -> Iterator[Observation]:
        for signal, items in list(delivery.spilled.items()):
            yield Observation(items, {"signal": signal})

    def errors(options: CallbackOptions) -> Iterator[Observation]:
        for where, count in list(faults.counted.items()):
            yield Observation(count, {"where": where})

    meter.create_observable_counter("trivet.sdk.dropped", [dropped], "{item}", "items that were recorded and lost")
    meter.create_observable_counter("trivet.sdk.spilled", [spilled], "{item}", "items that went to the spill")
    meter.create_observable_counter("trivet.sdk.errors", [errors], "{error}", "errors inside the SDK")


def _one(read: Callable[[], float | int]) -> Callable[[CallbackOptions], list[Observation]]:
    return lambda options: [Observation(read())]


def _cpu_time(options: CallbackOptions) -> list[Observation]:
    times = os.times()
    return [Observation(times.user, {"cpu.mode": "user"}), Observation(times.system, {"cpu.mode": "system"})]


def _statm(place: int) -> int:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[place]) * PAGE
    except OSError:  # no Linux: the largest it ever was, in bytes on macOS
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"))


def _gc(what: str) -> Callable[[CallbackOptions], list[Observation]]:
    def read(options: CallbackOptions) -> list[Observation]:
        return [Observation(stats[what], {"cpython.gc.generation": n}) for n, stats in enumerate(gc.get_stats())]

    return read


class LoopDelay:
    """How late the event loops are: a callback is handed to each, and the time until it runs is recorded.

    `loops`, by thread, is filled by whoever sees one; `probe` is called now and then from another thread, and asks a
    loop again only after it has answered.
    """

    def __init__(self, meter: Meter, loops: dict[int, Any]):
        self._delay = meter.create_histogram("asyncio.event_loop.delay", "s", "time until a ready callback runs")
        self.loops = loops
        self._asked: set[int] = set()

    def probe(self) -> None:
        for thread, loop in list(self.loops.items()):
            if loop.is_closed():
                self.loops.pop(thread, None)
                self._asked.discard(thread)
            elif loop.is_running() and thread not in self._asked:
                self._asked.add(thread)
                try:
                    loop.call_soon_threadsafe(self._answer, thread, time.perf_counter())
                except RuntimeError:  # closed between the two
                    self._asked.discard(thread)

    def _answer(self, thread: int, asked: float) -> None:
        self._asked.discard(thread)
        self._delay.record(time.perf_counter() - asked)
