"""`trivet demo` as a person runs it: what it shows while it runs, and what is left when it has ended."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from cli.running import eventually, up
from demo.demos import START, demo, left_running, named

from trivet.cli.client import Client


def test_a_signal_stops_all_of_it(tmp_path: Path):
    with demo(tmp_path) as (process, _):
        assert left_running(tmp_path)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=START)
    assert process.returncode == 0
    assert time.monotonic() - started < 30
    assert not left_running(tmp_path)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_nothing_outlives_a_demo_that_was_killed(tmp_path: Path):
    with demo(tmp_path) as (process, _):
        process.kill()
        process.communicate()
    assert eventually(lambda: not left_running(tmp_path))
    assert eventually(lambda: list((tmp_path / "temporary").iterdir()) == [])


def test_a_calm_demo_migrates_and_fails_nowhere(tmp_path: Path):
    with demo(tmp_path, "--calm", "--seconds", "100", "--data", str(tmp_path / "data")) as (process, url):
        assert eventually(lambda: migrated(url), seconds=100)
        assert eventually(lambda: [line for line in left_running(tmp_path) if ".360p.mp4" in line], seconds=60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=START)
    assert process.returncode == 0, err
    assert not left_running(tmp_path)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert list((tmp_path / "data").glob("company-*")) == []
    with up(tmp_path / "data") as server:
        migration = Client(server.url).get(f"/api/traces/{named(out, 'migration')}")
        failed = Client(server.url).get("/api/traces", filter="status:error")["traces"]
    assert "copy_accounts" in [span["name"] for span in migration["spans"]]
    assert not [span for span in migration["spans"] if "trivet.incomplete" in span["attributes"]]
    assert failed == []


def migrated(url: str) -> list[Any]:
    return Client(url).get("/api/spans", filter='name:"migrate accounts" running:false')["spans"]


def test_a_port_in_use_is_said_plainly():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "trivet", "demo", "--http", f"127.0.0.1:{port}", "--no-browser"],
            capture_output=True, text=True, timeout=START,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert f"port {port} on 127.0.0.1 is in use" in done.stderr and "Traceback" not in done.stderr
