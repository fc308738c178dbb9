"""The whole demo: a server, the company, its customers, the migration; and the way back down."""

import os
import signal
import sys
import tempfile
import time
import webbrowser
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from trivet.demo import recordings
from trivet.demo.company import SEED, START_SECONDS, Company
from trivet.demo.customers import Customers
from trivet.demo.found import Found
from trivet.demo.leash import Leash
from trivet.demo.processes import Process, Recipe
from trivet.demo.tour import printed
from trivet.errors import CannotStart

CALM_BEFORE_MIGRATION = 60.0  # seconds of ordinary life
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What `trivet demo` was told. `seconds` count from ready, None: for ever; without `data` it is thrown away."""

    calm: bool = False
    seconds: float | None = None
    data: Path | None = None
    http: str | None = None
    browser: bool = True


class Stopped(BaseException):
    """A signal ended the demo; raised in the main thread, wherever it is."""


def show(wishes: Wishes) -> int:
    """Runs until its time is over or a signal comes; the exit status."""
    found = Found()
    with ExitStack() as stack:
        stack.callback(_handle, {number: signal.signal(number, _stop) for number in SIGNALS})
        stack.callback(found.print)
        try:
            return _show(wishes, found, stack)
        except Stopped:
            return 0
        finally:
            _handle(dict.fromkeys(SIGNALS, _leave))


def _show(wishes: Wishes, found: Found, stack: ExitStack) -> int:
    leash = stack.enter_context(Leash())
    directory = _passing_directory(leash, wishes.data)
    server, url = _start_server(stack, leash, wishes, wishes.data or directory / "trivet")
    stack.callback(found.ask)
    customers_left = stack.enter_context(ExitStack())
    company = Company(directory, url, leash, stack, _say)
    customers = Customers(company.open(), recordings.make(directory), SEED, wishes.calm)
    customers.start()
    found.url = url
    found.expect("upload", customers.first_upload.is_set)
    customers_left.callback(customers.leave)
    stack.callback(customers.stop_coming)
    print(f"Trivet is up at {url}", flush=True)
    _say("the company is open; Ctrl-C ends it" + ("" if wishes.data else " and throws the data away"))
    _say("\n".join(printed(url, wishes.calm)))
    _open_browser(url, wishes.browser)
    deadline = time.monotonic() + wishes.seconds if wishes.seconds is not None else None
    _stay(server, min(CALM_BEFORE_MIGRATION, (wishes.seconds or 240) / 4))
    _say("the migration begins" if wishes.calm else "the migration begins; watch the uploads")
    company.start_migration(wishes.calm)
    found.expect("migration")
    stack.callback(customers.stop_coming)  # before the migration ends, and everything gets going again
    return _stay(server, None if deadline is None else max(0.0, deadline - time.monotonic()))


def _start_server(stack: ExitStack, leash: Leash, wishes: Wishes, data: Path) -> tuple[Process, str]:
    """The server and its URL. Its gRPC port is its own affair unless another HTTP address says that several may run."""
    _say("starting the server")
    http = ["--http", wishes.http, "--grpc", ""] if wishes.http else []
    command = [sys.executable, "-m", "trivet", "up", "--data", str(data), *http]
    recipe = Recipe(name="the server", command=command, environ=dict(os.environ), ready=r"(?<= at )https?://\S+")
    server = Process(recipe, leash)
    stack.callback(server.stop, 15.0)
    return server, server.wait_until_ready(START_SECONDS)


def _stay(server: Process, seconds: float | None) -> int:
    """Waits, for ever when `seconds` is None, but not for a server that has ended."""
    deadline = None if seconds is None else time.monotonic() + seconds
    while deadline is None or time.monotonic() < deadline:
        if not server.running:
            raise CannotStart("the server has ended", hint="what it said stands above")
        time.sleep(0.1 if deadline is None else min(0.1, max(0.0, deadline - time.monotonic())))
    return 0


def _passing_directory(leash: Leash, data: Path | None) -> Path:
    """For the company: below the data where that is kept, else with it."""
    if data:
        data.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="company-" if data else "trivet-demo-", dir=data)).absolute()
    leash.sweep(made)
    return made


def _open_browser(url: str, wanted: bool) -> None:
    display = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if wanted and display and os.environ.get("TRIVET_NO_BROWSER", "") in ("", "0"):
        webbrowser.open(url)


def _stop(number: int, frame: FrameType | None) -> None:
    """The first signal."""
    _handle(dict.fromkeys(SIGNALS, _leave))
    if number == signal.SIGINT:
        _say("stopping; once more to leave at once")
    raise Stopped


def _leave(number: int, frame: FrameType | None) -> None:
    """Any later one: the leash stops what is still running."""
    os._exit(128 + number)


def _handle(handlers: Mapping[int, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
