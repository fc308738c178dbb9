"""The logs page: records, what is about them, patterns, and what arrives while one looks."""

import re
import time

import pytest
from playwright.sync_api import Page, expect
from telemetry import MS, S, Telemetry
from ui.address import until_address
from ui.conftest import Visit, send, until_stored
from ui.test_trace_page import search

from trivet.pipeline import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit: Visit, told: Server) -> Page:
    page = visit(told, "/logs").page
    expect(page.locator(".log-item").nth(5)).to_be_visible()
    return page


def records(page: Page):
    return page.locator(".log-item")


def test_matched_words_are_marked(visit: Visit, told: Server):
    page = visit(told, "/logs?filter=service:worker-a timeout").page
    expect(records(page)).to_have_count(1)
    expect(page.locator("mark")).to_have_text("timeout")


def test_a_record_opens_in_place_and_its_attributes_filter(page: Page):
    page.get_by_role("combobox", name="Filter").fill("retried")
    page.keyboard.press("Enter")
    expect(records(page)).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    details = page.locator(".log-details")
    expect(details).to_contain_text("job 8812 failed, will be retried in 30 s")
    entry = details.locator(".log-entries > div").filter(has_text="retry.in_s")
    entry.get_by_role("button", name="column").click()
    expect(page.get_by_role("columnheader", name="retry.in_s")).to_be_visible()
    expect(records(page).locator(".log-line")).to_contain_text("30")
    entry.get_by_role("button", name="only").click()
    until_address(page, filter="retried retry.in_s:30")
    expect(records(page)).to_have_count(1)


def test_keys_walk_open_fold_and_lead_to_the_trace_and_back(page: Page):
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator('.log-item[aria-selected="true"]')).to_have_attribute("aria-rowindex", "3")
    page.keyboard.press("Enter")
    expect(page.locator(".log-details")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".log-details")).to_have_count(0)
    page.keyboard.press("w")
    until_address(page, wrap="on")
    page.keyboard.press("i")
    expect(page.locator(".verdict")).to_be_visible()
    page.go_back()
    expect(records(page).first).to_be_visible()


def test_around_shows_what_the_same_process_said(visit: Visit, told: Server):
    page = visit(told, "/logs?filter=retried").page
    expect(records(page)).to_have_count(1)
    page.keyboard.press("a")
    until_address(page, filter="service:worker-a")
    expect(page.locator(".log-details")).to_contain_text("job 8812 failed")
    expect(records(page).filter(has_text="loading segments failed")).to_be_visible()
    assert ".." in search(page)["range"]


def test_columns_of_any_field(page: Page):
    page.get_by_role("button", name=re.compile("^Columns")).click()
    page.get_by_label("Add a column").fill("job.id")
    page.keyboard.press("Enter")
    until_address(page, columns="job.id")
    page.get_by_role("button", name="Remove job.id").click()
    expect(page.get_by_role("columnheader", name="job.id")).to_have_count(0)


def test_the_histogram_counts_by_severity(page: Page):
    expect(page.get_by_role("img", name=re.compile("records came, by severity"))).to_be_visible()
    box = page.locator(".histogram").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 20)
    expect(page.locator(".histogram .middle")).to_contain_text(":")


def test_patterns_fold_what_is_alike(visit: Visit, told: Server):
    page = visit(told, "/logs?filter=service:worker-a").page
    page.get_by_role("button", name="Patterns").click()
    until_address(page, view="patterns")
    expect(page.locator(".filter-side")).to_contain_text(re.compile(r"^\d+\spatterns of .*rows\sread"))
    expect(page.get_by_role("button", name="Wrap")).to_be_hidden()
    rows = page.locator(".patterns tbody tr")
    frames = rows.filter(has_text="fps")
    expect(frames).to_have_count(1)
    expect(frames.locator("td").first).to_have_text("40")
    frames.get_by_role("button").click()
    expect(page.locator(".log-item").filter(has_text="fps").first).to_be_visible()


def test_live_records_come_in_above_and_wait_while_one_reads(visit: Visit, empty_server: Server):
    telemetry = Telemetry(time.time_ns() - 60 * S)
    for number in range(120):
        telemetry.log(f"early line {number}", at=number * MS)
    send(empty_server, telemetry)
    until_stored(empty_server)
    page = visit(empty_server, "/logs").page
    expect(records(page).first).to_be_visible()
    page.keyboard.press("l")
    until_address(page, live="on")
    expect(page.get_by_role("button", name="Live", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".live .pulse")).to_be_visible()
    telemetry.log("it arrived", at=50 * S)
    send(empty_server, telemetry)
    expect(records(page).first).to_contain_text("it arrived")
    page.locator(".scroller").evaluate("element => element.scrollTo(0, 480)")
    expect(records(page).filter(has_text="it arrived")).to_have_count(0)
    before = page.locator(".scroller").evaluate("element => element.scrollTop")
    telemetry.log("it waits", at=51 * S)
    send(empty_server, telemetry)
    news = page.get_by_role("button", name=re.compile("1 newer record"))
    expect(news).to_be_visible()
    assert page.locator(".scroller").evaluate("element => element.scrollTop") == before
    news.click()
    expect(records(page).first).to_contain_text("it waits")


def test_from_a_log_line_to_its_place_in_the_trace(visit: Visit, told: Server):
    page = visit(told, "/logs?filter=retried").page
    records(page).first.get_by_role("link", name="in trace").click()
    expect(page.get_by_role("heading", name="Log record")).to_be_visible()
    expect(page.locator(".log-body")).to_have_text("job 8812 failed, will be retried in 30 s")


def test_nothing_found_says_where_there_is_something(visit: Visit, told: Server):
    page = visit(told, "/logs?filter=retried&range=1s").page
    expect(page.get_by_text("No log record matches retried in the last 1 s.")).to_be_visible()
    page.get_by_role("button", name="Show them").click()
    until_address(page, range="7d")
    expect(records(page)).to_have_count(1)
