"""Traces as they should not be, and traces of very many records: what is said about them, and what can be read."""

import re

import pytest
from playwright.sync_api import Page, expect
from ui.conftest import (
    BACKWARDS,
    CHATTY,
    MISSING_PARENTS,
    MISSING_ROOT,
    NAMES,
    OUTLIVING,
    QUEUED,
    SKEWED,
    TIMES,
    TWO_ROOTS,
    WIDE,
    ZERO,
    Visit,
    trace_path,
)
from ui.test_trace_page import chosen, until_search

from trivet.pipeline import Server

pytestmark = pytest.mark.browser

VERDICTS = {
    MISSING_ROOT: ("GET /videos in web took 80.0 ms", "root not received", "2 spans without their parent"),
    MISSING_PARENTS: ("POST /orders in shop took 300 ms", "12 spans without their parent"),
    TWO_ROOTS: ("cron: hourly in cron took 90.0 ms. A second root: cron: daily in cron took 200 ms.",),
    SKEWED: ("GET / in edge took 120 ms.", "clocks corrected by up to 4.01 s"),
    ZERO: ("mark in batch took 0 ns.",),
    OUTLIVING: ("POST /jobs in api took 50.0 ms; what it set off ended 290 ms later.",),
    NAMES: ("SegmentAssemblyCoordinator", "First error:", "сформировать отчёт"),
    TIMES: ("GET / in web took 100 ms.", "2 spans dated far away: a clock was wrong", "1 span ended before starting"),
    QUEUED: (
        "POST /exports in web took 90.0 ms; what it set off ended 1 d later, 1 d of it queued.",
        "74 % of the critical path is in postgresql",
    ),
    BACKWARDS: ("ends before it starts in web took 0 ns.", "1 span ended before starting"),
}


@pytest.mark.parametrize("number", VERDICTS)
def test_what_is_wrong_is_said(visit: Visit, told: Server, number: int):
    page = visit(told, trace_path(number)).page
    for said in VERDICTS[number]:
        expect(page.locator(".verdict")).to_contain_text(said)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    for view in "23456":
        page.keyboard.press(view)
    expect(page.locator(".map-node").first).to_be_visible()


def test_missing_parents_are_one_stub_each(visit: Visit, told: Server):
    page = visit(told, trace_path(MISSING_PARENTS)).page
    expect(page.locator(".verdict")).to_contain_text("without their parent")
    stubs = page.get_by_role("treegrid").get_by_role("row").filter(has_text="parent not received")
    expect(stubs).to_have_count(3)


def test_a_wrong_clock_does_not_decide_what_is_on_screen(visit: Visit, told: Server):
    page = visit(told, trace_path(TIMES)).page
    expect(page.locator(".zoom")).to_contain_text("Whole trace")
    expect(page.locator(".status-line")).to_contain_text("at 0,")
    page.keyboard.press("0")
    expect(page.locator(".zoom")).to_have_count(0)


def test_ten_deep_and_ten_thousand_wide(visit: Visit, told: Server):
    page = visit(told, trace_path(WIDE)).page
    expect(page.locator(".verdict")).to_contain_text("10.0 k spans")
    page.keyboard.press("End")
    expect(chosen(page)).to_contain_text("row 229")
    page.keyboard.press("2")
    expect(page.get_by_role("img", name=re.compile("Flame graph in order of time"))).to_be_visible()
    expect(page.get_by_role("region", name="Details").get_by_role("heading", name="row 229")).to_be_visible()


@pytest.fixture
def chatty(visit: Visit, told: Server) -> Page:
    """500 spans, 20,000 records."""
    page = visit(told, trace_path(CHATTY)).page
    expect(page.locator(".verdict")).to_contain_text("20.0 k log records")
    return page


def test_the_right_record_of_20000_is_a_key_away(chatty: Page):
    """The only error among them; its text, its span, its place."""
    chatty.keyboard.press("/")
    chatty.keyboard.type("conflict")
    expect(chatty.locator(".find").get_by_role("status")).to_have_text("1 found")
    chatty.keyboard.press("Enter")
    expect(chosen(chatty)).to_contain_text("index page 300")
    details = chatty.get_by_role("region", name="Details")
    details.get_by_role("button", name=re.compile("mapping conflict")).click()
    expect(details.get_by_role("group").filter(has=chatty.get_by_role("heading", name="Log record"))).to_contain_text(
        "mapping conflict: field duration is both long and text"
    )
    until_search(chatty, "log")


def test_the_one_error_among_20000_is_a_click_away(chatty: Page):
    chatty.locator(".verdict").get_by_role("button", name="1 error").click()
    expect(chosen(chatty)).to_contain_text("index page 300")
    details = chatty.get_by_role("region", name="Details")
    expect(details.locator(".log-body")).to_have_text("mapping conflict: field duration is both long and text")


def test_records_are_read_among_the_spans(chatty: Page):
    chatty.keyboard.press("l")
    expect(chatty.get_by_role("treegrid")).to_contain_text("page 0: document 12 indexed")
    chatty.keyboard.press(">")
    expect(chatty.get_by_role("treegrid").get_by_role("row", selected=True)).to_contain_text("document 12 indexed")
    expect(chatty.get_by_role("region", name="Details")).to_contain_text("warn")


def test_from_the_trace_to_its_records_and_back(chatty: Page):
    chatty.keyboard.press(".")
    until_search(chatty, "log")
    chatty.keyboard.press("L")
    chatty.wait_for_url(re.compile(r"/logs\?.*filter=trace"))
    expect(chatty.get_by_text(re.compile("document 39 indexed")).first).to_be_visible()
    chatty.go_back()
    expect(chatty.get_by_role("heading", name="Log record")).to_be_visible()
