"""The server as a command: one line when ready, plain words when not, and ways to stop."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cli.conftest import Story
from cli.running import DEADLINE, Sent, Up, eventually, up, whole
from telemetry import MS, trace_id

from trivet.cli.client import Client


def refused(*arguments: str) -> list[str]:
    """The lines on stderr of a `trivet up` that does not start."""
    done = subprocess.run(
        [sys.executable, "-m", "trivet", "up", "--http", "127.0.0.1:0", "--grpc", "", *arguments],
        capture_output=True, text=True, timeout=DEADLINE,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith("trivet: ") and "Traceback" not in done.stderr
    return done.stderr.splitlines()


def engine_of(pid: int) -> int:
    """The engine's process; a child is listed by the thread that started it."""
    children = [
        child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    [engine] = [int(child) for child in children if "engine" in Path(f"/proc/{child}/cmdline").read_text()]
    return engine


def gone(pid: int) -> bool:
    """Ended; what nobody has waited for yet counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def stopped(server: Up, number: int) -> str:
    """What a server said on stderr that was asked to stop, and did so well and without delay."""
    engine = engine_of(server.process.pid)
    started = time.monotonic()
    status, out, said = server.stop(number)
    assert (status, out) == (0, ""), said
    assert time.monotonic() - started < 15
    assert "Traceback" not in said
    assert eventually(lambda: gone(engine)), "the engine outlived its server"
    return said


def test_what_was_taken_is_there_after_a_restart(tmp_path: Path):
    sent = Sent()
    sent.span(5, 50, "kept", lasts=MS)
    with up(tmp_path / "data") as server:
        assert server.line == f"Trivet is up at {server.url}\n"
        sent.send(server.url)
        said = stopped(server, signal.SIGINT)
    assert f"data in {tmp_path / 'data'}" in said and "OTLP/gRPC at 127.0.0.1:" in said
    with up(tmp_path / "data") as server:
        assert whole(server.url, trace_id(5), spans=1)["spans"][0]["name"] == "kept"


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path):
    config = tmp_path / "trivet.toml"
    config.write_text(f'token = "of the file"\ndata = "{tmp_path / "wrong"}"\nmax_body_bytes = "1kB"\n')
    environ = {"TRIVET_TOKEN": "of the environment", "TRIVET_DATA": str(tmp_path / "also-wrong")}
    with up(tmp_path / "data", "--config", str(config), environ=environ) as server:
        assert Client(server.url, token="of the environment").get("/api/status")["uptime_s"] >= 0
        stopped(server, signal.SIGTERM)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "data.stderr", "trivet.toml"]


def test_a_second_signal_leaves_at_once(tmp_path: Path):
    """The engine stands still, so that stopping takes long."""
    with up(tmp_path / "data") as server:
        engine = engine_of(server.process.pid)
        os.kill(engine, signal.SIGSTOP)
        server.process.send_signal(signal.SIGINT)
        assert eventually(lambda: "once more" in server.said.read_text())
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(DEADLINE) == 130
        os.kill(engine, signal.SIGCONT)
        assert eventually(lambda: gone(engine)), "the engine outlived its server"


def test_a_port_in_use(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused("--data", str(tmp_path / "data"), "--http", f"127.0.0.1:{port}")
    assert f"port {port}" in said[0] and "in use" in said[0]
    assert "--http" in said[1]


def test_a_directory_in_use(story: Story):
    said = refused("--data", str(story.data))
    assert "in use" in said[0] and str(story.data) in said[0]


def test_a_directory_that_is_none(tmp_path: Path):
    (tmp_path / "data").write_text("not a directory")
    assert str(tmp_path / "data") in refused("--data", str(tmp_path / "data"))[0]


def test_the_world_is_not_listened_to_without_a_token(tmp_path: Path):
    said = refused("--data", str(tmp_path / "data"), "--http", "0.0.0.0:0")
    assert "0.0.0.0" in said[0] and "TRIVET_TOKEN" in said[1]


@pytest.mark.parametrize(
    ("flag", "value", "words"),
    [("--segment-bytes", "much", "segment_bytes = 'much'"), ("--config", "missing.toml", "cannot read missing.toml")],
)
def test_a_setting_that_cannot_be_read(flag: str, value: str, words: str):
    assert words in refused(flag, value)[0]


def test_every_setting_is_a_flag():
    help_ = subprocess.run([sys.executable, "-m", "trivet", "up", "--help"], capture_output=True, text=True).stdout
    for flag in ("--data DIR", "--http HOST:PORT", "--tls-cert TEXT", "--max-queries N", "--retention TIME"):
        assert f"  {flag} " in help_
    assert "--forward" not in help_
    for default in ("(trivet-data)", "(64MiB)", "(30d)", "(250ms)", "(8)"):
        assert default in help_


def test_questions_under_way_are_told_that_the_server_stops(tmp_path: Path):
    with up(tmp_path / "data") as server:
        whole, told = (asked(server.url, accept) for accept in ("application/json", "text/event-stream"))
        events = told.getresponse()
        while b"progress" not in events.readline():
            pass
        began = time.monotonic()
        status, _, said = server.stop()
        assert time.monotonic() - began < 4
        answer = whole.getresponse()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert b"the server is stopping" in answer.read()
        rest = events.read()
        whole.close()
        told.close()
    assert b"event: error" in rest and b"the server is stopping" in rest
    assert status == 0 and "Traceback" not in said


def asked(url: str, accept: str) -> http.client.HTTPConnection:
    """A question that takes longer than anybody waits, on its way."""
    query = "SELECT count() FROM numbers(100000) AS a, numbers(1000003) AS b WHERE a.number + b.number = 7"
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=DEADLINE)
    connection.request("POST", "/api/sql", json.dumps({"query": query}), {"Accept": accept})
    return connection
