"""A program that leaves in a way, run for real: used by the tests, and by `bench exits` for the table in the docs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

PROGRAM = Path(__file__).parent / "programs" / "leaving.py"


class Way(NamedTuple):
    name: str
    code: int = 0
    recorded: int = 10
    signals: tuple[int, ...] = ()  # sent to the process when it says `ready`, 30 ms apart


# What no process can do anything about: the last ten of twenty spans are recorded in the instant before.
KILLED = [Way("killed", -signal.SIGKILL, recorded=20), Way("crashed", -signal.SIGSEGV, recorded=20)]
OUTAGE = Way("killed_in_an_outage", -signal.SIGKILL)  # which had begun some seconds before
WAYS = [
    Way("normal"),
    Way("exception", 1),
    Way("sys_exit", 3),
    Way("sys_exit_in_thread"),
    Way("open_span"),
    Way("sleep", -signal.SIGTERM, signals=(signal.SIGTERM,)),
    Way("sleep", -signal.SIGHUP, signals=(signal.SIGHUP,)),
    Way("sleep", -signal.SIGINT, signals=(signal.SIGINT,)),
    Way("sleep", -signal.SIGTERM, signals=(signal.SIGTERM, signal.SIGTERM, signal.SIGTERM)),
    Way("sleep_in_thread_too", -signal.SIGTERM, signals=(signal.SIGTERM,)),
    Way("own_handler", -signal.SIGTERM, signals=(signal.SIGTERM,)),
    Way("handler_that_exits", 7, signals=(signal.SIGTERM,)),
    Way("asyncio_signal", signals=(signal.SIGTERM,)),
    Way("os_exit", 5),
    Way("os_exit_in_thread", 6),
    Way("fork", recorded=10),
    Way("fork_without_leaving"),
    Way("process_fork"),
    Way("process_spawn"),
    Way("process_forkserver"),
    Way("pool", recorded=20),
    Way("pools", recorded=30),
    Way("pool_closed", recorded=20),
    Way("executor", recorded=20),
    Way("late"),
    Way("exec_other", 8),
    Way("exec_nobody"),
    Way("many", recorded=20_000),
]


def name(way: Way) -> str:
    return "-".join([way.name, *(signal.Signals(number).name for number in way.signals)])


class Left(NamedTuple):
    code: int
    seconds: float  # from the last line of the program, or the last signal, to its end
    errors: str


def leave(way: Way, endpoint: str, spill: Path, exit_timeout: str = "") -> Left:
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "TRIVET_"))}
    if exit_timeout:
        environ["TRIVET_EXIT_TIMEOUT"] = exit_timeout
    command = [sys.executable, str(PROGRAM), way.name, endpoint, str(spill)]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, env=environ, start_new_session=True) as process:
        left_at = None
        for line in process.stdout:
            if line == "ready\n":
                for number in way.signals:
                    process.send_signal(number)
                    time.sleep(0.03)
                left_at = time.monotonic()
            elif line.startswith("done "):
                left_at = float(line.split()[1])
        errors = process.stderr.read()
        code = process.wait(timeout=20)
        return Left(code, time.monotonic() - left_at, errors)


def spilled(spill: Path) -> int:
    return sum(int(path.name.split("-")[2]) for path in spill.rglob("*-traces-*.otlp.gz"))
