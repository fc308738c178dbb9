"""Started, ready, stopped; and gone when whoever started them is gone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.running import eventually

from trivet.demo.leash import Leash
from trivet.demo.processes import Process, Recipe
from trivet.errors import CannotStart

STUBBORN = str(Path(__file__).parent / "stubborn.py")
SERVER = ("-u", "-m", "http.server", "0", "--bind", "127.0.0.1")


@pytest.fixture
def leash() -> Iterator[Leash]:
    with Leash() as leash:
        yield leash


def recipe(*arguments: str, ready: str, log: Path | None = None) -> Recipe:
    command = [sys.executable, *arguments]
    return Recipe(name="the baker", command=command, environ=dict(os.environ), ready=ready, log=log)


def alive(pid: int) -> bool:
    """Not counting one that has ended and that nobody has asked about yet."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_ready_and_stopped_and_what_it_said_is_kept(leash: Leash, tmp_path: Path):
    server = Process(recipe(*SERVER, ready=r"port \d+", log=tmp_path / "log"), leash)
    assert server.wait_until_ready(30).startswith("port ")
    assert server.running
    server.stop(10)
    assert not server.running
    assert "Serving HTTP on 127.0.0.1" in (tmp_path / "log").read_text()


def test_one_that_ends_before_it_is_ready_is_named_with_its_last_words(leash: Leash, tmp_path: Path):
    process = Process(recipe(STUBBORN, "--quit", ready="baking", log=tmp_path / "log"), leash)
    with pytest.raises(CannotStart, match="the baker ended before it was ready") as failed:
        process.wait_until_ready(30)
    assert "no flour" in failed.value.hint
    process.stop(1)


def test_one_that_says_nothing_in_time_is_named(leash: Leash):
    process = Process(recipe(STUBBORN, "--alone", ready="baking"), leash)
    with pytest.raises(CannotStart, match="the baker was not ready within 0 s"):
        process.wait_until_ready(0.1)
    process.stop(0.1)


def test_one_that_does_not_stop_is_killed_with_its_children(leash: Leash):
    process = Process(recipe(STUBBORN, ready=r"(?<=with )\d+"), leash)
    child = int(process.wait_until_ready(30))
    started = time.monotonic()
    process.stop(0.2)
    assert not process.running
    assert time.monotonic() - started < 5
    eventually(lambda: not alive(child))


def test_one_that_stops_lets_what_it_started_end_in_its_own_time(leash: Leash, tmp_path: Path):
    process = Process(recipe(STUBBORN, "--patient", ready="baking", log=tmp_path / "log"), leash)
    process.wait_until_ready(30)
    process.stop(10)
    assert process.wait() == 0
    assert "the oven ended with 7" in (tmp_path / "log").read_text()


def test_one_that_is_frozen_wakes_up_to_stop(leash: Leash):
    server = Process(recipe(*SERVER, ready="port"), leash)
    server.wait_until_ready(30)
    os.kill(server.pid, signal.SIGSTOP)
    server.stop(10)
    assert server.wait() == -signal.SIGTERM


HOLDER = f"""
import os, sys, time
from trivet.demo.leash import Leash
from trivet.demo.processes import Process, Recipe
leash = Leash().__enter__()
command = [sys.executable, {STUBBORN!r}]
process = Process(Recipe(name="x", command=command, environ=dict(os.environ), ready=r"(?<=with )\\d+"), leash)
print(process.pid, process.wait_until_ready(30), flush=True)
time.sleep(60)
"""


def test_nothing_outlives_a_holder_that_was_killed(monkeypatch: pytest.MonkeyPatch):
    quick = "from trivet.demo import leash\nleash.GRACE_SECONDS = 0.2\nleash.main()"
    code = f"from trivet.demo import leash\nleash.KEEPER = ['-c', {quick!r}]\n" + HOLDER
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        pids = [int(word) for word in holder.stdout.readline().split()]
        assert len(pids) == 2
        holder.send_signal(signal.SIGKILL)
    eventually(lambda: not any(alive(pid) for pid in pids))
