"""`trivet demo` as a person runs it: what it shows while it runs, and what is left when it has ended."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.running import eventually, up

from trivet.cli.client import Client

START = 60.0


@contextmanager
def demo(tmp_path: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """The process and its server's URL. Temporary files go below `tmp_path`, so that what is left behind shows.

    It is on a leash of ours, which `communicate` does not know and so does not let go of.
    """
    (tmp_path / "temporary").mkdir()
    environ = {**os.environ, "TMPDIR": str(tmp_path / "temporary"), "DISPLAY": ":99", "BROWSER": "/bin/false"}
    command = ["trivet", "demo", "--http", "127.0.0.1:0", "--no-browser", *arguments]
    leash, held = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "trivet.demo.leash", *command],
        stdin=leash, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ,
    ) as process:  # fmt: skip
        try:
            url = re.search(r"http://\S+", process.stdout.readline())
            assert url, process.stderr.read()
            yield process, url[0]
        finally:
            os.close(leash)
            os.close(held)
            process.communicate()


def left_running(tmp_path: Path) -> list[str]:
    """Command lines of processes that work on our temporary files."""
    lines = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(each.read_text().replace("\0", " "))
        except OSError:  # it has just ended
            pass
    return [line for line in lines if str(tmp_path / "temporary") in line]


def named(out: str, what: str) -> str:
    return re.search(rf"^{what} trace: ([0-9a-f]{{32}})$", out, re.MULTILINE)[1]


def test_one_upload_is_one_trace_and_the_migration_never_completes(tmp_path: Path):
    with demo(tmp_path, "--seconds", "11", "--data", str(tmp_path / "data")) as (process, _):
        out, err = process.communicate(timeout=START)
    assert process.returncode == 0, err
    assert not left_running(tmp_path)
    assert list((tmp_path / "temporary").iterdir()) == []
    with up(tmp_path / "data") as server:
        check_upload(complete(server.url, named(out, "upload"), "UPDATE videos"))
        migration = complete(server.url, named(out, "migration"), "migrate accounts")
    assert "copy batch" in [span["name"] for span in migration["spans"]]
    [top] = [span for span in migration["spans"] if span["name"] == "migrate accounts"]
    assert top["attributes"]["trivet.incomplete"] is True


def complete(url: str, trace_id: str, last: str) -> dict:
    """A trace, once its last span and the parents of all are there."""

    def ask() -> dict | None:
        trace = Client(url).get(f"/api/traces/{trace_id}")
        names = [span["name"] for span in trace["spans"]]
        return trace if last in names and not trace["facts"]["orphans"] else None

    return eventually(ask)


def check_upload(trace: dict) -> None:
    """From the customer's request to the last rendition, across three processes and a queue."""
    spans = {span["span_id"]: span for span in trace["spans"]}
    by_name = {span["name"]: span for span in trace["spans"]}
    assert {span["service"] for span in trace["spans"]} == {"web", "api", "worker"}
    assert [spans[root]["service"] for root in trace["facts"]["roots"]] == ["web"]
    job, sent = by_name["process transcode"], by_name["send transcode"]
    assert (job["kind"], sent["kind"], job["parent_span_id"]) == ("consumer", "producer", sent["span_id"])
    insert = by_name["INSERT videos"]
    assert insert["attributes"]["db.system.name"] == "sqlite" and insert["kind"] == "client"
    records = [record for record in trace["logs"] if record["body"].endswith("is ready")]
    assert len(records) == 3
    for record in records:
        span = spans[record["span_id"]]
        assert int(span["start"]) <= int(record["time"]) <= int(span["start"]) + span["duration"]


def test_a_signal_stops_all_of_it(tmp_path: Path):
    with demo(tmp_path) as (process, _):
        assert left_running(tmp_path)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=START)
    assert process.returncode == 0
    assert time.monotonic() - started < 20
    assert not left_running(tmp_path)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_nothing_outlives_a_demo_that_was_killed(tmp_path: Path):
    with demo(tmp_path) as (process, _):
        process.kill()
        process.communicate()
    assert eventually(lambda: not left_running(tmp_path))


def test_a_calm_demo_migrates_and_fails_nowhere(tmp_path: Path):
    with demo(tmp_path, "--calm", "--seconds", "5", "--data", str(tmp_path / "data")) as (process, _):
        out, err = process.communicate(timeout=START)
    assert process.returncode == 0, err
    with up(tmp_path / "data") as server:
        migration = complete(server.url, named(out, "migration"), "migrate accounts")
        failed = Client(server.url).get("/api/traces", filter="status:error")["traces"]
    assert not [span for span in migration["spans"] if "trivet.incomplete" in span["attributes"]]
    assert failed == []


def test_a_port_in_use_is_said_plainly():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "trivet", "demo", "--http", f"127.0.0.1:{port}", "--no-browser"],
            capture_output=True, text=True, timeout=START,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert f"port {port} on 127.0.0.1 is in use" in done.stderr and "Traceback" not in done.stderr
