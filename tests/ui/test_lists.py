"""Lists, the first run, the frame: before a real server."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from telemetry import MS, S, Telemetry
from ui.address import until_address
from ui.conftest import Visit, send, until_stored

from trivet.pipeline import Server
from trivet.testing.server import running_server
from ui import stories

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit: Visit, told: Server) -> Page:
    page = visit(told, "/traces").page
    expect(page.locator(".trace-line").nth(5)).to_be_visible()
    return page


def lines(page: Page):
    return page.locator(".spacer .trace-line")


def test_the_first_run_turns_into_the_first_trace(visit: Visit, empty_server: Server):
    page = visit(empty_server, "/").page
    expect(page.get_by_role("heading", name="Send a trace, and it appears here")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="Python")).to_contain_text(
        f"OTEL_EXPORTER_OTLP_ENDPOINT={empty_server.url}"
    )
    expect(page.get_by_role("tabpanel", name="Python")).to_contain_text("trivet run")
    page.get_by_role("tab", name="Collector").click()
    expect(page.get_by_role("tabpanel", name="Collector")).to_contain_text(f"endpoint: {empty_server.url}")
    expect(page.locator(".listening")).to_contain_text("nothing yet")
    telemetry = Telemetry(time.time_ns() - S)
    telemetry.log("hello", service="web")
    send(empty_server, telemetry)
    expect(page.locator(".listening")).to_contain_text("1\u00a0log record so far, no trace yet")
    stories.list_videos(telemetry, 1)
    send(empty_server, telemetry)
    page.get_by_role("link", name="The first trace: GET /videos/:id in web, 24.0 ms, 4 spans").click()
    expect(page.locator(".verdict")).to_contain_text("GET /videos/:id in web took 24.0 ms")


def test_a_line_says_what_a_trace_was(page: Page):
    line = lines(page).filter(has_text="POST /videos").first
    for text in ("web", "182 ms", "40", "2", "46"):
        expect(line).to_contain_text(text)


def test_by_keyboard_to_a_trace_and_back_to_the_same_line(page: Page):
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    expect(lines(page).nth(2)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_be_visible()
    page.go_back()
    expect(lines(page).nth(2)).to_have_attribute("aria-selected", "true")


def test_facets_filter_and_unfilter(page: Page):
    values = page.get_by_role("complementary", name="Values in these traces")
    services = values.locator("section").filter(has=page.get_by_role("button", name="service", exact=True))
    services.get_by_role("button", name="more values").click()  # another field's may have come first
    expect(values.get_by_title(re.compile(r"^web: \d+\sspans"))).to_be_visible()
    values.get_by_role("button", name=re.compile("^worker-a")).first.click()
    until_address(page, filter="service:worker-a")
    expect(page.get_by_role("combobox", name="Filter")).to_have_value("service:worker-a")
    expect(values.get_by_role("button", name=re.compile("^worker-a")).first).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Clear the filter").click()
    expect(lines(page).nth(5)).to_be_visible()
    values.get_by_role("button", name=re.compile("^web")).first.click(modifiers=["Alt"])
    until_address(page, filter="-service:web")


def test_the_filter_completes_fields_and_values(page: Page):
    page.keyboard.press("/")
    page.keyboard.type("serv")
    options = page.get_by_role("listbox", name="What may come next")
    expect(options.get_by_role("option").first).to_contain_text("service")
    page.keyboard.press("Tab")
    bar = page.get_by_role("combobox", name="Filter")
    expect(bar).to_have_value("service:")
    page.keyboard.type("work")
    expect(options.get_by_role("option").first).to_contain_text("worker-a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(bar).to_have_value("service:worker-a ")
    page.keyboard.press("Enter")
    until_address(page, filter="service:worker-a")


def test_two_are_marked_and_compared(page: Page):
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".marked")).to_contain_text("2 traces marked")
    expect(lines(page).filter(has_text="marked")).to_have_count(2)
    page.keyboard.press("v")
    page.wait_for_url(re.compile(r"/traces/[0-9a-f]{32}\?.*view=compare&with=[0-9a-f]{32}"))


def test_live_traces_come_in_above_what_is_read(visit: Visit, empty_server: Server):
    telemetry = Telemetry(time.time_ns() - 60 * S)
    for number in range(60):
        stories.list_videos(telemetry, 10 + number, at=number * MS)
    send(empty_server, telemetry)
    until_stored(empty_server)
    page = visit(empty_server, "/traces").page
    expect(lines(page).nth(5)).to_be_visible()
    page.keyboard.press("l")
    until_address(page, live="on")
    expect(page.locator(".live .pulse")).to_be_visible()
    scroller = page.locator(".scroller")
    scroller.evaluate("element => element.scrollTo(0, 240)")
    read = lines(page).nth(12).get_by_role("link").get_attribute("href")
    top = page.locator(f'.trace-line a[href="{read}"]').bounding_box()["y"]
    stories.post_video(telemetry, 1, at=50 * S)
    send(empty_server, telemetry)
    expect(page.get_by_role("table", name="Traces")).to_have_attribute("aria-rowcount", "62")
    assert page.locator(f'.trace-line a[href="{read}"]').bounding_box()["y"] == top
    scroller.evaluate("element => element.scrollTo(0, 0)")
    expect(lines(page).first).to_contain_text("POST /videos")


def test_the_histogram_says_how_many_and_zooms(page: Page):
    expect(page.get_by_role("img", name=re.compile(r"When 3\d\d traces began"))).to_be_visible()


def test_a_range_that_is_mostly_empty_says_since_when_and_is_shortened(visit: Visit, told: Server):
    for path in ("/traces", "/logs", "/explore"):
        page = visit(told, path).page
        expect(page.locator(".since")).to_contain_text(re.compile(r"nothing before \d\d:\d\d"))
        page.get_by_role("button", name=re.compile("show the last")).click()
        until_address(page, range="15m")
        expect(page.locator(".since")).to_have_count(0)


def test_facets_keep_their_room_while_they_are_asked(visit: Visit, told: Server):
    page = visit(told, "/sql").page
    held = []
    page.route("**/api/fields?*", lambda route: held.append(route))
    page.goto(f"{told.url}/traces")
    expect(lines(page).nth(5)).to_be_visible()
    expect(page.locator(".facets .skeleton-row").nth(5)).to_be_visible()
    for route in held:
        route.continue_()
    expect(page.get_by_role("button", name=re.compile("^web")).first).to_be_visible()
    expect(page.locator(".facets .skeleton-row")).to_have_count(0)


def test_a_wrong_filter_is_answered_at_its_column(visit: Visit, told: Server):
    watched = visit(told, "/traces")
    page = watched.page
    expect(lines(page).nth(5)).to_be_visible()
    page.get_by_role("combobox", name="Filter").fill("service==api")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("combobox", name="Filter")).to_have_attribute("aria-invalid", "true")
    expect(lines(page).nth(5)).to_be_visible()  # it is mended in sight of what was there
    assert len(watched.said) == 1, "nothing else is asked with a filter that cannot be read"
    watched.forgive("400")


def test_nothing_found_says_where_there_is_something(visit: Visit, told: Server):
    page = visit(told, "/traces?filter=service:nobody").page
    expect(page.get_by_text("No trace matches service:nobody in the last 1 h.")).to_be_visible()
    expect(page.get_by_text("The newest trace is")).to_be_visible()


def test_nothing_found_says_what_may_be_misspelt(visit: Visit, told: Server):
    page = visit(told, "/traces?filter=servce:web").page
    expect(page.locator(".notice")).to_contain_text("did you mean 'service'?")
    page.goto(f"{told.url}/logs?filter=severty:error")
    expect(page.locator(".notice")).to_contain_text("did you mean 'severity'?")


def test_more_come_as_one_scrolls(page: Page):
    scroller = page.locator(".scroller")
    expect(page.locator(".filter-side")).to_contain_text("first 200 traces")
    assert lines(page).count() < 80, "only what is on screen is in the document"
    scroller.evaluate("element => element.scrollTo(0, element.scrollHeight)")
    expect(page.locator(".filter-side")).to_contain_text(re.compile(r"^3\d\d\straces"))


def test_the_slowest_first(page: Page):
    page.get_by_role("button", name="Duration").click()
    page.wait_for_url(re.compile("order=slowest"))
    expect(lines(page).first).to_contain_text(re.compile("running|lost"))


def test_a_time_range_is_typed_or_brushed(page: Page):
    page.get_by_label(re.compile("^Time range")).click()
    page.get_by_role("textbox", name="Time range").fill("soon")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Not a time range.")).to_be_visible()
    page.get_by_role("textbox", name="Time range").fill("15m")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("range=15m"))
    expect(lines(page).nth(5)).to_be_visible()
    box = page.locator(".histogram").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 20, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile(r"range=\d{4}-\d\d-\d\d"))
    page.go_back()
    page.wait_for_url(re.compile("range=15m"))


def test_ranges_are_walked_back_and_forward(page: Page):
    page.keyboard.press("Shift+T")
    page.get_by_role("textbox", name="Time range").fill("15m")
    page.keyboard.press("Enter")
    until_address(page, range="15m")
    expect(lines(page).nth(5)).to_be_visible()
    page.keyboard.press("z")
    until_address(page, range=None)
    page.keyboard.press("Shift+Z")
    until_address(page, range="15m")
    page.get_by_label("The range before").click()
    until_address(page, range=None)
    expect(page.get_by_label("The range before")).to_be_hidden()


def test_the_palette_goes_anywhere(page: Page):
    page.keyboard.press("Control+k")
    page.keyboard.type("services")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/services$"))
    expect(page.get_by_role("row", name=re.compile("^web"))).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("1".zfill(32))
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("POST /videos")


def test_the_palette_knows_ranges_services_and_the_page(page: Page):
    page.keyboard.press("Control+k")
    page.keyboard.type("15m")
    page.get_by_role("option", name=re.compile("Show last 15")).click()
    until_address(page, range="15m")
    page.keyboard.press("Control+k")
    page.keyboard.type("mark for")
    page.keyboard.press("Enter")
    expect(page.locator(".marked")).to_contain_text("1 trace marked")
    page.keyboard.press("Control+k")
    page.keyboard.type("service worker-a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/services/worker-a"))


def test_the_theme_is_switched_and_kept(page: Page):
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.keyboard.press("Control+k")
    page.keyboard.type("switch to the")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{ground} !== '{before}'")
    after = page.evaluate(ground)
    page.reload()
    assert page.evaluate(ground) == after


def test_help_lists_the_keys_of_this_page(page: Page):
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keys of this page")
    expect(help_).to_contain_text("Write a filter")
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url(re.compile("/logs$"))


def test_a_server_with_a_token_asks_for_it_once(visit: Visit, tmp_path: Path):
    with running_server(tmp_path / "data", read_token="open-sesame") as server:
        watched = visit(server, "/")
        page = watched.page
        page.get_by_label("Token", exact=True).fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("not known")
        page.get_by_label("Token", exact=True).fill("open-sesame")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Send a trace, and it appears here")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="Send a trace, and it appears here")).to_be_visible()
        watched.forgive("401")


def test_a_server_that_is_gone_is_said(visit: Visit, told: Server):
    watched = visit(told, "/traces")
    page = watched.page
    expect(lines(page).first).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_label("Server: no answer")).to_be_visible(timeout=8000)
    expect(lines(page).first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_label("Server: live")).to_be_visible()
    watched.forgive("ERR_INTERNET_DISCONNECTED")


def test_a_wrong_clock_is_said_and_ranges_go_by_the_servers(visit: Visit, told: Server):
    page = visit(told, "/sql").page
    page.clock.set_fixed_time(time.time() + 7200)
    page.goto(f"{told.url}/traces?range=15m")
    expect(lines(page).nth(5)).to_be_visible()
    page.get_by_label("Server: clocks differ").click()
    expect(page.get_by_text(re.compile(r"This browser's clock is [12]\sh.* ahead of the server's"))).to_be_visible()


def test_a_question_that_was_stopped_says_so_and_can_be_asked_again(visit: Visit, told: Server):
    page = visit(told, "/sql").page
    held = []
    page.route("**/api/logs?*", lambda route: held.append(route))
    page.goto(f"{told.url}/logs")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    page.unroute("**/api/logs?*")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".log-line").nth(3)).to_be_visible()


@pytest.mark.parametrize("path", ["/explore", "/explore?view=lines", "/explore?view=flame", "/services/web"])
def test_a_first_answer_that_takes_long_can_be_stopped(visit: Visit, told: Server, path: str):
    page = visit(told, "/sql").page
    held = []
    page.route(re.compile(r"/api/(query|flame|services\?)"), lambda route: held.append(route))
    page.goto(told.url + path)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.").first).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Ask again").first.click()
    expect(page.get_by_text("Cancelled.")).to_have_count(0)
    expect(page.get_by_text(re.compile("GET /videos/:id")).first).to_be_visible()


def test_on_a_phone_a_log_line_says_what_was_said(visit: Visit, told: Server):
    page = visit(told, "/logs?filter=retried", viewport={"width": 390, "height": 844}).page
    body = page.get_by_role("cell", name=re.compile("job 8812 failed"))
    expect(body).to_be_visible()
    assert body.bounding_box()["width"] > 180
    bar = page.get_by_role("combobox", name="Filter").bounding_box()
    assert bar["width"] > 300
    side = page.locator(".filter-side").bounding_box()
    assert side["y"] >= bar["y"] + bar["height"]
