"""From OTLP to an answer: rate and CPU until everything can be asked for, size on disk, latency of two questions with
requests coming in beside, time from export to visible, and what an idle server holds.

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
BODIES = 600
SENDERS = 4
ASKED = 60


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
        time.sleep(0.02)


def percentiles(take: Callable[[], object], times: int = ASKED) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    measured = []
    for _ in range(times):
        begun = time.perf_counter()
        take()
        measured.append((time.perf_counter() - begun) * 1e3)
    cuts = quantiles(measured, n=20)
    return cuts[9], cuts[18]


def ingest(server: Server, bodies: Sequence[bytes]) -> None:
    pids = (server.process.pid, server.engine)
    before, begun = [cpu_seconds(pid) for pid in pids], time.monotonic()
    send_all(server.port, bodies)
    until_stored(server, len(bodies) * SPANS)
    seconds, spans = time.monotonic() - begun, len(bodies) * SPANS
    ours, engine = (cpu_seconds(pid) - was for pid, was in zip(pids, before, strict=True))
    print(f"{'OTLP to queryable':36}{spans / seconds:12,.0f} spans/s")
    print(f"{'CPU, receiver and loader':36}{ours / spans * 1e6:12.2f} µs/span")
    print(f"{'CPU, engine':36}{engine / spans * 1e6:12.2f} µs/span", flush=True)


def settle(server: Server, spans: int) -> None:
    """Merges have ended when the engine rests."""
    engine, last = server.engine, -1.0
    while (now := cpu_seconds(engine)) - last > 0.05:
        last = now
        time.sleep(1)
    size = server.ask("/api/sql", {"query": STORED})["rows"][0][0]
    print(f"{'stored, indexes included':36}{size / spans:12.1f} B/span", flush=True)


STORED = "SELECT sum(total_bytes) FROM system.tables WHERE name = 'otel_spans'"


def questions(server: Server, bodies: Sequence[bytes]) -> None:
    chance = random.Random(5)

    def trace_by_id() -> None:
        spans = ExportTraceServiceRequest.FromString(chance.choice(bodies)).resource_spans[0].scope_spans[0].spans
        server.ask(f"/api/traces/{chance.choice(spans).trace_id.hex()}")

    def attribute() -> None:
        where = quote(f"user.id=user-{chance.randrange(50_000)}")
        server.ask(f"/api/spans?filter={where}&start=2025-10-01T00:00:00Z&limit=20")

    for name, take in (("trace by id", trace_by_id), ("equality on an attribute", attribute)):
        take()
        p50, p95 = percentiles(take)
        print(f"{name:36}{p50:12.1f} ms p50 {p95:8.1f} ms p95", flush=True)


def visible(server: Server) -> None:
    """Export to visible, at about a thousand spans a second beside."""
    numbers = itertools.count(10**6)
    stop = threading.Event()

    def background() -> None:
        for seed in itertools.count(10_000):
            send_all(server.port, [trace_body(SPANS, seed=seed)], senders=1)
            if stop.wait(0.45):
                return

    def one() -> None:
        number = next(numbers)
        send_all(server.port, [body(number)], senders=1)
        while "error" in server.ask(f"/api/traces/{number:032x}"):
            time.sleep(0.02)

    beside = threading.Thread(target=background)
    beside.start()
    p50, p95 = percentiles(one, 30)
    stop.set()
    beside.join()
    print(f"{'export to visible, 1 k spans/s':36}{p50:12.0f} ms p50 {p95:8.0f} ms p95", flush=True)


def idle(server: Server) -> None:
    sizes = [memory(pid) for pid in (server.process.pid, server.engine)]
    rss, anonymous = (sum(column) / 2**20 for column in zip(*sizes, strict=True))
    print(f"{'idle, server and engine':36}{rss:12.0f} MB RSS, {anonymous:.0f} MB of it anonymous", flush=True)


def main() -> None:
    bodies = [trace_body(SPANS, seed=seed) for seed in range(BODIES)]
    with tempfile.TemporaryDirectory() as directory:
        server = Server(Path(directory) / "data")
        begun = time.monotonic()
        server.start()
        print(f"{'first start to ready':36}{time.monotonic() - begun:12.2f} s")
        time.sleep(3)
        idle(server)
        try:
            ingest(server, bodies)
            settle(server, BODIES * SPANS)
            questions(server, bodies)
            visible(server)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
