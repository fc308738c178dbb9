"""Official OpenTelemetry SDKs as senders, each a program of its own: what they say arrives."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from receive.serving import Serving

from trivet.otlp.messages import REQUESTS

CLIENTS = Path(__file__).parent.parent / "clients"
BIN = Path(sys.executable).parent


def run(*command: str, cwd: Path = CLIENTS) -> None:
    """A client says on stderr what it could not send, so it must be silent."""
    environment = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="session")
def node_client() -> Path:
    """The Node program, its packages installed as its lock file says."""
    directory = CLIENTS / "node"
    installed, locked = directory / "node_modules" / ".package-lock.json", directory / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        subprocess.run(
            [BIN / "npm", "ci", "--silent"],
            cwd=directory,
            check=True,
            env=os.environ | {"PATH": f"{BIN}:/usr/bin:/bin"},
        )
        installed.touch()
    return directory / "send.mjs"


def spans(serving: Serving) -> dict[str, Any]:
    requests = map(REQUESTS["traces"].FromString, serving.bodies("traces"))
    return {span.name: span for request in requests for resource in request.resource_spans
            for scope in resource.scope_spans for span in scope.spans}  # fmt: skip


def attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: plain(pair.value) for pair in pairs}


def plain(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(each) for each in value.array_value.values]
    if kind == "kvlist_value":
        return attributes(value.kvlist_value.values)
    return kind and getattr(value, kind)


def check_trace(serving: Serving) -> None:
    found = spans(serving)
    parent, child = found["POST /videos"], found["SELECT"]
    assert (child.trace_id, child.parent_span_id) == (parent.trace_id, parent.span_id)
    assert (parent.kind, child.kind) == (2, 3)
    assert attributes(parent.attributes) == {"ratio": 0.5, "count": 3, "ok": True, "name": "über", "tags": ["a", "b"]}
    assert (child.status.code, child.status.message) == (2, "no such table")
    (event,), (link,) = child.events, child.links
    assert event.name == "exception"
    assert attributes(event.attributes)["exception.message"] in ("cut 😀", "cut \ufffd")
    assert (link.span_id, attributes(link.attributes)) == (parent.span_id, {"why": "test"})
    assert child.end_time_unix_nano >= child.start_time_unix_nano > 1_760_000_000_000_000_000


def check_log(serving: Serving, language: str) -> None:
    (body,) = serving.bodies("logs")
    (resource,) = REQUESTS["logs"].FromString(body).resource_logs
    (record,) = resource.scope_logs[0].log_records
    assert attributes(resource.resource.attributes)["service.name"] == f"{language}-client"
    assert plain(record.body) == {"text": "it failed", "code": 7, "parts": [1, "two", None]}
    assert (record.severity_number, record.severity_text, attributes(record.attributes)) == (17, "ERROR", {"empty": ""})
    parent = spans(serving)["POST /videos"]
    assert (record.trace_id, record.span_id) == (parent.trace_id, parent.span_id)


def check_metrics(serving: Serving) -> None:
    (body,) = serving.bodies("metrics")
    (resource,) = REQUESTS["metrics"].FromString(body).resource_metrics
    found = {metric.name: metric for metric in resource.scope_metrics[0].metrics}
    jobs, waiting, wait, load = (found[name] for name in ("jobs", "waiting", "wait", "load"))
    assert jobs.sum.is_monotonic and not waiting.sum.is_monotonic
    assert (jobs.unit, attributes(jobs.sum.data_points[0].attributes)) == ("{job}", {"queue": "video"})
    assert [number(metric.sum.data_points[0]) for metric in (jobs, waiting)] == [3, -2]
    assert number(load.gauge.data_points[0]) == 0.25
    (point,) = wait.histogram.data_points
    assert (point.count, point.sum, sum(point.bucket_counts)) == (1, 1.5, 1)


def number(point: Any) -> float:
    return getattr(point, point.WhichOneof("value"))


def check(serving: Serving, language: str) -> None:
    check_trace(serving)
    check_log(serving, language)
    check_metrics(serving)
    counts = serving.receiver.counts.signals
    assert {signal: (row.acknowledged, row.rejected) for signal, row in counts.items()} == {
        "traces": (2, 0), "metrics": (4, 0), "logs": (1, 0)
    }  # fmt: skip


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_python_over_http(serving: Serving, compression: str):
    run(sys.executable, "send.py", "http", serving.url, compression)
    check(serving, "python")


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_python_over_grpc(start: Callable[..., Serving], compression: str):
    serving = start(grpc="127.0.0.1:0")
    run(sys.executable, "send.py", "grpc", serving.grpc_target, compression)
    check(serving, "python")


@pytest.mark.node
@pytest.mark.parametrize(("encoding", "compression"), [("json", "none"), ("json", "gzip"), ("protobuf", "gzip")])
def test_node_over_http(serving: Serving, node_client: Path, encoding: str, compression: str):
    run("node", str(node_client), encoding, serving.url, compression)
    check(serving, "node")
