"""What is taken away from a trace page, and how it comes back."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from ui.conftest import LARGE, TYPICAL, Visit, trace_path

from trivet.pipeline import Server

pytestmark = pytest.mark.browser

DROP = """([text, name]) => {
  const data = new DataTransfer()
  data.items.add(new File([text], name))
  for (const type of ['dragover', 'drop'])
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
}"""


@pytest.fixture
def page(visit: Visit, told: Server) -> Page:
    page = visit(told, trace_path(TYPICAL), permissions=["clipboard-read", "clipboard-write"]).page
    expect(page.locator("#details .entry").first).to_be_visible()
    return page


def copy(page: Page, item: str) -> str:
    page.get_by_role("button", name=re.compile("Share|Copied")).click()
    page.get_by_role("menuitem", name=item).first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    return page.evaluate("navigator.clipboard.readText()")


def save(page: Page, item: str, to: Path) -> Path:
    page.get_by_role("button", name=re.compile("Share|Saved")).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=item).last.click()
    path = to / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_copies(page: Page, told: Server):
    page.keyboard.press("f")
    page.wait_for_url(re.compile("zoom="))
    assert copy(page, "Link") == page.url
    ticket = copy(page, "Markdown")
    assert ticket.startswith("**POST /videos** in web took **182 ms**")
    assert "| postgresql | SELECT segments | 1 | 420 ms |" in ticket
    assert page.url in ticket
    assert copy(page, "curl") == f"curl -s '{told.url}{trace_path(TYPICAL).replace('/traces', '/api/traces')}'"
    spans = json.loads(copy(page, "OTLP JSON"))["resourceSpans"]
    assert sum(len(scope["spans"]) for each in spans for scope in each["scopeSpans"]) == 40


def test_a_key_copies_the_link(page: Page):
    page.keyboard.press("y")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


@pytest.mark.parametrize("view", ["waterfall", "flame", "left-heavy", "map"])
def test_pictures(page: Page, visit: Visit, told: Server, tmp_path: Path, view: str):
    page = visit(told, trace_path(TYPICAL, f"?view={view}")).page
    expect(page.locator("#details .entry").first).to_be_visible()
    png = save(page, "Picture (PNG)", tmp_path)
    assert png.read_bytes().startswith(b"\x89PNG")
    svg = save(page, "Picture (SVG)", tmp_path).read_text()
    assert svg.startswith("<svg ")
    for said in ("28\xa0spans", "1 ×, 420\xa0ms, 1\xa0error") if view == "map" else ("SELECT segments", "POST /videos"):
        assert said in svg


def test_a_saved_page_opens_without_a_server(page: Page, browser: Browser, tmp_path: Path):
    saved = save(page, "Page that opens without a server", tmp_path)
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    alone = context.new_page()
    said, asked = [], []
    alone.on("console", lambda message: said.append(message.text))
    alone.on("pageerror", lambda error: said.append(str(error)))
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(saved.as_uri())
    expect(alone.locator(".verdict")).to_contain_text(
        "First error: QueryCanceledError in postgresql › SELECT segments."
    )
    expect(alone.locator("#details")).to_contain_text('File "/app/worker/segments.py", line 88')
    for key in "234567Ly":
        alone.keyboard.press(key)
    expect(alone.get_by_role("group", name="View").get_by_role("button", pressed=True)).to_have_text("Map")
    alone.keyboard.press("1")
    assert alone.evaluate("document.querySelector('.trace').clientHeight") == 900
    expect(alone.get_by_role("treegrid").get_by_role("row", selected=True)).to_contain_text("SELECT segments")
    again = save(alone, "Page that opens without a server", tmp_path)
    assert again.stat().st_size == pytest.approx(saved.stat().st_size, rel=0.01)
    assert not said
    assert [url for url in asked if not url.startswith("blob:")] == [saved.as_uri()]
    context.close()


def test_files_that_are_dropped_open(page: Page, visit: Visit, told: Server, tmp_path: Path):
    saved = save(page, "OTLP JSON", tmp_path).read_text()
    other = saved.replace(trace_path(TYPICAL).rpartition("/")[2], "ab" * 16)
    watched = visit(told, "/traces")
    page = watched.page
    expect(page.locator(".trace-line").first).to_be_visible()
    page.evaluate(DROP, [other, "incident.json"])
    page.wait_for_url(re.compile("ab" * 16))
    expect(page.locator(".verdict")).to_contain_text("from incident.json")
    expect(page.locator(".verdict")).to_contain_text("First error: QueryCanceledError")
    expect(page.get_by_role("treegrid")).to_contain_text("transcode process")
    assert not [url for url in watched.asked if "ab" * 16 in url and "/api/" in url]


def test_a_file_without_a_trace_says_so(page: Page):
    page.evaluate(DROP, ["not json at all", "holiday.png"])
    expect(page.get_by_role("alert")).to_contain_text("This file is not JSON")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_large_trace_is_taken_away_whole(visit: Visit, told: Server, tmp_path: Path):
    page = visit(told, trace_path(LARGE)).page
    expect(page.locator(".verdict")).to_contain_text("First error")
    spans = json.loads(save(page, "OTLP JSON", tmp_path).read_text())["resourceSpans"]
    assert sum(len(scope["spans"]) for each in spans for scope in each["scopeSpans"]) == 2701
