"""The guide docs/guides/first-ten-minutes.md, typed as it stands; only the ports are others."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cli.running import eventually, up

from trivet.cli.client import Client

GUIDE = Path(__file__).parents[2] / "docs/guides/first-ten-minutes.md"
BIN = Path(sys.executable).parent
Json = dict[str, Any]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


class Terminal:
    """A directory, a server, and a port for the program."""

    def __init__(self, where: Path, server: str):
        self.where = where
        self.client = Client(server)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("TRIVET_", "OTEL_", "PYTEST"))
        }
        spill = str(where / "spill")
        addresses = {"TRIVET_ENDPOINT": server, "TRIVET_URL": server, "TRIVET_SPILL_DIR": spill}
        self.environ = {**clean, **addresses, "PATH": f"{BIN}:{os.environ['PATH']}"}

    def words(self, command: str) -> list[str]:
        return shlex.split(command.replace("8000", str(self.port)))

    def type(self, command: str) -> str:
        asked: dict[str, Any] = {"cwd": self.where, "env": self.environ, "timeout": 60}
        return subprocess.run(self.words(command), capture_output=True, text=True, **asked).stdout

    @contextmanager
    def leave_running(self, command: str) -> Iterator[None]:
        program = subprocess.Popen(self.words(command), cwd=self.where, env=self.environ, stderr=subprocess.DEVNULL)
        try:
            eventually(lambda: _answers(self.port))
            yield
        finally:
            eventually(lambda: _interrupted(program))

    def one_trace(self, filter: str) -> Callable[[], Json | None]:
        def ask() -> Json | None:
            found = self.client.get("/api/traces", filter=filter)["traces"]
            return self.client.get(f"/api/traces/{found[0]['trace_id']}") if found else None

        return ask


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _interrupted(program: subprocess.Popen) -> bool:
    """Ctrl-C, and again: the server waits for the request that does not end."""
    program.send_signal(signal.SIGINT)
    try:
        return program.wait(1) is not None
    except subprocess.TimeoutExpired:
        return False


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with up(tmp_path / "data") as server:
        yield Terminal(tmp_path, server.url)


def test_the_guide_from_its_first_line_to_its_last(terminal: Terminal):
    _, run, order, look, trouble, search = (block.strip().splitlines() for block in blocks("sh"))
    shop, better, test = blocks("python")
    (terminal.where / "shop.py").write_text(shop)
    with terminal.leave_running(run[0]):
        assert terminal.type(order[0]) == '{"item":"7","price":1.0}'
        trace = eventually(lambda: _whole(terminal.one_trace('name:"GET /orders/{item}"')()))
        assert terminal.type(look[0]).count(trace["trace_id"]) == 1
        shown = terminal.type(look[1].replace("ID", trace["trace_id"]))
        assert all(each in shown for each in ("GET /orders/{item}", "GET /prices/{item}", "order of 7 for 1.0"))

        terminal.type(trouble[0])
        failed = eventually(terminal.one_trace("status:error event.exception.type:ZeroDivisionError"))
        assert "GET /prices/{item}" in {span["name"] for span in failed["spans"]}
        hanging = subprocess.Popen(
            terminal.words(f"{trouble[1]} --silent".replace("3", "30")), stderr=subprocess.DEVNULL
        )
        try:
            running = eventually(terminal.one_trace("running:true"))
            assert any("asyncio.sleep" in frame or "report" in frame for frame in _stack(running))
        finally:
            hanging.terminate()
            hanging.wait()

    begin, end = shop.index("async def order"), shop.index("async def price")
    changed = better.replace("import trivet\n", "").strip()
    (terminal.where / "shop.py").write_text("import trivet\n" + shop[:begin] + changed + "\n\n\n" + shop[end:])
    with terminal.leave_running(run[0]):
        terminal.type(order[0])
        eventually(lambda: "GET /orders/{item}" in terminal.type(search[0]))

    (terminal.where / "test_shop.py").write_text(test)
    assert "1 passed" in terminal.type("python -m pytest test_shop.py")


def _whole(trace: Json | None) -> Json | None:
    names = {span["name"] for span in trace["spans"]} if trace else set()
    return trace if {"GET /orders/{item}", "GET /prices/{item}"} <= names and trace["logs"] else None


def _stack(trace: Json) -> list[str]:
    return [frame for span in trace["spans"] for frame in (span.get("running") or {}).get("stack", [])]
