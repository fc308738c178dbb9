"""A container that starts cold and freezes: what its process is doing, by what the system says of it."""

import os
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cli.running import eventually

from trivet.demo.leash import Leash
from trivet.demo.processes import Process, Recipe

ECHO = str(Path(__file__).parent / "echo.py")


@pytest.fixture
def container(tmp_path: Path) -> Iterator[tuple[Process, str]]:
    with Leash() as leash:
        command = [sys.executable, "-m", "trivet.demo.container", sys.executable, "-u", ECHO]
        recipe = Recipe(
            name="container", command=command, environ=dict(os.environ), ready=r"http://\S+", log=tmp_path / "log"
        )
        process = Process(recipe, leash)
        yield process, process.wait_until_ready(30)
        process.stop()


def inside(container: Process) -> list[int]:
    children = Path(f"/proc/{container.pid}/task/{container.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def state(pid: int) -> str:
    """`T`: stopped; `S`: asleep until something comes."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def ask(url: str, path: str) -> bytes:
    with urllib.request.urlopen(url + path, timeout=30) as answer:
        return answer.read()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux")
def test_it_starts_with_the_first_request_freezes_and_wakes(container: tuple[Process, str]):
    process, url = container
    assert inside(process) == []
    assert ask(url, "/a") == b"/a" * 1000
    [pid] = inside(process)
    eventually(lambda: state(pid) == "T")
    assert ask(url, "/b") == b"/b" * 1000
    assert inside(process) == [pid]


def test_first_requests_that_come_at_once_start_it_once(container: tuple[Process, str]):
    url = container[1]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: ask(url, f"/{number}"), range(8)))
    assert answers == [f"/{number}".encode() * 1000 for number in range(8)]


def test_a_frozen_one_stops_when_asked(container: tuple[Process, str]):
    process, url = container
    ask(url, "/")
    [pid] = inside(process)
    eventually(lambda: state(pid) == "T")
    process.stop(10)
    assert process.wait() == 0
    assert not Path(f"/proc/{pid}").exists()
