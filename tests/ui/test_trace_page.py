"""The trace page before a real server: what happened, where, and why, by pointer and by keyboard."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from ui.conftest import LARGE, ODD, RUNNING, TYPICAL, Visit, trace_path

from trivet.pipeline import Server

pytestmark = pytest.mark.browser

ROW = 22


NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def rows(page: Page) -> list[str]:
    """The rows of the waterfall as they are read aloud."""
    return page.get_by_role("treegrid").get_by_role("row").all_inner_texts()


def chosen(page: Page):
    return page.get_by_role("treegrid").get_by_role("row", selected=True)


def search(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def until_search(page: Page, name: str, pattern: str = ".+") -> None:
    page.wait_for_url(re.compile(rf"[?&]{name}={pattern}"))


@pytest.fixture
def page(visit: Visit, told: Server) -> Page:
    page = visit(told, trace_path(TYPICAL)).page
    expect(page.get_by_role("treegrid").get_by_role("row", name="POST /internal/videos")).to_be_visible()
    expect(page.locator(".verdict")).to_contain_text("QueryCanceledError")
    return page


def test_the_verdict_says_what_where_and_why(page: Page):
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text("POST /videos in web took 182 ms")
    expect(verdict).to_contain_text("First error: QueryCanceledError in postgresql › SELECT segments.")
    expect(verdict).to_contain_text(re.compile(r"\d+\s% of the critical path is in \w+"))
    page.get_by_role("link", name="POST /videos", exact=True).click()
    expect(chosen(page)).to_contain_text("POST /videos")


def test_the_first_error_is_there_before_anybody_asks(page: Page):
    details = page.get_by_role("region", name="Details")
    expect(details.get_by_role("heading", name="SELECT segments")).to_be_visible()
    expect(details).to_contain_text("asyncpg.exceptions.QueryCanceledError")
    expect(details).to_contain_text('File "/app/worker/segments.py", line 88')
    expect(chosen(page)).to_contain_text("SELECT segments")


def test_a_mark_leads_to_its_record(page: Page):
    """The record of a warning, on the bar of its span, at its instant."""
    bars = page.locator("canvas.bars")
    row = next(i for i, text in enumerate(rows(page)) if text.startswith("POST /internal/videos"))
    box = bars.bounding_box()
    for x in range(0, int(box["width"]), 4):
        page.mouse.move(box["x"] + x, box["y"] + row * ROW + 10)
        page.evaluate(NEXT_FRAME)
        if page.locator(".tooltip").is_visible() and "slow insert" in page.locator(".tooltip").inner_text():
            break
    else:
        pytest.fail("no mark on the bar")
    page.mouse.click(box["x"] + x, box["y"] + row * ROW + 10)
    record = page.get_by_role("group").filter(has=page.get_by_role("heading", name="Log record"))
    expect(record).to_contain_text("slow insert: waited 52 ms for a lock on videos_owner_idx")
    expect(record).to_contain_text("warn")
    until_search(page, "log")


def test_records_become_rows_at_their_moment(page: Page):
    page.keyboard.press("l")
    until_search(page, "logs", "rows")
    expect(page.get_by_role("treegrid")).to_contain_text("job 8812 picked up, attempt 2 of 5")
    page.get_by_role("button", name="Logs l").click()
    expect(page.get_by_role("treegrid")).not_to_contain_text("job 8812 picked up")


def test_the_address_is_the_view(page: Page, visit: Visit, told: Server):
    page.keyboard.press("f")
    until_search(page, "zoom")
    page.keyboard.press(".")
    until_search(page, "log")
    shown = page.url.removeprefix(told.url)
    again = visit(told, shown).page
    expect(again.get_by_role("heading", name="Log record")).to_be_visible()
    assert rows(again) == rows(page)
    expect(again.locator(".zoom span")).to_have_text(page.locator(".zoom span").inner_text())
    assert again.url.removeprefix(told.url) == shown


def test_everything_by_keyboard(page: Page):
    """From the root to an error, in and out of folds, zoomed and back, without the mouse."""
    page.keyboard.press("Home")
    expect(chosen(page)).to_contain_text("POST /videos")
    page.keyboard.press("j")
    expect(chosen(page)).to_contain_text("authenticate")
    page.keyboard.press("ArrowLeft")
    expect(chosen(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(chosen(page)).to_contain_text("GET")
    page.keyboard.press("ArrowLeft")
    expect(chosen(page)).to_contain_text("authenticate")
    page.keyboard.press("n")
    expect(chosen(page)).to_contain_text("transcode process")
    page.keyboard.press("n")
    expect(chosen(page)).to_contain_text("SELECT segments")
    page.keyboard.press("N")
    expect(chosen(page)).to_contain_text("transcode process")
    page.keyboard.press("f")
    until_search(page, "zoom")
    page.keyboard.press("0")
    expect(page.locator(".zoom")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#details")).to_be_focused()
    page.keyboard.press("Escape")
    expect(chosen(page)).to_have_count(0)


def test_folds_and_filters(page: Page):
    assert any("SELECT quota × 24" in row for row in rows(page))
    page.keyboard.press("]")
    expect(page.get_by_role("treegrid")).to_have_attribute("aria-rowcount", "41")
    page.keyboard.press("[")
    expect(page.get_by_role("treegrid").get_by_role("row")).to_have_count(4)
    page.keyboard.press("]")
    expect(page.get_by_role("treegrid")).to_contain_text("write audit log")
    page.keyboard.press("c")
    expect(page.get_by_role("treegrid")).not_to_contain_text("write audit log")
    page.keyboard.press("c")
    page.keyboard.press("h")
    expect(page.get_by_role("treegrid")).not_to_contain_text("COMMIT")


def test_find_dims_counts_and_goes_round(page: Page):
    page.keyboard.press("/")
    page.keyboard.type("libx264")
    expect(page.locator(".find").get_by_role("status")).to_have_text("1 found")
    page.keyboard.press("Enter")
    expect(chosen(page)).to_contain_text("ffmpeg")
    until_search(page, "find", "libx264")
    page.keyboard.press("Escape")
    expect(page.locator(".find").get_by_role("status")).to_have_text("")


def test_wheel_and_drag_zoom(page: Page):
    box = page.locator("canvas.bars").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 100)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")
    until_search(page, "zoom")
    page.get_by_role("button", name="Whole trace").click()
    expect(page.locator(".zoom")).to_have_count(0)
    axis = page.locator(".axis").bounding_box()
    page.mouse.move(axis["x"] + 100, axis["y"] + 10)
    page.mouse.down()
    page.mouse.move(axis["x"] + 300, axis["y"] + 10, steps=4)
    page.mouse.up()
    until_search(page, "zoom")
    from_, to = (int(part) for part in search(page)["zoom"].split(".."))
    assert 0 < from_ < to < 1_520_000_000


def test_details_carry_attributes_and_lead_on(page: Page):
    page.keyboard.press("Home")
    details = page.get_by_role("region", name="Details")
    expect(details.get_by_role("heading", name="HTTP")).to_be_visible()
    entry = details.locator(".entry").filter(has_text="user.plan")
    entry.hover()
    entry.get_by_title("Traces with this").click()
    page.wait_for_url(re.compile(r"/traces\?filter=user\.plan%3Ateam"))
    expect(page.locator(".trace-line").filter(has_text="POST /videos")).to_have_count(1)
    page.go_back()
    expect(chosen(page)).to_contain_text("POST /videos")


def test_an_attribute_stays_on_top_once_it_is_pinned(page: Page):
    page.keyboard.press("Home")
    details = page.get_by_role("region", name="Details")
    entry = details.locator(".entry").filter(has_text="user.plan")
    entry.hover()
    entry.get_by_role("button", name="Pin").click()
    pinned = details.get_by_role("group").filter(has=page.get_by_role("heading", name="Pinned"))
    expect(pinned).to_contain_text("team")
    page.reload()
    expect(pinned).to_contain_text("team")
    page.keyboard.press("j")
    expect(chosen(page)).to_contain_text("authenticate")
    expect(pinned).to_have_count(0)
    page.keyboard.press("k")
    pinned.locator(".entry").hover()
    pinned.get_by_role("button", name="Unpin").click()
    expect(pinned).to_have_count(0)


def test_an_attribute_groups_the_spans_of_the_trace(page: Page):
    details = page.get_by_role("region", name="Details")
    entry = details.locator(".entry").filter(has_text="db.operation.name")
    entry.hover()
    entry.get_by_role("button", name="Group").click()
    until_search(page, "by", "db.operation.name")
    expect(page.locator(".groups tbody tr").filter(has_text="INSERT")).to_have_count(1)


def test_an_attribute_of_a_record_is_asked_for_as_one(page: Page):
    page.locator(".verdict").get_by_role("button", name="2 errors").click()
    page.locator(".verdict").get_by_role("button", name="2 errors").click()
    entry = page.locator(".entry").filter(has_text="retry.in_s")
    entry.hover()
    entry.get_by_title("Traces with this").click()
    page.wait_for_url(re.compile(r"/traces\?.*filter=log\.retry\.in_s%3A30"))
    expect(page.locator(".trace-line").filter(has_text="POST /videos")).to_have_count(1)


def test_the_dock_turns(page: Page):
    bench = page.locator(".workbench")
    expect(bench).to_have_class(re.compile("dock-right"))
    page.get_by_label("Dock the details at the bottom").click()
    expect(bench).to_have_class(re.compile("dock-bottom"))
    page.reload()
    expect(bench).to_have_class(re.compile("dock-bottom"))


def test_a_broken_trace_is_readable(visit: Visit, told: Server):
    page = visit(told, trace_path(ODD)).page
    expect(page.locator(".verdict")).to_contain_text("2 spans without their parent")
    expect(page.locator(".verdict")).to_contain_text("clocks corrected by up to 2.54 s")
    page.keyboard.press("End")
    expect(page.get_by_role("treegrid")).to_contain_text("log records outside of any span")
    expect(page.get_by_role("treegrid")).to_contain_text("parent not received")
    expect(chosen(page)).to_contain_text("so did this")
    expect(page.locator("#details")).to_contain_text(re.compile(r"Its SDK left out 3\sattributes, 1\sevent:"))
    page.keyboard.press("l")
    expect(page.get_by_role("treegrid")).to_contain_text("logged outside of any span")


def test_a_running_span_says_where_it_is(visit: Visit, told: Server):
    page = visit(told, trace_path(RUNNING)).page
    how_long = re.compile("migrate users in migration (has taken|was last heard of after)")
    expect(page.locator(".verdict")).to_contain_text(how_long)
    details = page.get_by_role("region", name="Details")
    expect(details).to_contain_text("migrate.py:210 copy_batch")


def test_a_large_trace_comes_as_its_shape(visit: Visit, told: Server):
    watched = visit(told, trace_path(LARGE))
    page = watched.page
    expect(page.locator(".verdict")).to_contain_text("nightly import in importer took")
    expect(page.locator(".verdict")).to_contain_text("First error: StepRefused in service-5 › step 5")
    asked = [urlsplit(url).path for url in watched.asked]
    assert asked.count(f"{trace_path(LARGE).replace('/traces', '/api/traces')}/shape") == 1
    assert "/api/percentile" in asked
    assert trace_path(LARGE).replace("/traces", "/api/traces") not in asked
    details = page.get_by_role("region", name="Details")
    expect(details.get_by_role("heading", name="step 5")).to_be_visible()
    expect(details).to_contain_text("StepRefused")
    for _ in range(2):
        page.keyboard.press(".")
    expect(details).to_contain_text("page 0 done")


def test_in_a_large_trace_the_server_finds_what_a_shape_does_not_hold(visit: Visit, told: Server):
    """Log texts; and of records outside of any span, what they say."""
    watched = visit(told, trace_path(LARGE))
    page = watched.page
    expect(page.locator(".verdict")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("done")
    expect(page.locator(".find").get_by_role("status")).to_have_text("60 found")
    assert any("/find?filter=done" in url for url in watched.asked)
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    record = page.get_by_role("group").filter(has=page.get_by_role("heading", name="Log record"))
    expect(record).to_contain_text("import began by hand")
    page.keyboard.press("l")
    page.locator("#details").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("treegrid")).to_contain_text("import began by hand")


def test_no_such_trace(visit: Visit, told: Server):
    watched = visit(told, trace_path(0xABCDEF))
    expect(watched.page.get_by_text("There is no trace with this id.")).to_be_visible()
    watched.forgive("404")


def test_letters_zoom_and_move(page: Page):
    def window() -> tuple[int, int]:
        from_, to = search(page)["zoom"].split("..")
        return int(from_), int(to)

    page.keyboard.press("w")
    until_search(page, "zoom")
    closer = window()
    page.keyboard.press("d")
    page.wait_for_url(lambda url: f"zoom={closer[0]}.." not in url)
    later = window()
    assert later[0] > closer[0]
    assert later[1] - later[0] == pytest.approx(closer[1] - closer[0], abs=2)
    page.keyboard.press("a")
    page.wait_for_url(lambda url: f"zoom={later[0]}.." not in url)
    assert window()[0] == pytest.approx(closer[0], abs=2)
    for _ in range(3):
        page.keyboard.press("s")
    expect(page.locator(".zoom")).to_have_count(0)


def test_the_tree_can_be_made_wider(page: Page):
    splitter = page.get_by_role("separator", name="Width of the tree")
    before = int(splitter.get_attribute("aria-valuenow"))
    splitter.focus()
    page.keyboard.press("ArrowRight")
    expect(splitter).to_have_attribute("aria-valuenow", str(before + 16))


def test_a_span_is_put_beside_others_of_its_name(visit: Visit, told: Server):
    page = visit(told, trace_path(1000 + 59)).page
    section = page.get_by_role("group").filter(has=page.get_by_role("heading", name="Beside others of its name"))
    expect(section).to_contain_text(re.compile(r"slower than (all|\d+\s%) of 30\d\sothers within a day"))
    section.get_by_role("link", name="all like it").click()
    page.wait_for_url(re.compile(r"/traces\?.*filter=service"))
    page.go_back()
    section.get_by_role("link", name=re.compile("^slowest")).click()
    page.wait_for_url(re.compile(r"/traces\?.*order=slowest"))


def test_what_was_measured_in_a_span_leads_to_its_metric(page: Page):
    page.keyboard.press("Home")
    section = page.get_by_role("group").filter(has=page.get_by_role("heading", name="Metrics, 1"))
    expect(section).to_contain_text("0.18")
    section.get_by_role("link", name="http.server.request.duration").click()
    page.wait_for_url(re.compile(r"/metrics-explorer\?.*metric=http.server.request.duration"))
