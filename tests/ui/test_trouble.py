"""A server that goes away and comes back, has nothing, or says no: in plain words, and mended by itself."""

import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from telemetry import S, Telemetry
from ui.conftest import TYPICAL, Visit, send, trace_path, until_stored
from ui.test_lists import lines

from trivet.pipeline import Server
from trivet.testing.server import running_server
from ui import stories

pytestmark = pytest.mark.browser

EMPTY = {
    "/logs": "No log record in the last 1 h.",
    "/explore": "No span in this time range.",
    "/explore?view=lines": "Nothing in this time range.",
    "/logs?view=patterns": "No log record to fold in the last 1 h.",
    "/explore?view=flame": "No trace matches in this time range.",
    "/services": "No service sent anything in the last 1 h.",
    "/metrics-explorer": "No metric sent anything in the last 1 h.",
}
TOO_MUCH = "SELECT length(groupArray(number)) FROM numbers(1000000000)"


def test_a_server_that_was_restarted_is_found_again_by_every_page(visit: Visit, tmp_path: Path):
    """One page stays where it is, one is opened in between, and both end up showing what came after."""
    with running_server(tmp_path) as server:
        telemetry = Telemetry(time.time_ns() - 60 * S)
        stories.post_video(telemetry, TYPICAL)
        send(server, telemetry)
        until_stored(server)
        address = server.url
        watched = visit(server, "/traces?live=on")
        page = watched.page
        expect(lines(page)).to_have_count(1)
    expect(page.get_by_label("Server: no answer")).to_be_visible()
    expect(lines(page)).to_have_count(1)
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer.")
    expect(page.get_by_role("alert")).to_contain_text("This page tries again by itself.")
    with running_server(tmp_path, http=urlsplit(address).netloc) as server:
        expect(page.locator(".log-line").nth(3)).to_be_visible()
        expect(page.get_by_label(re.compile("^Server: (just started|live)"))).to_be_visible()
        page.go_back()
        stories.list_videos(telemetry, 2, at=50 * S)
        send(server, telemetry)
        expect(lines(page)).to_have_count(2)
        page.goto("about:blank")
    watched.forgive("ERR_CONNECTION_REFUSED")
    watched.forgive("Failed to load resource")


def test_a_trace_is_still_read_while_its_server_is_away(visit: Visit, tmp_path: Path):
    with running_server(tmp_path) as server:
        telemetry = Telemetry(time.time_ns() - 60 * S)
        stories.post_video(telemetry, TYPICAL)
        send(server, telemetry)
        until_stored(server)
        watched = visit(server, trace_path(TYPICAL))
        page = watched.page
        expect(page.locator("#details .entry").first).to_be_visible()
    expect(page.get_by_label("Server: no answer")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.locator("#details").get_by_role("heading", name="POST /videos")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator(".flame-picture canvas")).to_be_visible()
    page.goto("about:blank")
    watched.forgive("ERR_CONNECTION_REFUSED")


def test_each_page_of_an_empty_store_says_so_and_how_to_fill_it(visit: Visit, empty_server: Server):
    page = visit(empty_server, "/sql").page
    for path, words in EMPTY.items():
        page.goto(empty_server.url + path)
        notice = page.locator(".notice")
        expect(notice).to_contain_text(re.compile(words.replace(" ", r"\s").replace(".", r"\.")))
        expect(notice).to_contain_text("Nothing is stored yet.")
        notice.get_by_role("link", name="How to send the first trace").click()
        expect(page.get_by_role("heading", name="Send a trace, and it appears here")).to_be_visible()


def test_where_nothing_is_the_nearest_is_offered(visit: Visit, told: Server):
    page = visit(told, "/services?range=2020-01-01T00:00:00.000Z..2020-01-01T01:00:00.000Z").page
    expect(page.locator(".notice")).to_contain_text("The newest trace is")
    page.get_by_role("button", name="Look at the last 7 days").click()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_a_result_that_is_too_large_says_what_to_do(visit: Visit, told: Server):
    watched = visit(told, "/sql")
    page = watched.page
    page.get_by_label("SQL statement").fill(TOO_MUCH)
    page.keyboard.press("Control+Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("the question is too expensive")
    expect(alert).to_contain_text("ask about less time")
    watched.forgive("422")


def test_more_rows_than_are_shown_is_said(visit: Visit, told: Server):
    page = visit(told, "/sql?query=SELECT+number+FROM+numbers(5000)").page
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.locator("#main")).to_contain_text(re.compile(r"1,000\srows, cut there"))
