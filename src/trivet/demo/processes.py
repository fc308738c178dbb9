"""Processes of the demo: started, ready when they have said so, stopped in turn, and on the leash meanwhile."""

import queue
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from trivet.demo.leash import Leash, send
from trivet.errors import CannotStart

STOP_SECONDS = 10.0
LAST_LINES = 12  # of its log, that are shown when it cannot start


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a process is started, known to be ready, and asked to stop."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    ready: str  # a pattern in what it prints
    log: Path | None = None  # where that is kept; None: what it says to stderr is for the person at the terminal
    stop: signal.Signals = signal.SIGTERM
    popen: Mapping[str, Any] = field(default_factory=dict)


class Process:
    """A process of its own group, so that Ctrl-C reaches the demo alone, which then stops each in turn."""

    def __init__(self, recipe: Recipe, leash: Leash):
        self.recipe = recipe
        self._leash = leash
        self._child = subprocess.Popen(
            recipe.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if recipe.log else None,
            text=True,
            errors="replace",
            env=recipe.environ,
            process_group=0,
            **recipe.popen,
        )
        leash.hold(self._child.pid, recipe.stop)
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._ready: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(self._child.stdout,), daemon=True)
        self._reader.start()

    def _read(self, stdout: IO[str]) -> None:
        pattern = re.compile(self.recipe.ready)
        with open(self.recipe.log or "/dev/null", "a") as log:
            for line in stdout:
                log.write(line)
                log.flush()
                self._last.append(line)
                if found := pattern.search(line):
                    self._ready.put(found[0])
        self._ready.put(None)

    def wait_until_ready(self, seconds: float) -> str:
        """What of a line matched the recipe's pattern; CannotStart when it ends before, or is not ready in time."""
        name = self.recipe.name
        try:
            found = self._ready.get(timeout=seconds)
        except queue.Empty:
            raise CannotStart(f"{name} was not ready within {seconds:.0f} s", hint=self._said()) from None
        if found is None:
            raise CannotStart(f"{name} ended before it was ready", hint=self._said())
        return found

    def _said(self) -> str:
        if not self.recipe.log:
            return "what it said stands above"
        return "it said last:\n" + "".join(self._last) if self._last else "it said nothing"

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    @property
    def pid(self) -> int:
        return self._child.pid

    def wait(self, seconds: float | None = None) -> int:
        return self._child.wait(seconds)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Asked to stop, it alone: what it started is its own affair, such as the ffmpeg of a job that it finishes.
        Killed, with all of its group, when it is still there after `seconds`."""
        for number in (self.recipe.stop, signal.SIGCONT):  # a frozen one wakes up for it
            self._child.send_signal(number)
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        send(self.pid, signal.SIGKILL)
        self._child.wait()
        self._leash.let_go(self.pid)
        self._reader.join()
        self._child.stdout.close()
