"""Whole programs without a word of telemetry, run by `trivet run` with real servers: each is one trace, and that only.

The whole tree is compared, so that nothing is missing and nothing there twice.
"""

import http.server
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from running_stores import running_postgres
from sdk.collector import Collector, until

from trivet.demo import node as demo_node

PROGRAMS = Path(__file__).parent / "programs"
BIN = Path(sys.executable).parent
TRACE, CALLER = "ab" * 16, "cd" * 8
OF_CELERY = re.compile(r"\[[0-9a-f-]{36}\] (\w+).*", re.DOTALL)  # a task's id, and how long it took
KINDS = {number: name.removeprefix("SPAN_KIND_").lower() for name, number in Span.SpanKind.items()}


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture
def site() -> Iterator[str]:
    """A website that answers every request, and tells nobody."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def traced(collector: Collector, *command: str) -> list[str]:
    return [sys.executable, "-m", "trivet", "run", "--endpoint", collector.url, "--", *command]


def environ(**more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "TRIVET_"))}
    return {**clean, "TRIVET_METRICS": "false", **more}


@contextmanager
def serving(collector: Collector, port: int, *command: str, **more: str) -> Iterator[str]:
    """A server by `trivet run`; it ends by SIGTERM, and everything that it recorded has arrived."""
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(traced(collector, *command), cwd=PROGRAMS, env=environ(**more))
    try:
        until(lambda: server.poll() is not None or answer(f"{url}/ready"), 60)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def answer(url: str, **headers: str) -> bytes | None:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as response:
            return response.read()
    except OSError:
        return None


def asked(url: str) -> bytes | None:
    """As a caller in a trace of its own."""
    return answer(url, traceparent=f"00-{TRACE}-{CALLER}-01")


def tree(collector: Collector, wanted: Callable[[Any], bool] = lambda span: "ready" not in span.name) -> str:
    """Every span by its parent, in the order of their starts, with the log records inside; there is one trace."""
    spans = sorted(filter(wanted, collector.spans), key=lambda span: span.start_time_unix_nano)
    assert len({span.trace_id for span in spans}) == 1, [(span.name, span.trace_id.hex()) for span in spans]
    known, logs, below = {span.span_id for span in spans}, defaultdict(list), defaultdict(list)
    for span in spans:
        below[span.parent_span_id if span.parent_span_id in known else b""].append(span)
    for record in collector.logs:
        if record.span_id in known and not record.event_name:  # reports of running spans are no log lines
            assert record.trace_id == spans[0].trace_id
            logs[record.span_id].append(OF_CELERY.sub(r" \1", record.body.string_value))

    def lines(parent: bytes, depth: int) -> Iterator[str]:
        for span in below[parent]:
            failed = " failed" if span.status.code == 2 else ""
            yield f"{'  ' * depth}{span.name} ({KINDS[span.kind]}{failed})"
            yield from (f"{'  ' * (depth + 1)}“{text}”" for text in logs[span.span_id])
            yield from lines(span.span_id, depth + 1)

    return "\n".join(lines(b"", 0))


def test_fastapi_httpx_sqlalchemy_redis(collector: Collector, redis_url: str, tmp_path: Path):
    with running_postgres(tmp_path) as postgres:
        with psycopg.connect(postgres.dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE orders (id int, amount int)")
            connection.execute("INSERT INTO orders VALUES (3, 6)")
        port = free_port()
        stores = {"DATABASE": postgres.url, "REDIS": redis_url, "SHOP": f"http://127.0.0.1:{port}"}
        uvicorn = [str(BIN / "uvicorn"), "fastapi_shop:app", "--port", str(port), "--no-access-log"]
        with serving(collector, port, *uvicorn, **stores) as url:
            assert asked(f"{url}/orders/3") == b'{"total":42}'
    within_the_request = tree(collector, lambda span: span.trace_id.hex() == TRACE)
    assert within_the_request == (
        "GET /orders/{order} (server)\n"
        "  fastapi.dependencies (internal)\n"
        "  fastapi.endpoint (internal)\n"
        "    “order 3”\n"
        "    SELECT orders (client)\n"
        "    GET (client)\n"
        f'      “HTTP Request: GET {url}/prices "HTTP/1.1 200 OK"”\n'
        "      GET /prices (server)\n"
        "        fastapi.dependencies (internal)\n"
        "        fastapi.endpoint (internal)\n"
        "          “asked for the price”\n"
        "        fastapi.serialization (internal)\n"
        "    SET (client)\n"
        "  fastapi.serialization (internal)"
    )


@pytest.mark.parametrize(("app", "kind"), [("flask_shop", "sync"), ("django_shop", "sync"), ("flask_shop", "gevent")])
def test_gunicorn_prefork_with_sqlite_by_contrib(app: str, kind: str, collector: Collector):
    port = free_port()
    gunicorn = [
        str(BIN / "gunicorn"),
        f"{app}:app",
        "-w",
        "2",
        "-k",
        kind,
        "-b",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
    ]
    with serving(collector, port, *gunicorn) as url:
        assert b"7" in (asked(f"{url}/stock/7") or b"")
    assert tree(collector, lambda span: span.trace_id.hex() == TRACE) == (
        "GET /stock/<int:item> (server)\n  “stock of 7”\n  SELECT (client)"
    )


def test_an_aiohttp_pair(collector: Collector):
    front, back, program = free_port(), free_port(), [sys.executable, "aiohttp_pair.py"]
    with (
        serving(collector, back, *program, str(back)) as behind,
        serving(collector, front, *program, str(front), behind) as url,
    ):
        assert asked(f"{url}/front") == b"7"
    assert tree(collector, lambda span: span.trace_id.hex() == TRACE) == (
        "GET /front (server)\n  “the back says 200”\n  GET (client)\n    GET /back/{item} (server)\n      “asked for 7”"
    )


def test_a_script_with_threads_and_a_child(collector: Collector, site: str):
    command = traced(collector, sys.executable, "script.py", site)
    caller = environ(TRACEPARENT=f"00-{TRACE}-{CALLER}-01")
    subprocess.run(command, cwd=PROGRAMS, env=caller, check=True, timeout=60)
    assert tree(collector) == "GET (client)\nGET (client)\ntrue (internal)"
    assert {span.parent_span_id.hex() for span in collector.spans} == {CALLER}
    said = [(log.body.string_value, log.trace_id.hex(), log.span_id.hex()) for log in collector.logs]
    assert said == [("first says 204", TRACE, CALLER), ("second says 204", TRACE, CALLER)]


def test_a_celery_worker_that_forks(collector: Collector, redis_url: str):
    log = ["--loglevel", "error", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    worker_command = traced(collector, str(BIN / "celery"), "-A", "celery_shop", "worker", "-c", "2", *log)
    worker = subprocess.Popen(worker_command, cwd=PROGRAMS, env=environ(REDIS=redis_url))
    try:
        sender = traced(collector, sys.executable, "celery_shop.py")
        subprocess.run(sender, cwd=PROGRAMS, env=environ(REDIS=redis_url), check=True, timeout=60)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
    sent = next(span for span in collector.spans if span.name == "send encode")
    assert tree(collector, lambda span: span.trace_id == sent.trace_id) == (
        "send encode (producer)\n"
        "  process encode (consumer failed)\n"
        "    “encoding 7”\n"
        "    send encode (producer)\n"
        "      process encode (consumer)\n"
        "        “encoding 7”\n"
        "        “Task encode succeeded”\n"
        "        true (internal)"
    )
    alone = {span.name for span in collector.spans if span.trace_id != sent.trace_id}
    assert not alone, "what Celery asks Redis and the machine for itself"


@pytest.mark.parametrize("imported", ["before", "after"])
def test_contribs_own_start_is_not_doubled(imported: str, collector: Collector, site: str):
    command = traced(collector, sys.executable, "started_themselves.py", site, imported)
    ran = subprocess.run(command, cwd=PROGRAMS, env=environ(), check=True, timeout=60, stdout=-1, text=True)
    layers = [Path(file).parts for file in ran.stdout.splitlines()]
    assert ["instrumentation" in file for file in layers] == [True, False], "theirs, around the library's own"
    assert not any("trivet" in file for file in layers), "ours has let go"
    [scope] = [s for m in collector.of("/v1/traces") for r in m.resource_spans for s in r.scope_spans]
    assert scope.scope.name == "opentelemetry.instrumentation.requests"
    assert [(span.name, KINDS[span.kind]) for span in scope.spans] == [("GET", "client")]


def end(worker: subprocess.Popen) -> None:
    """arq's loses a SIGTERM that comes while it asks Redis, with Trivet or without (1 of 24); it takes the next."""
    worker.send_signal(signal.SIGTERM)
    try:
        worker.wait(15)
    except subprocess.TimeoutExpired:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)


AGAIN_BELOW = """\
send encode (producer)
  process encode (consumer failed)
    “encoding 7”
    send encode (producer)
      process encode (consumer)
        “encoding 7”
        true (internal)"""
AGAIN_BESIDE = """\
send {queue} (producer)
  process {queue} (consumer failed)
    “encoding 7”
  process {queue} (consumer)
    “encoding 7”
    true (internal)"""


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("arq arq_shop.WorkerSettings", AGAIN_BESIDE.format(queue="encode")),
        ("dramatiq dramatiq_shop --processes 1 --threads 2", AGAIN_BESIDE.format(queue="encode")),
        ("huey_consumer huey_shop.huey -w 2 -k process", AGAIN_BESIDE.format(queue="encode")),
        ("rq worker video --url {redis}", AGAIN_BESIDE.format(queue="video")),
        ("saq saq_shop.settings", AGAIN_BESIDE.format(queue="encode")),
        ("taskiq worker taskiq_shop:broker --workers 1", AGAIN_BELOW),
    ],
    ids=lambda value: value.split()[0],
)
def test_a_worker_process(command: str, expected: str, collector: Collector, redis_url: str):
    """Each by its own command; some fork, some start processes, one leaves by `os._exit`."""
    program, *options = command.format(redis=redis_url).split()
    clean = environ(REDIS=redis_url, PYTHONPATH=str(PROGRAMS))
    worker = subprocess.Popen(traced(collector, str(BIN / program), *options), cwd=PROGRAMS, env=clean)
    try:
        sender = traced(collector, sys.executable, f"{program.partition('_')[0]}_shop.py")
        subprocess.run(sender, cwd=PROGRAMS, env=clean, check=True, timeout=60)
    finally:
        end(worker)
    of_the_shop = re.compile(r"\n *“(?!encoding)[^”]*”")  # what the queue itself logs
    assert of_the_shop.sub("", tree(collector)) == expected


def test_a_worker_reports_how_many_jobs_wait(collector: Collector, redis_url: str):
    fill = "import rq, redis, sys; q = rq.Queue('idle', connection=redis.Redis.from_url(sys.argv[1]))"
    waiting = [sys.executable, "-c", f"{fill}; [q.enqueue('time.sleep', 9) for _ in range(3)]", redis_url]
    subprocess.run(waiting, check=True, timeout=60)
    command = traced(collector, str(BIN / "rq"), "worker", "idle", "--url", redis_url, "-w", "rq.SimpleWorker")
    often = environ(TRIVET_METRICS="true", TRIVET_METRICS_INTERVAL="100ms")
    with subprocess.Popen(command, cwd=PROGRAMS, env=often) as worker:
        until(lambda: {"waiting": 2, "delayed": 0} in reported(collector), 30)  # the first report may come before a job
        worker.kill()


def reported(collector: Collector) -> list[dict[str, int]]:
    depths = [each.gauge.data_points for each in collector.metrics if each.name == "trivet.queue.depth"]
    return [{point.attributes[-1].value.string_value: point.as_int for point in points} for points in depths]


def node(collector: Collector, verb: str, redis_url: str) -> None:
    """The same shop in Node, told by OpenTelemetry's own packages."""
    home = demo_node.web(lambda said: None)
    program = Path(home) / "bullmq_shop_of_the_tests.mjs"
    program.write_text((PROGRAMS / "bullmq_shop.mjs").read_text())
    register = ("--require", "@opentelemetry/auto-instrumentations-node/register")
    command = [str(demo_node.NODE), *register, str(program), verb, redis_url.rpartition(":")[2]]
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}
    done = subprocess.run(command, cwd=home, env=environ(**told), capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, -signal.SIGTERM), done.stderr


def python(collector: Collector, verb: str, redis_url: str) -> None:
    command = traced(collector, sys.executable, "bullmq_shop.py", verb)
    subprocess.run(command, cwd=PROGRAMS, env=environ(REDIS=redis_url), check=True, timeout=60)


ATTEMPTS = """\
  process video (consumer failed)
    “encoding 7”
  process video (consumer)
    “encoding 7”
    true (internal)"""


@pytest.mark.node
@pytest.mark.parametrize(
    ("sender", "worker", "attempts"),
    [
        (python, python, ATTEMPTS),
        (node, python, ATTEMPTS),
        (python, node, "\n".join(["  process video (consumer)"] * 2)),  # Node's packages do not say that one failed
    ],
    ids=["in Python", "to Python", "to Node"],
)
def test_bullmq_between_languages(
    sender: Callable, worker: Callable, attempts: str, collector: Collector, redis_url: str
):
    sender(collector, "send", redis_url)
    worker(collector, "work", redis_url)
    theirs = [] if sender is worker is python else ["evalsha", "quit", "delay video", "complete video", "close video"]
    sent = next(span for span in collector.spans if span.name == "add video.encode")
    found = tree(collector, lambda span: span.trace_id == sent.trace_id and span.name not in theirs)
    assert found == f"add video.encode (producer)\n{attempts}"
    alone = {span.name for span in collector.spans if span.trace_id != sent.trace_id}
    assert not alone or node in (sender, worker), "what Python's BullMQ asks Redis for itself"


def test_a_session_of_statements(collector: Collector, site: str):
    """As in a notebook: each statement is told while the session goes on."""
    command = traced(collector, sys.executable, "-iq")
    look = "def look():\n    logging.warning('looking')\n    return requests.get(URL)"
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True, env=environ()) as session:

        def cell(code: str) -> None:
            session.stdin.write(f"{code}\n\n")
            session.stdin.flush()

        cell(f"import logging, requests, trivet\nURL = {site!r}")
        cell("requests.get(URL)")
        until(lambda: collector.names == ["GET"], 20)
        cell(f"@trivet.span('look again')\n{look}")
        cell("look().status_code")
        until(lambda: len(collector.spans) == 3)
        cell("1 / 0")
        cell("with trivet.span('after the mistake'): pass")
        out, errors = session.communicate(timeout=20)
    assert session.returncode == 0 and "204" in out and "ZeroDivisionError" in errors
    assert sorted(collector.names) == ["GET", "GET", "after the mistake", "look again"]
    again = next(span for span in collector.spans if span.name == "look again")
    assert tree(collector, lambda span: span.trace_id == again.trace_id) == (
        "look again (internal)\n  “looking”\n  GET (client)"
    )


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_and_pools_go_on_in_the_trace_and_keep_none(method: str, collector: Collector):
    command = traced(collector, sys.executable, "pools.py", method)
    subprocess.run(command, cwd=PROGRAMS, env=environ(), check=True, timeout=60)
    names = {span.span_id: span.name for span in collector.spans} | {b"": ""}
    said = defaultdict(set)
    for record in (each for each in collector.logs if not each.event_name):
        said[names[record.span_id]].add(record.body.string_value)
    assert said == {
        "first": {"process", "of a class", "pool, first", "threads, first", "executor, first"},
        "second": {"pool, second", "pool, imap", "threads, second", "executor, second"},
        "": {"pool, outside", "threads, outside", "executor, outside"},
    }


@pytest.mark.parametrize(
    ("command", "loggers"),
    [
        ("uvicorn failing_shop:starlette --port {port}", "uvicorn.access uvicorn.error"),
        ("uvicorn failing_shop:fastapi --port {port} --http h11 --loop asyncio", "uvicorn.access uvicorn.error"),
        ("gunicorn failing_shop:flask -b 127.0.0.1:{port} --access-logfile -", "gunicorn.access gunicorn.error"),
        ("gunicorn failing_shop:flask -b 127.0.0.1:{port} -k gthread --threads 2", "gunicorn.error"),
        ("gunicorn failing_shop:flask -b 127.0.0.1:{port} -k gevent", "gunicorn.error"),
    ],
    ids=["starlette", "fastapi", "sync", "gthread", "gevent"],
)
def test_what_a_server_logs_of_a_request_is_in_its_span(command: str, loggers: str, collector: Collector):
    port = free_port()
    program, *options = command.format(port=port).split()
    with serving(collector, port, str(BIN / program), *options) as url:
        assert answer(f"{url}/fail", traceparent=f"00-{TRACE}-{CALLER}-01") is None
    [span] = [each for each in collector.spans if each.kind == Span.SPAN_KIND_SERVER and each.trace_id.hex() == TRACE]
    told, beside = defaultdict(set), set()
    for scope in (s for m in collector.of("/v1/logs") for r in m.resource_logs for s in r.scope_logs):
        for record in scope.log_records:
            told[record.span_id].add(scope.scope.name)
            beside.add(record.body.string_value if not record.span_id else "")
    assert set(loggers.split()) <= told[span.span_id]
    assert not any("/fail" in text or "Exception" in text for text in beside)
    assert any("Shutting down" in text or "term" in text for text in beside), "what is of no request is in none"


def test_django_migrations(collector: Collector):
    command = traced(collector, sys.executable, "django_migrations.py")
    subprocess.run(command, cwd=PROGRAMS, env=environ(), check=True, timeout=60)
    runs = [span for span in collector.spans if span.name == "migrate"]
    first, last = (
        tree(collector, lambda s, run=run: s.trace_id == run.trace_id and "migrate" in s.name) for run in runs
    )
    assert first == (
        "migrate (internal)\n"
        "  migrate contenttypes.0001_initial (internal)\n"
        "  migrate contenttypes.0002_remove_content_type_name (internal)"
    )
    assert last == ("migrate (internal)\n  unmigrate contenttypes.0002_remove_content_type_name (internal)")
