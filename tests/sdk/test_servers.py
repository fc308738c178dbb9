"""Prefork servers and greenlets: every request's span arrives, each worker is a process of its own."""

import socket
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sdk.collector import until

PROGRAMS = Path(__file__).parent / "programs"
GUNICORN = Path(sys.executable).with_name("gunicorn")


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def instances(collector) -> set[str]:
    return {
        pair.value.string_value
        for message in collector.of("/v1/traces")
        for resource_spans in message.resource_spans
        for pair in resource_spans.resource.attributes
        if pair.key == "service.instance.id"
    }


@pytest.mark.parametrize(
    "options",
    [["-w", "2"], ["-w", "2", "--preload"], ["-k", "gthread", "--threads", "4"], ["-w", "2", "-k", "gevent"],
     ["-w", "2", "--max-requests", "4"]],
    ids=["sync", "preload", "threads", "gevent", "recycled"],
)  # fmt: skip
def test_gunicorn(options, collector, port, tmp_path):
    command = [sys.executable, "-m", "trivet", "run", "--endpoint", collector.url, "--", str(GUNICORN), "prefork:app"]
    command += ["-b", f"127.0.0.1:{port}", "--graceful-timeout", "2", *options]  # which its gevent worker often takes

    def answer(path: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as response:
                return response.read()
        except OSError:
            return None

    with subprocess.Popen(command, cwd=PROGRAMS, stderr=subprocess.PIPE, text=True) as server:
        until(lambda: answer("ready"), 20)
        with ThreadPoolExecutor(4) as pool:
            pids = set(pool.map(answer, [f"r{number}" for number in range(20)]))
        server.terminate()
        said = server.stderr.read()
        assert server.wait(20) == 0 and "Traceback" not in said, said
    names = collector.names
    assert None not in pids and {f"GET /r{number}" for number in range(20)} <= set(names)
    assert len(names) == len(set(names)), "nothing twice"
    assert len(instances(collector)) >= len(pids)
    assert collector.resource()["service.name"] == "prefork"


@pytest.mark.parametrize("when", ["before", "after"])
def test_greenlets_keep_their_own_context(when, collector):
    command = [sys.executable, str(PROGRAMS / "greenlets.py"), collector.url, when]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert float(done.stdout.split()[1]) < 0.5, "one greenlet's wait, not fifty"
    spans = {span.span_id: span for span in collector.spans}
    inner = [span for span in spans.values() if span.name == "inner"]
    assert len(spans) == 100 and len(inner) == 50
    for span in inner:
        parent = spans[span.parent_span_id]
        assert (parent.name, parent.trace_id) == ("outer", span.trace_id)
        assert parent.attributes[0].value == span.attributes[0].value
