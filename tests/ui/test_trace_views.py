"""The views of one trace: the same selection, search and zoom, seen otherwise."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from ui.conftest import TYPICAL, ZERO, Visit, trace_path
from ui.test_trace_page import until_search

from trivet.pipeline import Server

pytestmark = pytest.mark.browser

VIEWS = ("flame", "left-heavy", "sandwich", "table", "map")
LANE = 20


@pytest.fixture
def page(visit: Visit, told: Server) -> Page:
    page = visit(told, trace_path(TYPICAL)).page
    expect(page.locator("#details .entry").first).to_be_visible()
    return page


def details(page: Page):
    return page.get_by_role("region", name="Details")


def pointed_at(page: Page, text: str) -> tuple[float, float]:
    """Where on the flame the pointer is told this; the picture is searched lane by lane."""
    box = page.locator(".flame canvas").last.bounding_box()
    for lane in range(12):
        for x in range(8, int(box["width"]), 24):
            at = box["x"] + x, box["y"] + lane * LANE + LANE / 2
            page.mouse.move(*at)
            tip = page.locator(".flame-tip")
            if tip.is_visible() and tip.locator("p").first.inner_text() == text:
                return at
    pytest.fail(f"{text} is nowhere in the picture")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_a_key_an_address_and_the_same_selection(page: Page, visit: Visit, told: Server, view: str):
    page.keyboard.press(str(VIEWS.index(view) + 2))
    until_search(page, "view", view)
    expect(page.get_by_role("group", name="View").get_by_role("button", pressed=True)).to_have_text(
        re.compile(view, re.IGNORECASE)
    )
    expect(details(page).get_by_role("heading", name="SELECT segments")).to_be_visible()
    again = visit(told, page.url.removeprefix(told.url)).page
    expect(again.get_by_role("button", pressed=True).first).to_have_text(re.compile(view, re.IGNORECASE))
    page.keyboard.press("1")
    expect(page.get_by_role("treegrid").get_by_role("row", selected=True)).to_contain_text("SELECT segments")


@pytest.mark.parametrize("key", ["2", "3"])
def test_a_click_selects_a_double_click_zooms(page: Page, key: str):
    page.keyboard.press(key)
    at = pointed_at(page, "ffmpeg")
    page.mouse.click(*at)
    expect(details(page).get_by_role("heading", name="ffmpeg")).to_be_visible()
    page.mouse.dblclick(*at)
    expect(page.locator(".zoom")).to_be_visible()
    page.keyboard.press("0")
    expect(page.locator(".zoom")).to_have_count(0)


def test_zoom_in_time_is_kept_between_waterfall_and_flame(page: Page):
    page.keyboard.press("f")
    until_search(page, "zoom")
    zoom = page.locator(".zoom span").inner_text()
    page.keyboard.press("2")
    expect(page.locator(".zoom span")).to_have_text(zoom)
    page.keyboard.press("3")
    expect(page.locator(".zoom")).to_have_count(0)
    page.keyboard.press("1")
    expect(page.locator(".zoom span")).to_have_text(zoom)


def test_arrows_walk_a_flame(page: Page):
    page.keyboard.press("2")
    until_search(page, "view", "flame")
    page.keyboard.press("ArrowUp")
    expect(details(page).get_by_role("heading", name="transcode process")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(details(page).get_by_role("heading", name="SELECT segments")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(details(page).get_by_role("heading", name="ffmpeg")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(details(page).get_by_role("heading", name="SELECT segments")).to_be_visible()


def test_a_sandwich_is_chosen_from_the_list(page: Page):
    page.keyboard.press("4")
    page.get_by_role("button", name="SELECT quota").click()
    until_search(page, "focus", re.escape("postgresql%7CSELECT+quota"))
    pointed_at(page, "POST /internal/videos")
    page.mouse.dblclick(*pointed_at(page, "POST /internal/videos"))
    until_search(page, "focus", re.escape("api%7CPOST+%2Finternal%2Fvideos"))
    pointed_at(page, "transcode publish")


def test_the_table_groups_and_sorts(page: Page):
    page.keyboard.press("5")
    names = page.locator(".groups tbody tr td:first-child")
    expect(names.first).to_have_text(re.compile("SELECT segments"))
    page.get_by_role("button", name="count").click()
    expect(names.first).to_have_text(re.compile("SELECT quota"))
    page.get_by_label("Group by").select_option("service")
    expect(page.locator(".groups tbody tr")).to_have_count(6)
    page.get_by_label("Group by").select_option("db.operation.name")
    expect(names.filter(has_text="INSERT")).to_have_count(1)
    until_search(page, "by", "db.operation.name")
    names.filter(has_text="INSERT").get_by_role("button").click()
    expect(details(page).get_by_role("heading", name="INSERT videos")).to_be_visible()


def test_the_map_shows_services_and_what_goes_between(page: Page):
    page.keyboard.press("6")
    services = page.get_by_role("list", name="Services of this trace")
    expect(services.get_by_role("button")).to_have_count(6)
    expect(services.get_by_role("button", name="postgresql")).to_contain_text("28 spans")
    services.get_by_role("button", name="storage").click()
    expect(details(page).get_by_role("heading", name="GET /videos/8812/source.mov")).to_be_visible()


def test_what_is_searched_stays_searched(page: Page):
    page.keyboard.press("/")
    page.keyboard.type("libx264")
    page.keyboard.press("Enter")
    for key in "23456":
        page.locator("#details").focus()
        page.keyboard.press(key)
        expect(page.locator(".find").get_by_role("status")).to_have_text("1 of 1")


def test_enter_goes_to_what_is_found_later(visit: Visit, told: Server):
    page = visit(told, "/sql").page
    held = []
    hold = held.append
    page.route(re.compile(r"/api/traces/[0-9a-f]+(/find)?(\?|$)"), lambda route: hold(route))
    page.goto(told.url + trace_path(TYPICAL))
    expect(page.get_by_role("treegrid").get_by_role("row").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("libx264")
    page.keyboard.press("Enter")
    expect(page.locator(".find").get_by_role("status")).to_have_text("0 found")
    hold = Route.continue_
    for route in held:
        route.continue_()
    expect(page.locator(".find").get_by_role("status")).to_have_text("1 of 1")


def test_keys_go_from_row_to_row_of_the_table(page: Page):
    page.keyboard.press("5")
    row = page.locator(".groups tr[aria-selected=true]")
    expect(row).to_contain_text("SELECT segments")
    page.keyboard.press("j")
    expect(row).to_contain_text("ffmpeg")
    expect(details(page).get_by_role("heading", name="ffmpeg")).to_be_visible()
    page.keyboard.press("End")
    expect(page.locator(".groups tbody tr").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    expect(row).to_contain_text("SELECT segments")
    page.keyboard.press("ArrowDown")
    expect(row).to_contain_text("ffmpeg")


def test_a_span_is_marked_in_the_table_by_its_group(page: Page):
    page.keyboard.press("Home")
    for _ in range(9):
        page.keyboard.press("j")
    expect(details(page).get_by_role("heading", name="SELECT quota")).to_be_visible()
    page.keyboard.press("5")
    expect(page.locator(".groups tr[aria-selected=true]")).to_contain_text("SELECT quota")


def test_keys_go_through_the_functions_of_a_sandwich(page: Page):
    page.keyboard.press("4")
    chosen = page.locator(".functions button[aria-pressed=true]")
    expect(chosen).to_contain_text("SELECT segments")
    page.keyboard.press("j")
    expect(chosen).to_contain_text("ffmpeg")
    until_search(page, "focus", re.escape("worker-a%7Cffmpeg"))


def test_the_address_holds_what_is_zoomed_folded_and_hidden(page: Page, visit: Visit, told: Server):
    page.keyboard.press("3")
    page.keyboard.press("w")
    until_search(page, "part")
    zoom = page.locator(".zoom span").inner_text()
    again = visit(told, page.url.removeprefix(told.url)).page
    expect(again.locator(".zoom span")).to_have_text(zoom)
    page.keyboard.press("1")
    page.keyboard.press("[")
    until_search(page, "closed", "all")
    page.keyboard.press("c")
    until_search(page, "only", "critical")
    count = page.get_by_role("treegrid").get_attribute("aria-rowcount")
    again = visit(told, page.url.removeprefix(told.url)).page
    expect(again.get_by_role("treegrid")).to_have_attribute("aria-rowcount", count)
    expect(again.get_by_role("button", name="Critical path c")).to_have_attribute("aria-pressed", "true")


def test_what_took_no_time_has_no_width_and_that_is_said(visit: Visit, told: Server):
    page = visit(told, trace_path(ZERO, "?view=left-heavy")).page
    expect(page.locator(".notice")).to_contain_text("Nothing here took any time.")
    page.keyboard.press("4")
    expect(page.locator(".notice")).to_contain_text("Nothing here took any time.")


def test_a_map_of_four_layers_needs_no_scrolling_on_a_small_screen(visit: Visit, told: Server):
    page = visit(told, trace_path(TYPICAL, "?view=map"), viewport={"width": 1024, "height": 768}).page
    expect(page.locator(".map-node")).to_have_count(6)
    held = page.evaluate(
        "(({scrollHeight, clientHeight}) => [scrollHeight, clientHeight])(document.querySelector('.map'))"
    )
    assert held[0] <= held[1]
