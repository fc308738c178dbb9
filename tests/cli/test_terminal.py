"""Colour and progress are for terminals; a pipe gets the data."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

from cli.conftest import Story
from telemetry import trace_id

from trivet.cli.terminal import progress_text


def on_a_terminal(*arguments: str, columns: int, stderr: bool = False) -> tuple[str, str]:
    """What a verb shows on a terminal of that width, which is its stdout, or its stderr; and what the other one got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environ = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, "-m", "trivet", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if stderr else theirs,
        stderr=theirs if stderr else subprocess.PIPE,
        env={**environ, "TERM": "xterm-256color"},
    )
    os.close(theirs)
    with process, os.fdopen(ours, "rb", buffering=0) as terminal:
        shown = b"".join(iter(lambda: read(terminal), b""))
        piped = (process.stdout or process.stderr).read()
    assert process.returncode == 0, piped
    return shown.decode(), piped.decode()


def read(terminal) -> bytes:
    try:
        return terminal.read(65536)
    except OSError:  # the other end has closed
        return b""


def test_a_terminal_gets_colours_and_its_own_width(story: Story):
    shown, _ = on_a_terminal("trace", trace_id(1), "--url", story.url, columns=60)
    assert "\x1b[31m" in shown and "\x1b[36m" in shown
    axis = next(line for line in shown.splitlines() if line.rstrip("\x1b[0m").endswith("1.52 s") and "web" not in line)
    assert len(axis.replace("\x1b[2m", "").replace("\x1b[0m", "").rstrip()) == 60


def test_progress_is_said_on_stderr_and_taken_away(story: Story):
    shown, data = on_a_terminal("trace", trace_id(1), "--url", story.url, columns=80, stderr=True)
    assert "fetching the trace" in shown
    assert "\x1b" not in data and data.startswith("POST /videos")


def test_a_pipe_gets_lines_of_any_length_uncut(story: Story):
    """The environment is given: readline, which pytest imports, puts COLUMNS there behind Python's back."""
    command = [sys.executable, "-m", "trivet", "sql", "SELECT repeat('x', 500) AS x", "--url", story.url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert done.stdout.split() == ["x", "x" * 500]
    assert done.stderr == ""


def test_progress_in_words():
    assert progress_text({"rows": 1_200_000, "total": 40_000_000, "ms": 1}) == "1.20 M of 40.0 M rows"
    assert progress_text({"rows": 10, "total": 10, "ms": 1}) == "10 rows"
