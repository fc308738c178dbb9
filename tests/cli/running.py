"""`trivet up` as a process, and telemetry sent to it the way any program does."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from telemetry import Telemetry

from trivet.cli.client import Client
from trivet.errors import TrivetError

DEADLINE = 30.0
LEASHED = str(Path(__file__).parent.parent / "leashed.py")


class Sent(Telemetry):
    """Telemetry that goes to a server over OTLP/HTTP."""

    def send(self, url: str) -> None:
        at = urlsplit(url)
        for signal_, request in (("traces", self._traces), ("logs", self._logs)):
            connection = http.client.HTTPConnection(at.hostname, at.port, timeout=DEADLINE)
            headers = {"Content-Type": "application/x-protobuf"}
            connection.request("POST", f"/v1/{signal_}", request.SerializeToString(), headers)
            response = connection.getresponse()
            assert response.status == 200, response.read()
            response.read()
            connection.close()


class Up:
    """A running `trivet up`, on a leash, so that it ends with the tests however they end.

    What it says on stderr is in a file beside its data, which never fills up.
    """

    def __init__(self, data: Path, *arguments: str, environ: dict[str, str] | None = None):
        self.said = data.with_name(f"{data.name}.stderr")
        free = ["--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"]
        with self.said.open("w") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, LEASHED, "trivet", "up", "--data", str(data), *free, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env={**os.environ, **(environ or {})},
            )
        self.line = self.process.stdout.readline()

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+", self.line)
        assert found, f"no URL in {self.line!r}; it said: {self.said.read_text()}"
        return found[0]

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit status, the rest of stdout, stderr."""
        self.process.send_signal(number)
        self.process.wait(DEADLINE)
        return self.process.returncode, self.process.stdout.read(), self.said.read_text()


@contextmanager
def up(data: Path, *arguments: str, environ: dict[str, str] | None = None) -> Iterator[Up]:
    server = Up(data, *arguments, environ=environ)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
        server.process.stdout.close()
        server.process.stdin.close()


def eventually(ask: Callable[[], Any], seconds: float = DEADLINE) -> Any:
    """The first answer that is true; errors of the API count as false until the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if answer := ask():
                return answer
        except TrivetError:
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.05)


def whole(url: str, trace_id: str, spans: int, logs: int = 0) -> Any:
    """A trace, once it has arrived with all its parts."""
    client = Client(url)

    def ask() -> Any:
        trace = client.get(f"/api/traces/{trace_id}")
        return trace if len(trace["spans"]) >= spans and len(trace["logs"]) >= logs else None

    return eventually(ask)
