"""A trace against others: what took longer, and what explains it."""

import re

import pytest
from playwright.sync_api import Page, expect
from telemetry import trace_id
from ui.conftest import SLOW_CHECKOUT, TWO_ROOTS, Visit, trace_path
from ui.test_trace_page import until_search
from ui.test_trace_views import pointed_at

from trivet.pipeline import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit: Visit, told: Server) -> Page:
    page = visit(told, trace_path(SLOW_CHECKOUT, "?view=compare")).page
    expect(page.locator(".explains").first).to_be_visible()
    return page


def explained(page: Page) -> list[str]:
    return [text.replace("\xa0", " ") for text in page.locator(".explains").all_inner_texts()]


def test_the_median_of_its_like_is_what_it_is_held_against(page: Page):
    expect(page.locator(".compare-head")).to_contain_text(
        "350 ms here, 143 ms in the median of 25 others: 207 ms longer."
    )
    first, second, *_ = explained(page)
    assert first.split("\n") == ["SELECT prices", "+147 ms"]
    assert second.split("\n") == ["POST /charge", "+55.0 ms"]


def test_the_picture_says_how_much_longer_and_selects(page: Page):
    page.mouse.click(*pointed_at(page, "SELECT prices"))
    tip = page.locator(".flame-tip")
    expect(tip).to_contain_text("here 190 ms")
    expect(tip).to_contain_text("there 43.0 ms")
    expect(tip).to_contain_text("slower here +147 ms")
    expect(page.get_by_role("region", name="Details").get_by_role("heading", name="SELECT prices")).to_be_visible()


def test_what_is_in_one_alone_is_said(page: Page):
    """The slow one did not ask the cache; two milliseconds of 350 are six pixels wide."""
    box = page.locator(".flame canvas").last.bounding_box()
    y = box["y"] + 2 * 20 + 10
    for x in range(int(box["width"])):
        page.mouse.move(box["x"] + x, y)
        tip = page.locator(".flame-tip")
        if tip.is_visible() and "GET cart" in tip.inner_text():
            break
    expect(page.locator(".flame-tip")).to_contain_text("not here")


def test_against_one_trace_and_against_a_set(page: Page, visit: Visit, told: Server):
    page.get_by_label("against").select_option("trace")
    page.get_by_label("Id of the other trace").fill(f"{told.url}/traces/{trace_id(3000)}?span=1")
    page.get_by_role("button", name="Compare", exact=True).last.click()
    until_search(page, "with", trace_id(3000))
    expect(page.locator(".compare-head")).to_contain_text("350 ms here, 144 ms")
    page.get_by_label("against").select_option("filter")
    expect(page.get_by_label("Filter of the other traces")).to_have_value(
        'root.service:shop root.name:"POST /checkout"'
    )
    page.get_by_role("button", name="Compare", exact=True).last.click()
    until_search(page, "with", "filter")
    expect(page.locator(".compare-head")).to_contain_text("on average of 26 traces")
    again = visit(told, page.url.removeprefix(told.url)).page
    expect(again.locator(".compare-head")).to_contain_text("on average of 26 traces")


def test_a_trace_without_its_like_says_what_to_do(visit: Visit, told: Server):
    page = visit(told, trace_path(TWO_ROOTS, "?view=compare")).page
    expect(page.get_by_role("alert")).to_contain_text("No other trace like this one is stored.")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("by a filter"))


def test_a_wrong_filter_is_said_in_the_servers_words(visit: Visit, told: Server):
    watched = visit(told, trace_path(SLOW_CHECKOUT, "?view=compare&with=filter:service=="))
    expect(watched.page.get_by_role("alert")).to_be_visible()
    watched.forgive("400")
