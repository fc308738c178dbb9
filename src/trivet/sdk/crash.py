"""The last words of an interpreter that crashes, told by the service's next process.

No code of ours runs in a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT), but faulthandler, which is C, still writes
the stack of every thread: into a file in the spill's directory, which the process holds locked while it lives. A
program that has enabled faulthandler itself keeps its words to itself.
"""

import faulthandler
import fcntl
import os
import re
from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

from trivet import faults
from trivet.sdk.logs import FATAL, Log, Record
from trivet.sdk.spill import Spill

NAME = re.compile(r"(\d+)-([\w.-]{1,64})\.crash")
MOST = 65_536  # bytes of a crash that are told
FIRST = "Fatal Python error: "


class Words(NamedTuple):
    """Of a process that crashed, `at` unix ns."""

    pid: int
    instance: str
    text: str
    at: int


class LastWords:
    def __init__(self, spill: Spill):
        self._spill = spill
        self._file: tuple[Path, int] | None = None  # in a forked child its parent's, until it begins itself
        self._pid = 0  # whose file it is
        self._enable = faulthandler.enable
        self._taken = False  # faulthandler is the app's

    def begin(self, instance: str) -> None:
        """From here on, and in a forked child once more, as the process `instance`."""
        if not self._spill.max_bytes or self._taken or (self._file is None and faulthandler.is_enabled()):
            return
        try:
            self._spill.make_private()
            path = self._spill.directory / f"{os.getpid()}-{re.sub(r'[^0-9A-Za-z.-]', '', instance)[:64]}.crash"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            faults.note(error, "crash")
            return
        self._enable(descriptor)
        if self._file is None:
            self._notice_the_app()
        else:
            os.close(self._file[1])
        self._file, self._pid = (path, descriptor), os.getpid()

    def _notice_the_app(self) -> None:
        @wraps(self._enable)
        def enable_for_the_app(*args: Any, **kwargs: Any) -> None:
            self._taken = True
            self._enable(*args, **kwargs)

        faulthandler.enable = enable_for_the_app

    def of_children(self) -> Iterator[Words]:
        """At an end in order: of a forked child that had nothing else to tell, and so no file of its own."""
        if self._file is not None and self._pid == os.getpid():
            yield from _read(*self._file)

    def remove(self) -> None:
        """The process has ended in order."""
        if self._file is not None and self._pid == os.getpid():
            self._file[0].unlink(missing_ok=True)

    def of_others(self) -> Iterator[Words]:
        """Of processes that are no more; what is told is deleted."""
        for path in sorted(self._spill.directory.glob("*.crash")):
            if self._file is not None and path == self._file[0]:
                continue
            descriptor = Spill.lock(path)
            if descriptor is not None:
                try:
                    yield from _read(path, descriptor)
                    path.unlink(missing_ok=True)
                finally:
                    os.close(descriptor)


def _read(path: Path, descriptor: int) -> Iterator[Words]:
    match, status = NAME.fullmatch(path.name), os.fstat(descriptor)
    if match and status.st_size and status.st_nlink:
        text = os.pread(descriptor, MOST, 0).decode(errors="replace")
        yield Words(int(match[1]), match[2], text, status.st_mtime_ns)


def record_of(log: Log, words: Words) -> Record:
    what = words.text.partition("\n")[0].removeprefix(FIRST)
    attributes = {
        "process.pid": words.pid,
        "service.instance.id": words.instance,
        "exception.type": what,
        "exception.stacktrace": words.text,
    }
    record = log.record("trivet", FATAL, f"process {words.pid} crashed: {what}", attributes)
    record.event_name = "trivet.process.crashed"
    record.time = words.at
    return record
