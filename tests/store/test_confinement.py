"""What the kernel keeps from the engine, whatever a statement says."""

import socket
import subprocess
import sys

import pytest
from running_engine import connected, running_engine

from trivet.store import confinement
from trivet.store.client import EngineError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock is Linux's")

PROBE = """
import os, pathlib, socket, subprocess, sys, threading
from trivet.store.confinement import confine

def tried(what):
    try:
        what()
        return "done"
    except OSError as error:
        return type(error).__name__

data, outside, port = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
print(confine(data))
print(tried(lambda: (data / "new").mkdir()), tried(lambda: (data / "new" / "file").write_text("x")))
print(tried(lambda: (data / "new" / "file").rename(data / "moved")), tried((data / "moved").read_text))
print(tried((outside / "secret").read_text), tried(lambda: (outside / "other").write_text("x")))
print(tried(lambda: os.listdir(outside)), tried(pathlib.Path("/proc/self/environ").read_bytes))
print(tried(lambda: socket.create_connection(("127.0.0.1", port)).close()))
(data / "program").write_text("#!/bin/sh")
(data / "program").chmod(0o755)
print(tried(lambda: subprocess.run(["/bin/true"])), tried(lambda: subprocess.run([data / "program"])))
seen = []
thread = threading.Thread(target=lambda: seen.append(tried((outside / "secret").read_text)))
thread.start(), thread.join()
print(*seen)
"""


@pytest.fixture
def outside(tmp_path):
    directory = tmp_path / "outside"
    directory.mkdir()
    (directory / "secret").write_text("secret")
    return directory


def needs(version: int):
    return pytest.mark.skipif(
        sys.platform != "linux" or confinement._version() < version, reason=f"no Landlock {version} here"
    )


@needs(4)
def test_a_confined_process_keeps_its_data_and_loses_the_rest(tmp_path, outside):
    data = tmp_path / "data"
    data.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-c", PROBE, str(data), str(outside), str(listener.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    refused = "PermissionError"
    assert done.stdout.split("\n")[:-1] == [
        "True", "done done", "done done", f"{refused} {refused}", f"{refused} {refused}", refused,
        f"{refused} {refused}", refused,
    ], done.stderr  # fmt: skip


@needs(4)
def test_the_engine_is_confined_even_for_its_owner(engine, client, outside):
    assert engine.confined
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        for sql in (
            f"SELECT file('{outside}/secret')",
            f"SELECT * FROM file('{outside}/secret', 'LineAsString')",
            f"SELECT 1 INTO OUTFILE '{outside}/out'",
            f"INSERT INTO FUNCTION file('{outside}/out', 'TSV', 'a UInt8') SELECT 1",
            f"SELECT * FROM url('http://127.0.0.1:{port}/', 'LineAsString') SETTINGS http_max_tries = 1",
            f"SELECT * FROM remote('127.0.0.1:{port}', 'system.one') SETTINGS connections_with_failover_max_tries = 1",
            "SELECT file('/proc/self/environ')",
            f"SELECT file('/proc/self/task/{engine.pid}/root/etc/passwd')",
            "SELECT file('/etc/passwd')",
        ):
            with pytest.raises(EngineError) as failed:
                client.command(sql)
            assert "ermission denied" in failed.value.message or failed.value.name == "ALL_CONNECTION_TRIES_FAILED", sql
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.accept()
    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert client.command(f"SELECT file('/proc/self/task/{engine.pid}/mem') FORMAT RawBLOB") == b""


def test_what_the_engine_may_read_of_itself_has_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIVET_TOKEN", "a secret of ours")
    monkeypatch.setenv("VENDOR_KEY", "a secret of somebody else")
    with running_engine(tmp_path) as engine, connected(engine) as client:
        environment = client.command(f"SELECT file('/proc/self/task/{engine.pid}/environ') FORMAT RawBLOB")
    assert b"PATH=" in environment and b"secret" not in environment


def test_a_system_without_it_says_so(monkeypatch):
    monkeypatch.setattr(confinement, "_CREATE_RULESET", 9999)  # a system call that no kernel has
    assert not confinement.confine(confinement.Path("/"))
