"""Explore: a question, its picture, and what is different about a part of it."""

import re

import pytest
from playwright.sync_api import Page, expect
from ui.address import until_address
from ui.conftest import Visit
from ui.test_trace_page import search, until_search

from trivet.pipeline import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit: Visit, told: Server) -> Page:
    page = visit(told, "/explore?range=15m").page
    expect(page.locator(".heatmap canvas")).to_be_visible()
    return page


def drag(page: Page, selector: str, from_: tuple[float, float], to: tuple[float, float]) -> None:
    """From a place to another, in shares of the element's width and height."""
    box = page.locator(selector).bounding_box()

    def place(share: tuple[float, float]) -> tuple[float, float]:
        return box["x"] + share[0] * box["width"], box["y"] + share[1] * box["height"]

    page.mouse.move(*place(from_))
    page.mouse.down()
    page.mouse.move(*place(to), steps=5)
    page.mouse.up()


def test_a_box_on_the_heatmap_asks_what_is_different(page: Page):
    drag(page, ".heatmap", (0.1, 0.02), (0.99, 0.35))
    until_search(page, "box")
    told = re.compile(r"What is different about these [\d,]+\straces?")
    expect(page.get_by_role("heading", name=told)).to_be_visible()
    telling = page.locator(".difference-fields section").first
    first = telling.locator(".difference:enabled").first
    expect(first).to_contain_text("%")
    field = telling.locator("h3").inner_text()
    first.click()
    until_search(page, "filter")
    assert field in search(page)["filter"]
    assert "box" not in search(page)


def test_the_box_by_keyboard(page: Page):
    page.locator(".heatmap").focus()
    page.keyboard.press("ArrowUp")
    for _ in range(30):
        page.keyboard.press("Shift+ArrowUp")
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    until_search(page, "box")
    page.locator(".heatmap").focus()
    page.keyboard.press("Escape")
    until_address(page, box=None)


def test_a_click_opens_example_traces(page: Page):
    page.locator(".heatmap").focus()
    page.goto(page.url + "&filter=name:%22POST%20/videos%22")
    heatmap = page.locator(".heatmap")
    box = heatmap.bounding_box()
    found = None
    for y in range(4, int(box["height"]) - 24, 6):
        for x in range(80, int(box["width"]), 12):
            page.mouse.move(box["x"] + x, box["y"] + y)
            if not page.locator(".cell-said").inner_text().startswith("0 "):
                found = (box["x"] + x, box["y"] + y)
                break
        if found:
            break
    page.mouse.click(*found)
    until_search(page, "at")
    page.locator(".examples").get_by_role("link", name="POST /videos").click()
    expect(page.locator(".verdict")).to_contain_text("POST /videos in web took 182 ms")


def test_lines_and_a_table_whose_rows_filter(page: Page):
    page.get_by_role("button", name="Lines").click()
    until_address(page, view="lines")
    expect(page.get_by_role("img", name=re.compile(r"^p95\(duration\) over time"))).to_be_visible()
    group = page.get_by_role("combobox", name="group by")
    group.fill("service")
    group.press("Enter")
    until_address(page, group="service")
    line = page.locator("tbody tr").filter(has=page.get_by_role("button", name="web", exact=True))
    expect(line).to_contain_text("%")
    line.get_by_role("button").click()
    until_address(page, filter="service:web")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_another_figure_is_calculated(visit: Visit, told: Server):
    page = visit(told, "/explore?view=lines&group=service").page
    calculate = page.get_by_role("combobox", name="calculate")
    calculate.fill("count, max(duration)")
    calculate.press("Enter")
    until_address(page, calculate="count, max(duration)")
    expect(page.get_by_role("columnheader", name="max(duration)")).to_be_visible()
    page.get_by_role("button", name="max(duration)").click()
    until_address(page, calculate="max(duration), count")


def test_log_records_are_counted_too(page: Page):
    page.get_by_label("Signal").select_option("logs")
    until_address(page, signal="logs")
    expect(page.locator("tbody tr").filter(has_text="warn")).to_be_visible()


def test_all_traces_as_one_flame_graph(page: Page):
    page.get_by_role("button", name="Flame graph").click()
    until_address(page, view="flame")
    graph = page.get_by_role("application", name=re.compile("^Flame graph"))
    expect(graph).to_be_visible()
    graph.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    until_search(page, "at")
    page.keyboard.press("0")
    until_address(page, at=None)
    page.get_by_role("button", name="SELECT segments").click()
    until_address(page, focus="postgresql|SELECT segments")
    expect(page.get_by_role("button", name=re.compile("only postgresql › SELECT segments"))).to_be_visible()
    page.get_by_role("button", name="Who calls what takes time").click()
    until_address(page, flame="bottom_up")


def test_nothing_there(visit: Visit, told: Server):
    page = visit(told, "/explore?filter=service:nobody").page
    expect(page.get_by_text("No span matches service:nobody in this time range.")).to_be_visible()
