"""An app and the real server: what the app did, and what it is doing, as the API tells it."""

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from trivet.pipeline import Server

APP = """
import logging, sys, time, trivet
trivet.start("sdk-app", sys.argv[1], running_after="300ms", metrics_interval="500ms")
@trivet.span("encode {video}", video=7, tags=["a", "b"])
def encode():
    logging.getLogger("app.encoder").warning("slow disk", extra={"disk": "sda"})
    trivet.wide(segments=3)
    trivet.counter("sdk_app_videos").add(1, kind="short")
    try:
        raise ValueError("password=hunter2")
    except ValueError as error:
        trivet.log.exception("encoding failed for {video}", video=7)
with trivet.span("POST /videos") as request:
    encode()
    print(f"{request.get_span_context().trace_id:032x}", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def told(server: Server):
    """The app, waiting inside its request, and the API."""
    command = [sys.executable, "-c", APP, server.url]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as app,
        httpx.Client(base_url=server.url) as api,
    ):
        trace_id = app.stdout.readline().strip()
        yield app, api, f"/api/traces/{trace_id}"
        app.kill()


def wait_for(api: httpx.Client, path: str, wanted: Callable[[Any], Any]) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while True:
        answer = api.get(path)
        if answer.status_code == 200 and wanted(answer.json()):
            return answer.json()
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)


def test_a_span_is_seen_while_it_runs_with_where_it_is(told):
    _, api, path = told
    trace = wait_for(api, path, lambda trace: any(span["running"] for span in trace["spans"]))
    running = next(span for span in trace["spans"] if span["running"])
    assert running["name"] == "POST /videos" and running["running"]["state"] == "running"
    assert running["running"]["stack"][-1] == "<string>:16 <module>" and running["attributes"]["segments"] == 3
    assert running["service"] == "sdk-app"


def test_then_the_whole_trace_with_its_log_records(told):
    app, api, path = told
    app.stdin.write("\n")
    app.stdin.close()
    assert app.wait(20) == 0
    trace = wait_for(
        api, path, lambda trace: len(trace["spans"]) == 2 and not any(s["running"] for s in trace["spans"])
    )
    request, encode = trace["spans"]
    assert (request["name"], encode["name"]) == ("POST /videos", "encode {video}")
    assert encode["parent_span_id"] == request["span_id"] and encode["attributes"] == {"video": 7, "tags": ["a", "b"]}
    slow, failed = trace["logs"]
    assert (slow["body"], slow["severity"], slow["attributes"]["disk"]) == ("slow disk", "warn", "sda")
    assert failed["attributes"]["log.template"] == "encoding failed for {video}"
    assert "hunter2" not in failed["attributes"]["exception.stacktrace"]
    assert {log["span_id"] for log in trace["logs"]} == {encode["span_id"]}
    resource = trace["resources"][encode["resource"]]["attributes"]
    assert resource["telemetry.sdk.name"] == "trivet" and resource["process.pid"] == app.pid
