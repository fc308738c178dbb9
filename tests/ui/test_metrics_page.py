"""Metrics: found, drawn as suits their type, split, and led from to traces."""

import re
import time
from collections.abc import Iterator

import pytest
from metrics_by_hand import Metrics
from playwright.sync_api import Page, expect
from telemetry import S, Telemetry
from ui.address import until_address
from ui.conftest import TYPICAL, Visit, send, until_stored

from trivet.pipeline import Server
from trivet.testing.server import running_server
from ui import stories

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
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


@pytest.fixture
def page(visit: Visit, measured: Server) -> Page:
    page = visit(measured, "/metrics-explorer?range=15m").page
    expect(page.locator(".uplot canvas")).to_be_visible()
    return page


def listed(page: Page):
    return page.get_by_role("complementary", name="Metrics")


def test_what_takes_time_is_shown_first_with_its_quantiles(page: Page):
    expect(page.get_by_role("heading", name="http.server.request.duration")).to_be_visible()
    expect(page.get_by_role("img", name="http.server.request.duration: p50, p95, p99 over time")).to_be_visible()


def test_found_by_name_and_walked_by_keys(page: Page):
    page.keyboard.press("f")
    page.keyboard.type("que")
    until_address(page, find="que")
    expect(listed(page).get_by_role("button")).to_have_count(3)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    until_address(page, metric="queue.depth gauge")
    page.keyboard.press("k")
    until_address(page, metric="http.server.request.duration histogram s")


def test_a_counter_is_a_rate(page: Page):
    listed(page).get_by_role("button", name=re.compile("^requests")).click()
    expect(page.get_by_role("img", name="requests: rate over time")).to_be_visible()
    expect(page.locator(".metric-view")).to_contain_text("counter · request · cumulative")


def test_split_and_a_row_filters(page: Page):
    listed(page).get_by_role("button", name=re.compile("^queue.depth")).click()
    split = page.get_by_role("combobox", name="split by")
    split.fill("region")
    split.press("Enter")
    until_address(page, group="region")
    page.locator("tbody tr").filter(has_text="eu").get_by_role("button").click()
    until_address(page, filter="region:eu")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_an_exemplar_opens_its_trace(page: Page):
    expect(page.locator(".line-names")).to_contain_text("1 exemplar")
    box = page.locator(".u-over").bounding_box()
    for x in range(0, int(box["width"]), 4):
        for y in range(0, int(box["height"]), 6):
            page.mouse.click(box["x"] + x, box["y"] + y)
            if "/traces/" in page.url:
                expect(page.locator(".verdict")).to_contain_text("POST /videos")
                return
    pytest.fail("no dot was found")
