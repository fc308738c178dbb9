"""The whole demo: a server, the shop, its customers, the migration; and the way back down."""

import os
import re
import shutil
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

from trivet.demo.customers import Customers
from trivet.demo.database import create
from trivet.demo.processes import Process
from trivet.errors import CannotStart

SEED = 7
START_SECONDS = 60.0
STOP_SECONDS = 15.0
CALM_BEFORE_MIGRATION = 20.0  # seconds of ordinary life
TOKENS = ("TRIVET_TOKEN", "TRIVET_INGEST_TOKEN")
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
    found: dict[str, str] = {}
    with ExitStack() as stack:
        stack.callback(_handle, {number: signal.signal(number, _stop) for number in SIGNALS})
        stack.callback(_print_traces, found)
        try:
            return _show(wishes, found, stack)
        except Stopped:
            return 0
        finally:
            _handle(dict.fromkeys(SIGNALS, _leave))


def _show(wishes: Wishes, found: dict[str, str], stack: ExitStack) -> int:
    shop = _passing_directory(stack)
    server, url = _start_server(stack, wishes, wishes.data or shop / "trivet")
    _say("opening the shop")
    create(shop / "shop.db", SEED)
    common = ("--endpoint", url, "--directory", str(shop))
    api = _start(stack, "api", *common)
    web = _start(stack, "web", *common, "--api", api.line(START_SECONDS))
    _start(stack, "worker", *common).line(START_SECONDS)
    customers = Customers(web.line(START_SECONDS), SEED, wishes.calm)
    customers.start()
    stack.callback(lambda: found.update(upload=customers.uploaded))
    stack.callback(customers.stop)
    print(f"Trivet is up at {url}", flush=True)
    _say("the shop is open; Ctrl-C ends it" + ("" if wishes.data else " and throws the data away"))
    _open_browser(url, wishes.browser)
    deadline = time.monotonic() + wishes.seconds if wishes.seconds is not None else None
    _stay(server, min(CALM_BEFORE_MIGRATION, (wishes.seconds or 60) / 3))
    _say("the migration begins" if wishes.calm else "the migration begins; watch the uploads")
    migrate = _start(stack, "migrate", *common, *(["--calm"] if wishes.calm else []))
    found["migration"] = migrate.line(START_SECONDS)
    return _stay(server, None if deadline is None else max(0.0, deadline - time.monotonic()))


def _start_server(stack: ExitStack, wishes: Wishes, data: Path) -> tuple[Process, str]:
    """The server and its URL. Its gRPC port is its own affair unless another HTTP address says that several may run."""
    _say("starting the server")
    http = ["--http", wishes.http, "--grpc", ""] if wishes.http else []
    server = Process("the server", "trivet", "up", "--data", str(data), *http)
    stack.callback(server.stop, STOP_SECONDS)
    line = server.line(START_SECONDS)
    url = re.search(r"https?://\S+", line)
    if not url:
        raise CannotStart(f"the server said {line!r} instead of its URL")
    return server, url[0]


def _start(stack: ExitStack, name: str, *arguments: str) -> Process:
    process = Process(name, f"trivet.demo.{name}", *arguments, environ=_environment(os.environ))
    stack.callback(process.stop, STOP_SECONDS)
    return process


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The shop's own: a person's telemetry settings are for their programs, but for the tokens that our server asks."""
    return {
        name: value for name, value in environ.items() if name in TOKENS or not name.startswith(("OTEL_", "TRIVET_"))
    }


def _stay(server: Process, seconds: float | None) -> int:
    """Waits, for ever when `seconds` is None, but not for a server that has ended."""
    deadline = None if seconds is None else time.monotonic() + seconds
    while deadline is None or time.monotonic() < deadline:
        if not server.running:
            raise CannotStart("the server has ended", hint="what it said stands above")
        time.sleep(0.1 if deadline is None else min(0.1, max(0.0, deadline - time.monotonic())))
    return 0


def _passing_directory(stack: ExitStack) -> Path:
    made = Path(tempfile.mkdtemp(prefix="trivet-demo-"))
    stack.callback(shutil.rmtree, made, ignore_errors=True)
    return made


def _open_browser(url: str, wanted: bool) -> None:
    display = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if wanted and display and os.environ.get("TRIVET_NO_BROWSER", "") in ("", "0"):
        webbrowser.open(url)


def _print_traces(found: Mapping[str, str]) -> None:
    for name in ("upload", "migration"):
        if found.get(name):
            print(f"{name} trace: {found[name]}", flush=True)


def _stop(number: int, frame: FrameType | None) -> None:
    """The first signal."""
    _handle(dict.fromkeys(SIGNALS, _leave))
    if number == signal.SIGINT:
        _say("stopping; once more to leave at once")
    raise Stopped


def _leave(number: int, frame: FrameType | None) -> None:
    """Any later one: the leashes stop what is still running."""
    os._exit(128 + number)


def _handle(handlers: Mapping[int, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
