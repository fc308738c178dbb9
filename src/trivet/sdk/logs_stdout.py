"""Lines that a program prints, for programs that log with `print`: wanted by the setting `stdout` only.

What a logging library writes to stdout has been told of as its record, and is left out.
"""

import sys
import threading
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from trivet.sdk.logs import INFO, Log

LOGGERS = frozenset(("logging", "loguru", "structlog", "trivet"))  # who writes there on a record's behalf
LONGEST = 65_536  # characters that are waited for to become a line


class StdoutLogs:
    def __init__(self, log: Log):
        self.log = log
        self._here = threading.local()

    def install(self) -> None:
        if sys.stdout is not None and self.log.floor <= INFO:  # None: a program without a console
            sys.stdout = Heard(sys.stdout, self._hear)  # type: ignore[assignment]

    def _hear(self, text: str, writer: FrameType) -> None:
        if not _is_a_loggers(writer):
            *lines, rest = (getattr(self._here, "begun", "") + text).split("\n")
            if len(rest) > LONGEST:
                lines, rest = [*lines, rest], ""
            self._here.begun = rest
            for line in lines:
                self._tell(line)

    def end(self) -> None:
        """At exit: the line that this thread has begun."""
        self._tell(self._here.__dict__.pop("begun", ""))

    def _tell(self, line: str) -> None:
        if line.strip():
            self.log.write(self.log.record, "stdout", INFO, line.rstrip(), {})


class Heard:
    """The stream itself, but for what is written, which is also heard."""

    def __init__(self, stream: Any, hear: Callable[[str, FrameType], None]):
        self._stream = stream
        self._hear = hear

    def write(self, text: str) -> int:
        written = self._stream.write(text)
        self._hear(text, sys._getframe(1))
        return written

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._stream.write(line)
            self._hear(line, sys._getframe(1))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _is_a_loggers(frame: FrameType | None) -> bool:
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] in LOGGERS:
            return True
        frame = frame.f_back
    return False
