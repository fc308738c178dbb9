"""Processes of the demo: started on a leash, ready when they have said so, stopped in turn."""

import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO

from trivet.errors import CannotStart


class Process:
    """One module as a process of its own group, so that Ctrl-C reaches the demo alone, which then stops each in turn.

    What it prints to stdout is for us, line by line; its stderr is ours.
    """

    def __init__(self, name: str, module: str, *arguments: str, environ: Mapping[str, str] | None = None):
        self.name = name
        self._child = subprocess.Popen(
            [sys.executable, "-m", "trivet.demo.leash", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
            process_group=0,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(self._child.stdout,), daemon=True)
        self._reader.start()

    def _read(self, stdout: IO[str]) -> None:
        for line in stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def line(self, seconds: float) -> str:
        """The next line that it prints; CannotStart when it ends, or none comes in time."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise CannotStart(f"{self.name} was not ready within {seconds:.0f} s") from None
        if line is None:
            raise CannotStart(f"{self.name} ended before it was ready", hint="what it said stands above")
        return line

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    def ask_to_stop(self) -> None:
        self._child.terminate()

    def stop(self, seconds: float) -> None:
        """SIGTERM, and SIGKILL for what is still there after `seconds`."""
        self.ask_to_stop()
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._reader.join()
        self._child.stdout.close()
        self._child.stdin.close()
