"""`trivet demo` as a person runs it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START = 90.0


@contextmanager
def demo(tmp_path: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """The process and its server's URL. Temporary files go below `tmp_path`, so that what is left behind shows."""
    (tmp_path / "temporary").mkdir()
    environ = {**os.environ, "TMPDIR": str(tmp_path / "temporary"), "DISPLAY": ":99", "BROWSER": "/bin/false"}
    command = [sys.executable, "-m", "trivet", "demo", "--http", "127.0.0.1:0", "--no-browser", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ) as process:
        try:
            url = re.search(r"http://\S+", process.stdout.readline())
            assert url, process.stderr.read()
            yield process, url[0]
        finally:
            process.terminate()
            process.communicate()


def left_running(tmp_path: Path) -> list[str]:
    """Command lines of processes that have our directory for temporary files."""
    lines = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if str(tmp_path / "temporary") in (each / "environ").read_text(errors="replace"):
                lines.append((each / "cmdline").read_text().replace("\0", " "))
        except OSError:  # it has just ended
            pass
    return lines


def named(out: str, what: str) -> str:
    return re.search(rf"^{what} trace: ([0-9a-f]{{32}})$", out, re.MULTILINE)[1]
