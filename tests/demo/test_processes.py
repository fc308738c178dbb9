"""Started, ready, stopped; and gone when whoever started them is gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trivet.demo.processes import Process
from trivet.errors import CannotStart

HERE = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}


def test_ready_and_stopped():
    server = Process(
        "a server", "http.server", "0", "--bind", "127.0.0.1", environ={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    assert server.line(30).startswith("Serving HTTP on 127.0.0.1 port")
    assert server.running
    server.stop(10)
    assert not server.running


def test_one_that_ends_before_it_is_ready_is_named():
    process = Process("the baker", "stubborn", "--quit", environ=HERE)
    with pytest.raises(CannotStart, match="the baker ended before it was ready"):
        process.line(30)
    process.stop(1)


def test_one_that_says_nothing_in_time_is_named():
    process = Process("the baker", "stubborn", environ=HERE)
    assert process.line(30) == "ready"
    with pytest.raises(CannotStart, match="the baker was not ready within 0 s"):
        process.line(0.1)
    process.stop(0.1)


def test_one_that_does_not_stop_is_killed():
    process = Process("the baker", "stubborn", environ=HERE)
    process.line(30)
    started = time.monotonic()
    process.stop(0.2)
    assert not process.running
    assert time.monotonic() - started < 5


def test_a_leashed_process_ends_with_a_holder_that_was_killed():
    """Both hold the writing end of a pipe; it is at its end when both are gone."""
    reading, writing = os.pipe()
    code = (
        "import subprocess, sys, time;"
        "leashed = [sys.executable, '-m', 'trivet.demo.leash', 'http.server', '0', '--bind', '127.0.0.1'];"
        "subprocess.Popen(leashed, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, close_fds=False);"
        "print('holding', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, pass_fds=[writing])
    os.close(writing)
    assert holder.stdout.readline() == b"holding\n"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    with open(reading, "rb") as gone:
        assert gone.read() == b""  # returns when the leashed process has ended, else the test's time runs out
