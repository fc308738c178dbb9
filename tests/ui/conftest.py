"""A real browser before a real server; whatever goes wrong in a page fails its test."""

import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from metrics_by_hand import Metrics
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright
from telemetry import MS, S, Telemetry, trace_id
from ui.chromium import ARGUMENTS, find_chromium

from trivet.pipeline import Server
from trivet.testing.server import running_server
from ui import broken, stories

DEADLINE = 20.0
expect.set_options(timeout=DEADLINE * 1000)
TYPICAL, QUICK, ODD, RUNNING, LARGE, CHATTY, HOLDER, WAITER = range(1, 9)
MISSING_ROOT, MISSING_PARENTS, TWO_ROOTS, SKEWED, ZERO, OUTLIVING, WIDE, NAMES, TIMES, QUEUED, BACKWARDS = broken.BROKEN
CHECKOUTS, SLOW_CHECKOUT = range(3000, 3025), 3100


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.path, args=list(ARGUMENTS), env=found.environment)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, what it said on the console, and whom it asked."""

    page: Page
    base: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def forgive(self, text: str) -> None:
        """A refused request is said by the browser itself, whatever the page makes of it."""
        self.said = [said for said in self.said if text not in said]

    def check(self) -> None:
        assert not self.said
        own = urlsplit(self.base).netloc
        assert not [url for url in self.asked if urlsplit(url).netloc != own and not url.startswith("data:")]


Visit = Callable[..., Watched]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens pages of a server, each in a browser profile of its own; checks them all at the end."""
    watched: list[Watched] = []

    def visit(server: Server, path: str = "/", **profile: object) -> Watched:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **profile})
        context.set_default_timeout(DEADLINE * 1000)
        watched.append(Watched(context.new_page(), server.url))
        watched[-1].open(path)
        return watched[-1]

    yield visit
    for each in watched:
        each.check()
        each.page.context.close()


def send(server: Server, telemetry: Telemetry) -> None:
    for signal, body in telemetry.bodies():
        headers = {"content-type": "application/x-protobuf"}
        request = urllib.request.Request(f"{server.url}/v1/{signal}", body, headers)
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200


def until_stored(server: Server) -> None:
    """What was acknowledged is in the tables, and what was sent can be read."""
    deadline = time.monotonic() + DEADLINE
    while any(signal.stored < signal.acknowledged for signal in server.status().signals.values()):
        assert time.monotonic() < deadline, server.status().signals
        time.sleep(0.05)


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has been told the stories; tests only look."""
    with running_server(tmp_path_factory.mktemp("told")) as server:
        telemetry = Telemetry(time.time_ns() - 600 * S)
        stories.post_video(telemetry, TYPICAL, at=500 * S)
        stories.measured(telemetry, TYPICAL, at=500 * S + 100 * MS)
        stories.list_videos(telemetry, QUICK, at=510 * S)
        stories.odd(telemetry, ODD, at=520 * S)
        stories.large(telemetry, LARGE, 3000, at=400 * S)
        for number in range(300):
            stories.list_videos(telemetry, 1000 + number, at=number * S, millis=12 + number % 60)
        for number in CHECKOUTS:
            stories.checkout(telemetry, number, at=(number - 3000) * S)
        stories.checkout(telemetry, SLOW_CHECKOUT, at=100 * S, slow=True)
        for number, tell in broken.BROKEN.items():
            tell(telemetry, number, at=300 * S)
        stories.chatty(telemetry, CHATTY, at=300 * S)
        stories.migration(telemetry, HOLDER, WAITER, at=555 * S)

        stories.running(telemetry, RUNNING, at=555 * S)
        send(server, telemetry)
        until_stored(server)
        yield server


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("measured")) as server:
        telemetry = Telemetry(time.time_ns() - 600 * S)
        stories.post_video(telemetry, TYPICAL, at=300 * S)
        tell_metrics(Metrics(telemetry))
        send(server, telemetry)
        until_stored(server)
        yield server


def tell_metrics(metrics: Metrics) -> None:
    seconds = range(0, 600, 15)
    for region in ("eu", "us"):
        metrics.gauge("queue.depth", {at: float(at % 60) for at in seconds}, attributes={"region": region})
    metrics.sum("requests", {at: at * 3 for at in seconds}, began=-15, unit="{request}")
    durations = {at: [at, at * 2, at // 5] for at in seconds}
    points = metrics.histogram("http.server.request.duration", durations, [0.1, 0.5], began=-15, unit="s")
    span = (TYPICAL << 20) + 1
    points[20].exemplars.add(
        time_unix_nano=points[20].time_unix_nano,
        as_double=0.182,
        trace_id=TYPICAL.to_bytes(16, "big"),
        span_id=span.to_bytes(8, "big"),
    )


def trace_path(number: int, query: str = "") -> str:
    return f"/traces/{trace_id(number)}{query}"
