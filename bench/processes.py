"""Servers to measure, each a process of its own, and what they cost."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Measured:
    """A running server: its name, its OTLP/HTTP port and its process."""

    name: str
    port: int
    process: subprocess.Popen

    @property
    def cpu_seconds(self) -> float:
        """User and system time since it started: the process, its children that live and those that ended."""
        return sum(map(_cpu_seconds, (self.process.pid, *_children(self.process.pid))))

    @property
    def rss_bytes(self) -> int:
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def _children(process: int) -> list[int]:
    lists = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for children in lists for child in children.read_text().split()]


@contextmanager
def trivet_receiving() -> Iterator[Measured]:
    """Our receiver with a real spool, without a store behind it: acknowledged means on disk."""
    with tempfile.TemporaryDirectory(dir=_disk()) as directory:
        port = free_port()
        with _running("trivet", [sys.executable, "-m", "bench.receiver", directory, str(port)], port) as measured:
            yield measured


@contextmanager
def rotel_receiving() -> Iterator[Measured]:
    """The Rust agent from PyPI, which drops what it receives."""
    try:
        import rotel
    except ImportError:  # it has no wheels for the newest Python
        raise SystemExit("rotel, the peer to compare with, is not installed: use Python 3.11 to 3.13") from None
    agent = Path(rotel.__file__).parent / "rotel-agent"
    port, grpc = free_port(), free_port()
    addresses = ["--otlp-http-endpoint", f"127.0.0.1:{port}", "--otlp-grpc-endpoint", f"127.0.0.1:{grpc}"]
    with _running("rotel", [str(agent), "start", "--exporter", "blackhole", *addresses], port) as measured:
        yield measured


@contextmanager
def _running(name: str, command: Sequence[str], port: int) -> Iterator[Measured]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield Measured(name, port, process)
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise RuntimeError(f"{process.args[0]} did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _disk() -> str | None:
    """Somewhere that is a disk: /tmp is memory on some systems, where fsync costs nothing."""
    return os.environ.get("BENCH_DIR")
