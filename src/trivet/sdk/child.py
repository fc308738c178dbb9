"""`trivet exec`: any command as one span, with its exit status, what it cost, and the end of its output if it failed.

The command sees what it would see without us: its input, terminals where ours are terminals, one file where stdout
and stderr are one, and its signals. `TRACEPARENT` is handed down, and taken over where there is one.
"""

import fcntl
import os
import pty
import re
import resource
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from opentelemetry.trace import Span, Status, StatusCode, Tracer

from trivet.sdk.carried import handed_down, parent_of
from trivet.sdk.scrub import GONE, is_secret

TAIL_BYTES = 4096
LINGER = 2.0  # seconds that output of what the command left running is waited for
NOT_FOUND, NOT_ALLOWED = 127, 126  # as a shell says it
CI = {
    "cicd.pipeline.run.id": ("GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILDKITE_BUILD_ID", "CIRCLE_WORKFLOW_ID", "BUILD_ID"),
    "cicd.pipeline.name": ("GITHUB_WORKFLOW", "CI_PROJECT_PATH", "BUILDKITE_PIPELINE_SLUG", "JOB_NAME"),
    "cicd.pipeline.task.name": ("GITHUB_JOB", "CI_JOB_NAME", "BUILDKITE_LABEL", "CIRCLE_JOB", "STAGE_NAME"),
}  # fmt: skip


def run_traced(tracer: Tracer, command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run it to its end; its return code as `subprocess` has it: negative is the signal that killed it."""
    with tracer.start_span(span_name(command), parent_of(environ), attributes=_about(command, environ)) as span:
        tail = bytearray()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            code = _run(command, {**environ, **handed_down(span)}, tail)
        except OSError as error:
            code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_ALLOWED
            tail += f"{command[0]}: {error.strerror}\n".encode()
            os.write(2, b"trivet exec: " + tail)
        _describe(span, code, bytes(tail), before)
    return code


def _describe(span: Span, code: int, tail: bytes, before: Any) -> None:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    span.set_attributes(
        {
            "process.exit.code": code if code >= 0 else 128 - code,
            "process.cpu.user": used.ru_utime - before.ru_utime,
            "process.cpu.system": used.ru_stime - before.ru_stime,
            "process.memory.peak": used.ru_maxrss * 1024,  # kilobytes on Linux
        }
    )
    if code:
        ended = f"exit status {code}" if code > 0 else f"killed by {signal.Signals(-code).name}"
        span.set_status(Status(StatusCode.ERROR, ended))
        span.set_attribute("process.output.tail", tail.decode(errors="replace"))


def span_name(command: Sequence[str]) -> str:
    """`/usr/bin/make test -j4` → `make test`: the program, and its verb when there is one."""
    program = os.path.basename(command[0])
    verb = command[1] if len(command) > 1 and re.fullmatch(r"[A-Za-z][\w:.-]{0,31}", command[1]) else ""
    return f"{program} {verb}".strip()


def masked(command: Sequence[str]) -> list[str]:
    """Without the words that follow `--password` and its like; what looks like a secret is scrubbed later anyway."""
    return [GONE if place and _asks_for_secret(command[place - 1]) else word for place, word in enumerate(command)]


def _asks_for_secret(word: str) -> bool:
    return word.startswith("-") and "=" not in word and is_secret(word.lstrip("-"))


def _about(command: Sequence[str], environ: Mapping[str, str]) -> dict[str, Any]:
    about: dict[str, Any] = {"process.command_args": masked(command), "process.working_directory": os.getcwd()}
    for name, variables in CI.items():
        value = next((environ[variable] for variable in variables if environ.get(variable)), None)
        if value:
            about[name] = value
    return about


def _run(command: Sequence[str], environ: Mapping[str, str], tail: bytearray) -> int:
    out = _Copied(1, tail)
    err = out if _same_file(1, 2) else _Copied(2, tail)
    with _signals_passed_on() as passed:
        try:
            process = subprocess.Popen(command, env=environ, stdout=out.theirs, stderr=err.theirs)
        finally:
            for copied in {out, err}:
                copied.start()
        passed.to(process)
        code = process.wait()
    until = time.monotonic() + LINGER
    for copied in {out, err}:
        copied.finish(until)
    return code


def _same_file(one: int, other: int) -> bool:
    try:
        first, second = os.fstat(one), os.fstat(other)
    except OSError:
        return False
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)


class _Passed:
    """Signals on their way to the command; one that comes before there is one waits for it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._early: list[int] = []

    def receive(self, number: int, frame: Any) -> None:
        if self._process is None:
            self._early.append(number)
        elif self._process.poll() is None:
            self._process.send_signal(number)

    def to(self, process: subprocess.Popen) -> None:
        self._process = process
        for number in self._early:
            process.send_signal(number)


@contextmanager
def _signals_passed_on() -> Iterator[_Passed]:
    """Ctrl-C reaches the command by itself, from the terminal; what is sent to us alone is sent on."""
    passed = _Passed()
    # A function that does nothing, and not SIG_IGN, which the command would inherit.
    handlers = {signal.SIGINT: lambda *_: None, signal.SIGTERM: passed.receive, signal.SIGHUP: passed.receive}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield passed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Copied:
    """One of our outputs, as the command's: a pipe, or a terminal of the same size where ours is one.

    A thread copies what comes to where it belongs, and keeps the end of it in `tail`.
    """

    def __init__(self, descriptor: int, tail: bytearray):
        self._to = descriptor
        self._tail = tail
        self._from, self.theirs = _terminal_like(descriptor) if os.isatty(descriptor) else os.pipe()
        self._thread = threading.Thread(target=self._copy, daemon=True)

    def start(self) -> None:
        """The command has its end now; ours would keep the copying from ending."""
        os.close(self.theirs)
        self._thread.start()

    def finish(self, until: float) -> None:
        self._thread.join(max(0.0, until - time.monotonic()))

    def _copy(self) -> None:
        try:
            while data := os.read(self._from, 65_536):
                self._tail += data
                del self._tail[:-TAIL_BYTES]
                while data:
                    data = data[os.write(self._to, data) :]
        except OSError:  # how a terminal says that nobody writes any more; or our own reader has gone
            pass
        os.close(self._from)


def _terminal_like(descriptor: int) -> tuple[int, int]:
    ours, theirs = pty.openpty()
    size = fcntl.ioctl(descriptor, termios.TIOCGWINSZ, b"\0" * 8)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
    modes = termios.tcgetattr(theirs)
    modes[1] &= ~termios.OPOST  # line ends are the real terminal's business
    termios.tcsetattr(theirs, termios.TCSANOW, modes)
    return ours, theirs
