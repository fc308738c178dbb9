"""Metrics: found, drawn as suits their type, split, and led from to traces."""

import re
import time

import httpx
import pytest
from cli.running import eventually
from metrics_by_hand import Metrics
from playwright.sync_api import Page, expect
from telemetry import S, Telemetry
from ui.address import until_address
from ui.conftest import Visit, send, until_stored

from trivet.pipeline import Server

pytestmark = pytest.mark.browser


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


def test_a_kept_question_about_a_metric_leads_back_to_it(visit: Visit, measured: Server):
    asked = {"signal": "metrics", "metric": "queue.depth", "calculate": ["max"], "start": "now-15m", "every": "30s"}
    httpx.post(f"{measured.url}/api/query", json=asked, headers={"Trivet-Session": "kept"})
    [entry] = eventually(lambda: httpx.get(f"{measured.url}/api/asked?session=kept").json()["asked"])
    page = visit(measured, entry["link"]).page
    expect(page.get_by_role("img", name="queue.depth: max over time")).to_be_visible()


def test_two_metrics_of_one_name_are_shown_each(visit: Visit, empty_server: Server):
    metrics = Metrics(Telemetry(time.time_ns() - 300 * S))
    metrics.gauge("load", dict.fromkeys(range(0, 300, 15), 7.0))
    metrics.histogram("load", {key: [1] for key in range(0, 300, 15)}, [0.5, 2.0], began=-15, unit="s")
    send(empty_server, metrics.told)
    until_stored(empty_server)
    page = visit(empty_server, "/metrics-explorer?range=15m").page
    listed(page).get_by_role("button", name=re.compile("gauge")).click()
    expect(page.get_by_role("img", name="load: avg over time")).to_be_visible()
    listed(page).get_by_role("button", name=re.compile("histogram")).click()
    expect(page.get_by_role("img", name="load: p50, p95, p99 over time")).to_be_visible()
