"""From OTLP to an answer: rate and CPU until everything can be asked for, with questions beside and without; size on
disk; latency of two questions on a store at rest, and while requests come in; time from export to visible; and what an
idle server holds.

The spans are those of `bodies.py`, no two alike; every attribute is indexed. The figures are of the machine they are
taken on.
"""

import http.client
import itertools
import random
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.bodies import trace_body
from bench.faults import PROTOBUF, Server, body
from bench.processes import TICKS

SPANS = 512
BODIES = 980
"""Of 512 spans each: half a million."""
SENDERS = 4
ASKED = 60
RATES = (1_000, 20_000)
"""Spans a second beside which one is waited for."""


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> tuple[int, int]:
    """Resident and anonymous bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines[1:]}
    return sizes["Rss"], sizes["Anonymous"]


def send_all(port: int, bodies: Sequence[bytes], senders: int = SENDERS) -> None:
    left = iter(bodies)
    lock = threading.Lock()

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                request = next(left, None)
            if request is None:
                connection.close()
                return
            connection.request("POST", "/v1/traces", request, PROTOBUF)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"the server answered {answer.status}")

    threads = [threading.Thread(target=send) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def until_stored(server: Server, spans: int) -> None:
    while server.ask("/api/status")["signals"]["traces"]["stored"] < spans:
        time.sleep(0.2)


def timed(take: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    take()
    return (time.perf_counter() - begun) * 1e3


def told(what: str, measured: Sequence[float], digits: int = 1) -> None:
    cuts = quantiles(measured, n=20)
    print(f"{what:44}{cuts[9]:8.{digits}f} ms p50 {cuts[18]:8.{digits}f} ms p95", flush=True)


def ingest(server: Server, bodies: Sequence[bytes], stored: int) -> None:
    pids = (server.process.pid, server.engine)
    before, begun = [cpu_seconds(pid) for pid in pids], time.monotonic()
    send_all(server.port, bodies)
    until_stored(server, stored + len(bodies) * SPANS)
    seconds, spans = time.monotonic() - begun, len(bodies) * SPANS
    ours, engine = (cpu_seconds(pid) - was for pid, was in zip(pids, before, strict=True))
    print(f"{'OTLP to queryable':44}{spans / seconds:8,.0f} spans/s")
    print(f"{'CPU, receiver and loader':44}{ours / spans * 1e6:8.2f} µs/span")
    print(f"{'CPU, engine':44}{engine / spans * 1e6:8.2f} µs/span", flush=True)


def settle(server: Server, spans: int) -> None:
    """Merges have ended when the engine rests."""
    engine, last = server.engine, -1.0
    while (now := cpu_seconds(engine)) - last > 0.05:
        last = now
        time.sleep(1)
    size = server.ask("/api/sql", {"query": STORED})["rows"][0][0]
    print(f"{'stored, indexes included':44}{size / spans:8.1f} B/span", flush=True)


STORED = "SELECT sum(total_bytes) FROM system.tables WHERE name = 'otel_spans'"


Question = Callable[[], object]


def questions(server: Server, bodies: Sequence[bytes]) -> dict[str, Question]:
    chance = random.Random(5)
    traces = [some_trace(chance, chance.choice(bodies)) for _ in range(ASKED)]

    def trace_by_id() -> None:
        server.ask(f"/api/traces/{chance.choice(traces)}")

    def attribute() -> None:
        where = quote(f"user.id=user-{chance.randrange(50_000)}")
        server.ask(f"/api/spans?filter={where}&start=2025-10-01T00:00:00Z&limit=20")

    return {"trace by id": trace_by_id, "equality on an attribute": attribute}


def some_trace(chance: random.Random, request: bytes) -> str:
    spans = ExportTraceServiceRequest.FromString(request).resource_spans[0].scope_spans[0].spans
    return chance.choice(spans).trace_id.hex()


def at_rest(questions: dict[str, Question]) -> None:
    for name, take in questions.items():
        take()
        told(name, [timed(take) for _ in range(ASKED)])


def under_load(server: Server, questions: dict[str, Question], bodies: Sequence[bytes], stored: int) -> None:
    """Both questions, a tenth of a second between, while requests come in as fast as they are taken. The engine's CPU
    per span then holds the questions, too."""
    stop = threading.Event()
    measured: dict[str, list[float]] = {name: [] for name in questions}

    def ask() -> None:
        while not stop.wait(0.1):
            for name, take in questions.items():
                measured[name].append(timed(take))

    beside = threading.Thread(target=ask)
    beside.start()
    try:
        ingest(server, bodies, stored)
    finally:
        stop.set()
        beside.join()
    for name, times in measured.items():
        told(f"{name}, under that load", times)


def visible(server: Server, bodies: Sequence[bytes], rate: int) -> None:
    """Export to visible, with about so many spans a second beside."""
    numbers = itertools.count(10**6 + rate)
    stop = threading.Event()

    def background() -> None:
        begun = time.monotonic()
        for sent, request in enumerate(itertools.cycle(bodies)):
            send_all(server.port, [request], senders=1)
            if stop.wait(max(0.0, begun + (sent + 1) * SPANS / rate - time.monotonic())):
                return

    def one() -> None:
        number = next(numbers)
        send_all(server.port, [body(number)], senders=1)
        while "error" in server.ask(f"/api/traces/{number:032x}"):
            time.sleep(0.02)

    beside = threading.Thread(target=background)
    beside.start()
    measured = [timed(one) for _ in range(30)]
    stop.set()
    beside.join()
    told(f"export to visible, {rate:,} spans/s", measured, digits=0)


def idle(server: Server) -> None:
    sizes = [memory(pid) for pid in (server.process.pid, server.engine)]
    rss, anonymous = (sum(column) / 2**20 for column in zip(*sizes, strict=True))
    print(f"{'idle, server and engine':44}{rss:8.0f} MB RSS, {anonymous:.0f} MB of it anonymous", flush=True)


def main() -> None:
    bodies = [trace_body(SPANS, seed=seed) for seed in range(BODIES)]
    more = [trace_body(SPANS, seed=seed) for seed in range(BODIES, 2 * BODIES)]
    with tempfile.TemporaryDirectory() as directory:
        server = Server(Path(directory) / "data")
        begun = time.monotonic()
        server.start()
        print(f"{'first start to ready':44}{time.monotonic() - begun:8.2f} s")
        time.sleep(3)
        idle(server)
        try:
            ingest(server, bodies, 0)
            settle(server, BODIES * SPANS)
            asked = questions(server, bodies)
            at_rest(asked)
            under_load(server, asked, more, BODIES * SPANS)
            settle(server, 2 * BODIES * SPANS)
            for rate in RATES:
                visible(server, more, rate)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
