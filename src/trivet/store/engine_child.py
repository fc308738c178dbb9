"""The parent's view of one engine process: started, asked, stopped, killed."""

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from trivet.errors import CannotStart

OUTPUT_LINES = 200
PASSED_ON = ("PATH", "PYTHON", "VIRTUAL_ENV", "LD_", "DYLD_", "LANG", "LC_", "HOME", "TMPDIR")


class Child:
    """`orders` are what `engine_http` reads on standard input; `fds` are handed down; `ended` is called at its end."""

    def __init__(self, orders: dict[str, Any], fds: list[int], ended: Callable[[], None]):
        self._ended = ended
        self._over = False
        self.output: deque[str] = deque(maxlen=OUTPUT_LINES)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "trivet.store.engine_http"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=fds,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the parent, which stops us when the last block is loaded
        )
        self._collector = threading.Thread(
            target=self._collect, args=(self._process.stderr,), name="engine-output", daemon=True
        )
        self._collector.start()
        self._tell(orders)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return not self._over and self._process.poll() is None

    @property
    def rss_bytes(self) -> int:
        """Resident memory; 0 where /proc does not tell."""
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError):
            return 0

    def wait_ready(self, seconds: float, given_up: threading.Event) -> dict[str, Any]:
        """What the engine says once it answers. CannotStart: it says why not, ends, or takes too long."""
        deadline = time.monotonic() + seconds
        while not select.select([self._process.stdout], [], [], 0.1)[0]:
            if given_up.is_set() or time.monotonic() > deadline:
                raise CannotStart(f"the engine did not answer within {seconds:.0f} s", hint=self.last_words())
        words = json.loads(self._process.stdout.readline() or b"{}")
        if "version" not in words:
            reason = words.get("error") or f"exit status {self._process.wait()}"
            raise CannotStart(f"the engine does not start: {reason}", hint=self.last_words() or None)
        return words

    def last_words(self) -> str:
        return "\n".join(self.output)

    def stop(self, seconds: float) -> None:
        """Close its standard input, the order to end; kill it if it has not after `seconds`."""
        self._process.stdin.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._collector.join()
        self._process.stdin.close()
        self._process.stdout.close()

    def _tell(self, orders: dict[str, Any]) -> None:
        try:
            self._process.stdin.write(json.dumps(orders).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:  # it ended at once; `wait_ready` finds out why
            pass

    def _collect(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                self.output.append(line.decode(errors="replace").rstrip())
        self._over = True
        self._ended()


def _environment() -> dict[str, str]:
    """What Python needs to start, and nothing that could be a secret. chDB shows and reads times in the zone of TZ."""
    return {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)} | {"TZ": "UTC"}
