"""Services, one service, and the map of them."""

import re

import pytest
from playwright.sync_api import Page, expect
from ui.address import until_address
from ui.conftest import Visit

from trivet.pipeline import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit: Visit, told: Server) -> Page:
    page = visit(told, "/services").page
    expect(page.locator("tbody tr").first).to_be_visible()
    return page


def row(page: Page, name: str):
    return page.locator("tbody tr").filter(has=page.get_by_role("link", name=name, exact=True))


def test_figures_and_how_they_ran(page: Page):
    line = row(page, "web")
    expect(line).to_contain_text(re.compile(r"/min.*0\.3\s%.*ms"))
    expect(line.locator(".spark").first).to_be_visible()


def test_sorted_by_a_click_on_its_head(page: Page):
    page.get_by_role("button", name="Service", exact=False).first.click()
    until_address(page, sort="name")
    names = page.locator("tbody tr td:first-child").all_inner_texts()
    assert names == sorted(names)


def test_by_keyboard_to_a_service_and_back(page: Page):
    page.keyboard.press("j")
    chosen = page.locator("tbody tr.chosen td").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/services/{chosen}"))
    page.go_back()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_a_service_tells_operations_errors_and_duration(visit: Visit, told: Server):
    page = visit(told, "/services/worker-a").page
    expect(page.get_by_role("heading", name=re.compile("worker-a"))).to_be_visible()
    expect(page.locator("tr").filter(has_text="transcode process").first).to_contain_text("consumer")
    errors = page.locator("section").filter(has=page.get_by_role("heading", name="Errors"))
    expect(errors).to_contain_text("segments could not be loaded")
    expect(page.get_by_role("application", name=re.compile("How long worker-a took"))).to_be_visible()


def test_an_operation_leads_to_its_traces(visit: Visit, told: Server):
    page = visit(told, "/services/web").page
    page.get_by_role("link", name="POST /videos").first.click()
    page.wait_for_url(re.compile("/traces"))
    expect(page.locator(".spacer .trace-line")).to_have_count(1)


def test_the_map_shows_every_service_and_leads_there(page: Page):
    page.get_by_role("button", name="Map").click()
    until_address(page, view="map")
    node = page.get_by_role("link", name=re.compile("^worker-a"))
    expect(node).to_be_visible()
    drawn = page.get_by_role("group", name="Services and their calls").bounding_box()
    assert drawn["width"] > 900, "who calls nobody stands in rows, not in one long column"
    node.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/services/worker-a"))


def test_a_service_that_sent_nothing(visit: Visit, told: Server):
    page = visit(told, "/services/nobody").page
    expect(page.get_by_text("nobody sent nothing in this time range.")).to_be_visible()
