"""The promise under fire: `kill -9` at random moments while requests come in. Afterwards every acknowledged span is
there, exactly once.

Each round starts the server on the same directory, sends one-span requests over several connections, and kills the
server, or its engine alone, without warning.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.processes import free_port

ROUNDS = 100
SENDERS = 4
PROTOBUF = {"Content-Type": "application/x-protobuf"}


def body(number: int) -> bytes:
    """One span, known by its number; started now, so that it is found in the last hour."""
    now = time.time_ns()
    span = {
        "trace_id": number.to_bytes(16, "big"),
        "span_id": number.to_bytes(8, "big"),
        "name": "under fire",
        "start_time_unix_nano": now,
        "end_time_unix_nano": now + 1000,
    }
    return ExportTraceServiceRequest(resource_spans=[{"scope_spans": [{"spans": [span]}]}]).SerializeToString()


@dataclass
class Server:
    """`trivet up` on a directory, as a user runs it."""

    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    def start(self, **environment: str) -> None:
        command = [sys.executable, "-m", "trivet", "up", "--data", str(self.data), "--grpc", ""]
        self.process = subprocess.Popen(
            [*command, "--http", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | environment,
        )
        if "up at" not in self.process.stdout.readline():
            raise RuntimeError("the server did not start")

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        self.process.stdout.close()

    @property
    def engine(self) -> int:
        """The pid of the engine's process, once there is one: the server may be starting another."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if pid := self._engine():
                return pid
            time.sleep(0.02)
        raise RuntimeError("the server has no engine")

    def _engine(self) -> int | None:
        """The server's child that has the engine's module in its command line."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        for pid in {pid for path in children for pid in path.read_text().split()}:
            if b"trivet.store.engine_http" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
        return None

    def ask(self, path: str, question: dict | None = None) -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            text = json.dumps(question) if question else None
            connection.request("POST" if text else "GET", path, text, {"Content-Type": "application/json"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


class Senders:
    """Send span after span, each number once, and remember which were acknowledged."""

    def __init__(self, server: Server):
        self.acknowledged: set[int] = set()
        self.sent = 0
        self._server = server
        self._lock = threading.Lock()

    @contextmanager
    def sending(self) -> Iterator[None]:
        stop = threading.Event()
        threads = [threading.Thread(target=self._send, args=(stop,)) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _send(self, stop: threading.Event) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=10)
        while not stop.is_set():
            with self._lock:
                self.sent += 1
                number = self.sent
            try:
                connection.request("POST", "/v1/traces", body(number), PROTOBUF)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                stop.wait(0.02)
            else:
                if answer.status == 200:
                    with self._lock:
                        self.acknowledged.add(number)
        connection.close()


def stored(server: Server) -> dict[int, int]:
    """Span number → how often it is stored, asked in SQL so that nothing is folded on the way."""
    found: dict[int, int] = {}
    while True:
        after = max(found, default=0)
        query = (
            f"SELECT span_id, count() FROM spans WHERE name = 'under fire' AND span_id > '{after:016x}' "
            "GROUP BY span_id ORDER BY span_id"
        )
        rows = server.ask("/api/sql", {"query": query, "limit": 1000})["rows"]
        if not rows:
            return found
        found |= {int(span_id, 16): count for span_id, count in rows}


def wait_until_loaded(server: Server, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while server.ask("/api/status")["signals"]["traces"]["lag_s"]:
        if time.monotonic() > end:
            raise RuntimeError("the store did not catch up")
        time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Verdict:
    acknowledged: int
    lost: int
    doubled: int
    unasked: int  # stored though never acknowledged: allowed, the answer was lost


def judge(server: Server, senders: Senders) -> Verdict:
    wait_until_loaded(server)
    found = stored(server)
    return Verdict(
        acknowledged=len(senders.acknowledged),
        lost=len(senders.acknowledged - found.keys()),
        doubled=sum(count > 1 for count in found.values()),
        unasked=len(found.keys() - senders.acknowledged),
    )


def kill_server(server: Server) -> None:
    server.kill()


def kill_engine(server: Server) -> None:
    os.kill(server.engine, signal.SIGKILL)


def under_fire(rounds: int, harm: Callable[[Server], None], directory: Path, seed: int = 1) -> Verdict:
    """`rounds` times: start if need be, send, do harm at a random moment; then look."""
    chance = random.Random(seed)
    server = Server(directory)
    senders = Senders(server)
    for _ in range(rounds):
        if server.process is None or server.process.poll() is not None:
            server.start()
        with senders.sending():
            time.sleep(chance.uniform(0.05, 1.5))
            harm(server)
    if server.process.poll() is not None:
        server.start()
    try:
        return judge(server, senders)
    finally:
        server.stop()


def main() -> None:
    for what, harm, rounds in (("server", kill_server, ROUNDS), ("engine", kill_engine, ROUNDS // 4)):
        with tempfile.TemporaryDirectory() as directory:
            verdict = under_fire(rounds, harm, Path(directory))
        print(f"kill -9 of the {what}, {rounds} rounds: {verdict}", flush=True)


if __name__ == "__main__":
    main()
