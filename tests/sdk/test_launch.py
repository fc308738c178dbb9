"""`trivet run -- CMD`: the program is as it was, and what it does arrives."""

import os
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest
from sdk.collector import until

from trivet.errors import CannotStart
from trivet.sdk.explained import explain
from trivet.sdk.launch import BOOTSTRAP, command_of, environment

APP = """
import logging, multiprocessing, os, subprocess, sys
from opentelemetry import trace
def work(name):
    with trace.get_tracer("app").start_as_current_span(name):
        logging.getLogger("app").info("working")
if __name__ == "__main__":
    work("main")
    child = multiprocessing.get_context("spawn").Process(target=work, args=("spawned",))
    child.start(); child.join()
    code = "from opentelemetry import trace; trace.get_tracer('t').start_span('child').end()"
    subprocess.run([sys.executable, "-c", code])
    print(sys.argv[1:], os.environ.get("EXTRA"))
    sys.exit(3)
"""


def trivet(*arguments: str, cwd: Path | None = None, **environ: str) -> subprocess.CompletedProcess:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "TRIVET_"))}
    command = [sys.executable, "-m", "trivet", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env={**clean, **environ}, timeout=30)


@pytest.fixture
def app(tmp_path) -> Path:
    file = tmp_path / "shop.py"
    file.write_text(APP)
    return file


def test_a_program_and_what_it_starts_without_a_change(app, collector, tmp_path):
    done = trivet(
        "run", "--endpoint", collector.url, "--", sys.executable, str(app), "-x", "--service", "y",
        EXTRA="kept", XDG_CACHE_HOME=str(tmp_path),
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (3, "['-x', '--service', 'y'] kept\n", "")
    assert sorted(collector.names) == sorted(["child", "main", "spawned", Path(sys.executable).name])
    assert len(collector.logs) == 2
    services = {
        pair.value.string_value
        for message in collector.of("/v1/traces")
        for pair in message.resource_spans[0].resource.attributes
        if pair.key == "service.name"
    }
    assert services == {"shop"}


def test_a_named_service_is_everybodys(app, collector):
    trivet("run", "--service", "video", "--endpoint", collector.url, str(app))
    assert {collector.resource()["service.name"]} == {"video"} and len(collector.spans) == 4


def test_a_module_as_python_runs_it(app, collector):
    done = trivet("run", "--endpoint", collector.url, "-m", "shop", "-m", "--service", "y", cwd=app.parent)
    assert (done.returncode, done.stdout) == (3, "['-m', '--service', 'y'] None\n") and "main" in collector.names
    assert collector.resource()["service.name"] == "shop"


def test_another_sitecustomize_still_runs(app, collector, tmp_path):
    other = tmp_path / "company"
    other.mkdir()
    (other / "sitecustomize.py").write_text("import os; os.environ['EXTRA'] = 'from sitecustomize'\n")
    done = trivet("run", "--endpoint", collector.url, "--", sys.executable, str(app), PYTHONPATH=str(other))
    assert "from sitecustomize" in done.stdout and "main" in collector.names


def test_a_python_without_trivet_starts_as_if_nothing_had_been_said(tmp_path):
    bare = [sys.executable, "-S", "-c", "import sitecustomize; print('fine')"]
    done = subprocess.run(bare, capture_output=True, text=True, env={"PYTHONPATH": str(BOOTSTRAP)})
    assert (done.stdout, done.stderr) == ("fine\n", "")


def test_who_names_a_python_without_trivet_is_told_once(tmp_path):
    venv.create(tmp_path / "bare", symlinks=True)
    python = str(tmp_path / "bare/bin/python")
    code = "import subprocess, sys; print('fine'); subprocess.run([sys.executable, '-c', 'print(7)'])"
    done = trivet("run", "--", python, "-uc", code)
    assert (done.returncode, done.stdout) == (0, "fine\n7\n")
    assert done.stderr.count("no Trivet in this Python") == 1 and f"{python} -m pip install trivet" in done.stderr


def test_the_console_is_one_word(app, collector):
    done = trivet("run", "--endpoint", collector.url, "--console", "--service", "s", str(app))
    assert [word in done.stderr for word in (" main", "INFO working", " spawned")] == [True] * 3
    assert done.stdout == "[] None\n" and "main" in collector.names


def test_the_environment_says_it_once():
    once = environment({"PYTHONPATH": "/a:/b", "X": "1"}, service="s", endpoint=None)
    ours = {"TRIVET_SERVICE": "s", "TRIVET_RUN": str(os.getpid())}
    assert once == {"PYTHONPATH": f"{BOOTSTRAP}:/a:/b", "X": "1", **ours}
    assert environment(once) == once


def test_commands(tmp_path):
    script = tmp_path / "job.py"
    script.write_text("")
    assert command_of(["--", str(script), "-v"]) == [sys.executable, str(script), "-v"]
    assert command_of(["sh", "-c", "true"])[0].endswith("/sh")
    for wrong in ([], ["--"], ["--", "no-such-program"]):
        with pytest.raises(CannotStart):
            command_of(wrong)


def test_what_cannot_run_is_said_in_plain_words():
    done = trivet("run", "--", "no-such-program")
    assert done.returncode == 2 and "no program 'no-such-program'" in done.stderr
    assert "no file 'missing.py'" in trivet("run", "missing.py").stderr
    done = trivet("run", "--servce", "x", "--", "true")
    assert (
        done.returncode == 2
        and "usage: trivet run" in done.stderr
        and "unrecognized arguments: --servce" in done.stderr
    )


def test_explain_says_what_would_be_sent_where():
    lines = explain(
        ["python", "-m", "shop.web"], {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1", "OTEL_LOGS_EXPORTER": "none"}
    )
    assert lines == ["traces: http://c:1/v1/traces", "metrics: http://c:1/v1/metrics", "service.name: web"]
    done = trivet("run", "--service", "s", "--explain", "--", "sh", TRIVET_RUNNING_AFTER="soon")
    assert done.returncode == 0 and "service.name: s" in done.stdout and "problem: setting running_after" in done.stdout
    assert "problem" in explain(["sh"], {"TRIVET_ENDPOINT": "gopher://x"})[0]


def test_a_root_joins_the_trace_that_started_the_process(app, collector):
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    trivet("run", "--endpoint", collector.url, str(app), TRACEPARENT=traceparent)
    assert {span.trace_id.hex() for span in collector.spans} == {"0af7651916cd43dd8448eb211c80319c"}


def test_it_adds_little_to_the_start_of_python():
    def seconds(*command: str) -> float:
        def once() -> float:
            before = time.perf_counter()
            subprocess.run(command, check=True, env={**os.environ, "TRIVET_SPILL_MAX_BYTES": "0"})
            return time.perf_counter() - before

        return min(once() for _ in range(4))

    plain = seconds(sys.executable, "-c", "pass")
    with_us = seconds(
        sys.executable, "-m", "trivet", "run", "--endpoint", "http://127.0.0.1:1", "--", sys.executable, "-c", "pass"
    )
    assert with_us - plain < 1.0, "0.3 s are promised; a busy machine takes its share"


def test_uvicorn_with_workers(collector, tmp_path):
    (tmp_path / "web.py").write_text(
        "from opentelemetry import trace\n"
        "async def app(scope, receive, send):\n"
        "    if scope['type'] != 'http': raise NotImplementedError\n"
        "    with trace.get_tracer('web').start_as_current_span('GET /'):\n"
        "        await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "        await send({'type': 'http.response.body', 'body': b'ok'})\n"
    )
    import socket
    import urllib.request

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    uvicorn = Path(sys.executable).with_name("uvicorn")
    command = [sys.executable, "-m", "trivet", "run", "--endpoint", collector.url, "--", str(uvicorn), "web:app"]
    command += ["--workers", "2", "--port", str(port), "--lifespan", "off"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as server:

        def answers() -> bool:
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read() == b"ok"
            except OSError:
                return False

        until(answers, 20)
        for _ in range(9):
            assert answers()
        server.terminate()
        server.stderr.read()
        assert server.wait(20) in (0, -15)
    assert len(collector.spans) >= 10 and collector.resource()["service.name"] == "web"
    assert any("GET / HTTP" in log.body.string_value for log in collector.logs), "uvicorn's access log"
