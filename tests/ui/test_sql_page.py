"""SQL: written, run, seen as rows and as lines."""

import re

import pytest
from playwright.sync_api import Page, expect
from ui.address import until_address
from ui.conftest import Visit

from trivet.pipeline import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit: Visit, told: Server) -> Page:
    return visit(told, "/sql").page


def write(page: Page, statement: str) -> None:
    page.get_by_label("SQL statement").fill(statement)
    page.keyboard.press("Control+Enter")


def test_it_runs_and_is_in_the_address(page: Page, visit: Visit, told: Server):
    write(page, "SELECT service, count() AS n FROM spans GROUP BY service ORDER BY n DESC")
    expect(page.get_by_role("columnheader", name="service")).to_be_visible()
    page.wait_for_url(re.compile("query=SELECT"))
    again = visit(told, page.url.removeprefix(told.url)).page
    expect(again.get_by_role("columnheader", name="service")).to_be_visible()


def test_a_wrong_word_is_said_where_it_stands(visit: Visit, told: Server):
    watched = visit(told, "/sql")
    write(watched.page, "SELECT * FROM nowhere")
    expect(watched.page.get_by_role("alert")).to_contain_text("nowhere")
    watched.forgive("Failed to load resource")


def test_the_schema_writes_names(page: Page):
    tables = page.get_by_role("complementary", name="Tables")
    expect(tables.get_by_role("button", name=re.compile("^status_message"))).to_be_visible()
    tables.get_by_role("button", name="logs", exact=True).click()
    expect(tables.get_by_role("button", name=re.compile("^body"))).to_be_visible()
    tables.get_by_role("button", name="first 20 rows …").first.click()
    expect(page.get_by_label("SQL statement")).to_have_value("SELECT * FROM spans LIMIT 20")


def test_rows_with_a_time_are_lines_too(page: Page):
    write(page, "SELECT toStartOfMinute(start) AS minute, service, count() AS n FROM spans GROUP BY minute, service")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.get_by_role("button", name="Chart").click()
    until_address(page, view="chart")
    expect(page.locator(".uplot canvas")).to_be_visible()
    write(page, "SELECT 1 AS one")
    expect(page.get_by_text("These rows have no line to draw.")).to_be_visible()


def test_many_rows_stay_out_of_the_document(page: Page):
    write(page, "SELECT number FROM numbers(1000)")
    expect(page.locator("tbody tr").first).to_be_visible()
    assert page.locator("tbody tr").count() < 100


def test_a_statement_is_cancelled(page: Page):
    write(page, "SELECT sum(cityHash64(number)) FROM numbers(1900000000)")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()


def test_a_trace_id_leads_to_its_trace(page: Page):
    write(page, "SELECT trace_id FROM spans WHERE name = 'POST /videos'")
    page.locator("tbody a").first.click()
    expect(page.locator(".verdict")).to_contain_text("POST /videos")
