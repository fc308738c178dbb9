"""What telling costs the app: a span created, with ten attributes, encoded and sent; memory; and a program's start.

Ours beside the official SDK, ddtrace and logfire, each in a process of its own, set up as its documentation says,
against one endpoint that accepts and forgets. `request` is the CPU of the thread that makes the spans, `whole` that of
the process, both per span; `memory` its resident set after them, and how much more than Python's own. Short pauses let
the official exporter keep up: without them it drops, which is cheap.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

SPANS = 40_000
BURST = 1000  # spans between two pauses, half the official queue
ROUNDS = 3
STARTS = 7
ATTRIBUTES = {"http.request.method": "GET", "http.route": "/videos/{id}", "server.address": "svc.internal"}
LATER = {"http.response.status_code": 200, "db.system": "postgresql", "thread.id": 139823, "cached": True}
WANTED = {"whole process ÷ official": 0.25, "request thread, µs": 10.0, "start adds, ms": 300.0}

Tell = Callable[[int], None]
Flush = Callable[[], Any]


def by_opentelemetry(tracer: Any) -> Tell:
    def tell(number: int) -> None:
        attributes = {**ATTRIBUTES, "url.full": f"https://example.com/{number}", "user.id": f"user-{number % 5000}"}
        with tracer.start_as_current_span("GET /videos/{id}", attributes=attributes) as span:
            for key, value in LATER.items():
                span.set_attribute(key, value)
            span.set_attribute("retry", number % 3)

    return tell


def ours(endpoint: str) -> tuple[Tell, Flush]:
    from opentelemetry import trace

    import trivet

    trivet.start("bench", endpoint, metrics=False, logs=False, instrument=False)
    return by_opentelemetry(trace.get_tracer("bench")), lambda: trivet.flush(30)


def official(endpoint: str) -> tuple[Tell, Flush]:
    provider = official_provider(endpoint)
    return by_opentelemetry(provider.get_tracer("bench")), provider.force_flush


def official_provider(endpoint: str) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "bench"}))
    exporter = OTLPSpanExporter(f"{endpoint}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=100))
    return provider


def ddtrace(endpoint: str) -> tuple[Tell, Flush]:
    """To an agent, which the endpoint plays."""
    os.environ.update(DD_TRACE_AGENT_URL=endpoint, DD_SERVICE="bench", DD_INSTRUMENTATION_TELEMETRY_ENABLED="false")
    from ddtrace.trace import tracer

    def tell(number: int) -> None:
        with tracer.trace("http.request", resource="GET /videos/{id}", service="bench") as span:
            for key, value in ATTRIBUTES.items():
                span.set_tag(key, value)
            span.set_tag("url.full", f"https://example.com/{number}")
            span.set_tag("user.id", f"user-{number % 5000}")
            for key, value in LATER.items():
                span.set_tag(key, value)
            span.set_tag("retry", number % 3)

    return tell, tracer.flush


def logfire(endpoint: str) -> tuple[Tell, Flush]:
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint
    import logfire as theirs

    theirs.configure(service_name="bench", send_to_logfire=False, console=False)

    def tell(number: int) -> None:
        named = {"url.full": f"https://example.com/{number}", "user.id": f"user-{number % 5000}"}
        with theirs.span("GET /videos/:id", **ATTRIBUTES, **named) as span:
            for key, value in LATER.items():
                span.set_attribute(key, value)
            span.set_attribute("retry", number % 3)

    return tell, theirs.force_flush


SDKS: Mapping[str, Callable[[str], tuple[Tell, Flush]]] = {
    "official": official, "ours": ours, "ddtrace": ddtrace, "logfire": logfire,
}  # fmt: skip


def resident() -> float:
    """MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(name: str, endpoint: str) -> dict[str, float]:
    """CPU in µs per span, of the making thread and of the process; memory in MB."""
    empty = resident()
    tell, flush = SDKS[name](endpoint)
    for number in range(2000):
        tell(number)
    flush()
    request, whole = 0.0, time.process_time()
    for first in range(0, SPANS, BURST):
        before = time.thread_time()
        for number in range(first, first + BURST):
            tell(number)
        request += time.thread_time() - before
        time.sleep(0.02)
    flush()
    whole = time.process_time() - whole
    memory = resident()
    return {"request": request / SPANS * 1e6, "whole": whole / SPANS * 1e6, "memory": memory, "more": memory - empty}


def start_up(command: Sequence[str | Path], **more: str) -> dict[str, float]:
    """Milliseconds, CPU with all children and wall-clock: the best of some starts of a program that does nothing."""
    environ, found = {**os.environ, **more}, []
    for _ in range(STARTS):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall))
    return {"cpu": min(cpu for cpu, _ in found) * 1e3, "wall": min(wall for _, wall in found) * 1e3}


def starts(commands: Path, endpoint: str) -> dict[str, dict[str, float]]:
    nothing = [commands / "python", "-c", "pass"]
    configured = f"import logfire; logfire.configure(send_to_logfire=False, console=False)  # {endpoint}"
    return {
        "python": start_up(nothing),
        "trivet run": start_up([commands / "trivet", "run", "--", *nothing], TRIVET_ENDPOINT=endpoint),
        "opentelemetry-instrument": start_up(
            [commands / "opentelemetry-instrument", *nothing],
            OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf",
        ),
        "ddtrace-run": start_up([commands / "ddtrace-run", *nothing], DD_TRACE_AGENT_URL=endpoint),
        "logfire.configure()": start_up(
            [commands / "python", "-c", configured], OTEL_EXPORTER_OTLP_ENDPOINT=endpoint
        ),
    }  # fmt: skip


def in_process(python: Path, *arguments: str) -> dict[str, float]:
    command = [python, "-m", *arguments]
    root = Path(__file__).parent.parent
    return json.loads(subprocess.run(command, check=True, stdout=-1, text=True, cwd=root).stdout.splitlines()[-1])


def best(rounds: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    return {name: {part: min(r[name][part] for r in rounds) for part in rounds[0][name]} for name in rounds[0]}


def main() -> None:
    from bench.peers import environment, forgetful

    with environment() as commands, forgetful() as endpoint:
        python = commands / "python"
        found = best([{name: in_process(python, "bench.sdk", name, endpoint) for name in SDKS} for _ in range(ROUNDS)])
        started = starts(commands, endpoint)
    print(f"a span with 10 attributes, best of {ROUNDS} × {SPANS:,}: µs of CPU, MB of memory")
    for name, each in found.items():
        print(_span_line(name, each, found["official"]["whole"]))
    print(f"`python -c pass`, best of {STARTS}: ms, and what is added")
    for name, each in started.items():
        print(_start_line(name, each, started["python"]))
    reached = {
        "whole process ÷ official": found["ours"]["whole"] / found["official"]["whole"],
        "request thread, µs": found["ours"]["request"],
        "start adds, ms": started["trivet run"]["wall"] - started["python"]["wall"],
    }
    for what, value in reached.items():
        print(f"{what}: {value:.2f}, wanted ≤ {WANTED[what]:g}{'' if value <= WANTED[what] else ' — MISSED'}")


def _span_line(name: str, each: Mapping[str, float], official: float) -> str:
    cpu = f"request thread {each['request']:6.1f}   whole process {each['whole']:6.1f} ({each['whole'] / official:.2f})"
    return f"  {name:24} {cpu}   memory {each['memory']:4.0f} (+{each['more']:.0f})"


def _start_line(name: str, each: Mapping[str, float], python: Mapping[str, float]) -> str:
    said = (f"{part} {each[part]:5.0f} (+{each[part] - python[part]:.0f})" for part in each)
    return f"  {name:24} {'   '.join(said)}"


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], sys.argv[2])))
    else:
        main()
