"""`python -m trivet.demo.leash`: stops the demo's processes when the demo itself can no longer do so.

Standard input is the leash: the demo writes a line there for each process group that it starts (`+pid signal`) and
that has ended (`-pid`). However the demo ends, by `kill -9` too, the system closes the pipe, and what is still on the
list is asked to stop by its signal, and killed when it has not. Then the directories on it go (`/path`).
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

GRACE_SECONDS = 10.0
KEEPER = ("-m", "trivet.demo.leash")
LOOK_SECONDS = 0.1


class Leash:
    """The demo's end."""

    def __enter__(self) -> Self:
        command = [sys.executable, *KEEPER]
        self._keeper = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, process_group=0)
        return self

    def __exit__(self, *error: object) -> None:
        self._keeper.communicate()

    def hold(self, pid: int, stop: signal.Signals) -> None:
        self._say(f"+{pid} {stop:d}")

    def let_go(self, pid: int) -> None:
        self._say(f"-{pid}")

    def sweep(self, directory: Path) -> None:
        """It is removed when everything has ended."""
        self._say(f"{directory.absolute()}")

    def _say(self, line: str) -> None:
        try:
            print(line, file=self._keeper.stdin, flush=True)
        except OSError:  # killed by somebody: the demo goes on without
            pass


def main() -> None:
    held: dict[int, int] = {}
    directories: list[str] = []
    for line in sys.stdin:
        if line[0] == "/":
            directories.append(line.rstrip("\n"))
            continue
        pid, _, stop = line[1:].partition(" ")
        if line[0] == "+":
            held[int(pid)] = int(stop)
        else:
            held.pop(int(pid), None)
    _end(held)
    for directory in directories:
        shutil.rmtree(directory, ignore_errors=True)


def _end(held: Mapping[int, int]) -> None:
    """All of these groups, by their signals if possible."""
    deadline = time.monotonic() + GRACE_SECONDS
    for pid, stop in held.items():
        send(pid, stop)
    while time.monotonic() < deadline and any(send(pid, 0) for pid in held):
        time.sleep(LOOK_SECONDS)
    for pid in held:
        send(pid, signal.SIGKILL)


def send(group: int, number: int) -> bool:
    """Whether anybody was there to get it; a stopped process wakes up for it."""
    try:
        os.killpg(group, number)
        if number:
            os.killpg(group, signal.SIGCONT)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
