"""What a span costs the app: created, ten attributes, encoded, sent; ours beside the official SDK.

Each SDK runs in a process of its own against the same endpoint, which accepts and forgets, so that its CPU does not
count. `request` is the CPU of the thread that makes the spans, `whole` that of the process, both per span. The
official SDK is set up as its documentation says: batch processor, OTLP over HTTP. Short pauses let its exporter keep
up: without them it drops, which is cheap.
"""

import json
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

SPANS = 40_000
BURST = 1000  # spans between two pauses, half the official queue
ROUNDS = 3
TARGET_RATIO = 0.25
STARTS = 5


class _Forgetful(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def ours(endpoint: str) -> tuple[Any, Callable[[], Any]]:
    from opentelemetry import trace

    import trivet

    trivet.start("bench", endpoint, metrics=False, logs=False, instrument=False)
    return trace.get_tracer("bench"), lambda: trivet.flush(30)


def official(endpoint: str) -> tuple[Any, Callable[[], Any]]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "bench"}))
    provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(f"{endpoint}/v1/traces"), schedule_delay_millis=100)
    )
    return provider.get_tracer("bench"), provider.force_flush


def one(tracer: Any, number: int) -> None:
    attributes = {
        "http.request.method": "GET",
        "http.route": "/videos/{id}",
        "server.address": "svc.internal",
        "url.full": f"https://example.com/{number}",
        "user.id": f"user-{number % 5000}",
    }
    with tracer.start_as_current_span("GET /videos/{id}", attributes=attributes) as span:
        span.set_attribute("http.response.status_code", 200)
        span.set_attribute("db.system", "postgresql")
        span.set_attribute("thread.id", 139823)
        span.set_attribute("retry", number % 3)
        span.set_attribute("cached", True)


def measure(make: Callable[[str], tuple[Any, Callable[[], Any]]], endpoint: str) -> dict[str, float]:
    """CPU in µs per span, of the making thread and of the process."""
    tracer, flush = make(endpoint)
    for number in range(2000):
        one(tracer, number)
    flush()
    request = 0.0
    whole = time.process_time()
    for first in range(0, SPANS, BURST):
        before = time.thread_time()
        for number in range(first, first + BURST):
            one(tracer, number)
        request += time.thread_time() - before
        time.sleep(0.02)
    flush()
    whole = time.process_time() - whole
    return {"request": request / SPANS * 1e6, "whole": whole / SPANS * 1e6}


def start_up(code: str) -> float:
    """Best wall-clock seconds of a Python that runs `code` and ends."""

    def once() -> float:
        before = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - before

    return min(once() for _ in range(STARTS))


def _in_process(name: str, endpoint: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.sdk", name, endpoint]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    with _Server(("127.0.0.1", 0), _Forgetful) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        rounds = [{name: _in_process(name, endpoint) for name in ("official", "ours")} for _ in range(ROUNDS)]
        empty = start_up("pass")
        started = start_up(f"import trivet; trivet.start('bench', {endpoint!r}, spill_max_bytes=0)")
        server.shutdown()
    best = {name: {part: min(r[name][part] for r in rounds) for part in ("request", "whole")} for name in rounds[0]}
    print(f"µs of CPU per span with 10 attributes, best of {ROUNDS} × {SPANS:,} spans")
    for name, figures in best.items():
        print(f"  {name:9} request thread {figures['request']:6.1f}   whole process {figures['whole']:6.1f}")
    ratio = best["ours"]["whole"] / best["official"]["whole"]
    print(f"  ours ÷ official: {ratio:.2f} (wanted ≤ {TARGET_RATIO})")
    print(f"start: python -c pass {empty * 1e3:.0f} ms, with trivet.start() {started * 1e3:.0f} ms")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure({"ours": ours, "official": official}[sys.argv[1]], sys.argv[2])))
    else:
        main()
