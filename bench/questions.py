"""Every kind of question over `TRIVET_BENCH_SPANS` spans of the last hour (ten million unless said otherwise), with
requests coming in beside: latency at the API, CPU and the engine's peak memory, rows read per answer. The spans are
those of many_spans.sql. The figures are of the machine they are taken on.
"""

import itertools
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, Final
from urllib.parse import urlencode

from bench.bodies import trace_body
from bench.compare import fill
from bench.faults import Server
from bench.store import cpu_seconds, send_all, settle

SPANS: Final = int(os.environ.get("TRIVET_BENCH_SPANS", "10000000"))
# Spans a second that come in while questions are asked, a request of 512 at a time.
BESIDE: Final = 2_000
CHEAP, DEAR = 40, 7
Json = dict[str, Any]
Question = tuple[str, Json | None]

chance = random.Random(7)


def get(path: str, **asked: Any) -> Question:
    return f"/api/{path}?{urlencode({'start': 'now-2h'} | asked)}", None


def figures(*calculate: str, **asked: Any) -> Question:
    return "/api/query", {"signal": "traces", "calculate": calculate, "start": "now-2h"} | asked


def trace() -> int:
    return chance.randrange(SPANS // 10)


def trace_by_id() -> Question:
    return f"/api/traces/{trace() + 1:032x}", None


def some_user() -> str:
    return f"user.id=user-{chance.randrange(50_000)}"


def requests(which: str) -> Json:
    return {"filter": f"service:web root:true {which}", "start": "now-2h"}


QUESTIONS: Final[dict[str, tuple[int, Callable[[], Question]]]] = {
    # The first questions after a start read every index once.
    "trace by id, just started": (CHEAP, trace_by_id),
    "trace by id": (CHEAP, trace_by_id),
    "equality on an attribute": (CHEAP, lambda: get("spans", filter=some_user(), limit=20)),
    "traces by equality": (CHEAP, lambda: get("traces", filter=some_user(), limit=20)),
    "free text": (CHEAP, lambda: get("spans", filter=f'"TimeoutError after {chance.randrange(1000)}"', limit=20)),
    "newest spans": (CHEAP, lambda: get("spans", limit=50)),
    "newest traces": (DEAR, lambda: get("traces", limit=50)),
    "slowest traces": (DEAR, lambda: get("traces", limit=50, order="slowest")),
    "services": (DEAR, lambda: get("services")),
    "figures of all": (DEAR, lambda: figures("count", "error_rate", "p95(duration)")),
    "by service and name": (DEAR, lambda: figures("count", "p95(duration)", group_by=["service", "name"])),
    "by an attribute": (DEAR, lambda: figures("count", "p95(duration)", group_by=["http.route"])),
    "by an attribute, over time": (
        DEAR, lambda: figures("count", "p95(duration)", filter="root:true", group_by=["http.route"], every="1m"),
    ),
    "heatmap": (DEAR, lambda: figures(filter="root:true", heatmap={"field": "duration", "buckets": 40})),
    "heatmap of all": (DEAR, lambda: figures(heatmap={"field": "duration", "buckets": 40})),
    "compare: slow requests": (DEAR, lambda: ("/api/compare", {"selection": requests("duration>1s")})),
    "compare: errors": (DEAR, lambda: ("/api/compare", {"selection": {"filter": "status:error", "start": "now-2h"}})),
    "flame of 2,000 traces": (DEAR, lambda: ("/api/flame", requests("duration>1s"))),
    "diff of two sets": (
        DEAR, lambda: ("/api/diff", {"a": requests("duration>1s"), "b": requests("duration<1s")})
    ),
    "fields": (CHEAP, lambda: get("fields")),
    "values": (CHEAP, lambda: get("values", field="tenant")),
    "fields that split errors": (DEAR, lambda: get("fields", filter="status:error")),
    "values among errors": (DEAR, lambda: get("values", field="db.collection.name", filter="status:error")),
}  # fmt: skip


class Memory:
    """The engine's resident bytes, looked at all the time."""

    def __init__(self, server: Server):
        self._server = server
        self.peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(0.02):
            pages = int(Path(f"/proc/{self._server.engine}/statm").read_text().split()[1])
            self.peak = max(self.peak, pages * os.sysconf("SC_PAGE_SIZE"))

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


@contextmanager
def coming_in(server: Server) -> Iterator[None]:
    """Requests of 512 spans each, so many a second."""
    seeds, stop = itertools.count(10**6), threading.Event()

    def send() -> None:
        while not stop.wait(512 / BESIDE):
            send_all(server.port, [trace_body(512, seed=next(seeds), start=time.time_ns())], senders=1)

    sender = threading.Thread(target=send)
    sender.start()
    yield
    stop.set()
    sender.join()


def measure(name: str, times: int, make: Callable[[], Question], server: Server, memory: Memory) -> None:
    took, rows = [], []
    server.ask(*make())
    memory.peak, engine = 0, cpu_seconds(server.engine)
    for _ in range(times):
        path, body = make()
        begun = time.perf_counter()
        answer = server.ask(path, body)
        took.append((time.perf_counter() - begun) * 1e3)
        if "error" in answer:
            print(f"{name:30} {json.dumps(answer['error'])[:90]}", flush=True)
            return
        rows.append(answer.get("scanned", {}).get("rows"))
    cuts = quantiles(took, n=20)
    cpu = (cpu_seconds(server.engine) - engine) / times * 1e3
    read = f"{max(rows):14,} rows" if rows[0] is not None else ""
    print(
        f"{name:30}{cuts[9]:8.0f} ms p50{cuts[18]:8.0f} ms p95{cpu:8.0f} ms CPU{memory.peak / 2**20:7.0f} MB{read}",
        flush=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory) / "data"
        begun = time.monotonic()
        fill(data, SPANS)
        print(f"{SPANS:,} spans made in {time.monotonic() - begun:.0f} s", flush=True)
        server = Server(data)
        server.start()
        settle(server, SPANS)
        memory = Memory(server)
        try:
            with coming_in(server):
                for name, (times, make) in QUESTIONS.items():
                    measure(name, times, make, server, memory)
        finally:
            memory.stop()
            server.stop()


if __name__ == "__main__":
    main()
