"""Traces that have not ended, and those that wait for each other's locks."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from telemetry import S, Telemetry, trace_id
from ui.conftest import Visit, send, until_stored
from ui.test_trace_page import chosen, until_search

from trivet.pipeline import Server
from trivet.testing.server import running_server
from ui import stories

pytestmark = pytest.mark.browser

LONG, HOLDER, WAITER = 1, 2, 3
ROOT = 900
SINCE_FORTY = r"(4\d\.\d|5\d\.\d)\ss"


@pytest.fixture
def live(tmp_path) -> Iterator[Server]:
    """A server that is told more while the page is open."""
    with running_server(tmp_path) as server:
        yield server


def report(telemetry: Telemetry, seen: int, number: int) -> None:
    telemetry.running(
        LONG,
        ROOT,
        "copy all",
        seen=seen,
        report=number,
        next_after=30 * S,
        service="migrate",
        stack=("migrate.py:88 main", f"migrate.py:{200 + number} copy_batch"),
    )


def test_a_page_follows_what_runs_and_leaves_alone_what_is_read(visit: Visit, live: Server):
    telemetry = Telemetry(time.time_ns() - 40 * S)
    report(telemetry, 8 * S, 4)
    for batch in range(60):
        telemetry.span(LONG, batch + 1, f"batch {batch}", parent=ROOT, at=batch * S // 10, lasts=S // 20, service="db")
    send(live, telemetry)
    until_stored(live)
    page = visit(live, f"/traces/{trace_id(LONG)}").page
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text(re.compile(rf"copy all in migrate has taken {SINCE_FORTY}"))
    expect(verdict).to_contain_text("1 span is still running, now at migrate.py:204 copy_batch.")
    page.keyboard.press("End")
    expect(chosen(page)).to_contain_text("batch 59")
    scrolled = page.evaluate("document.querySelector('.rows-scroller').scrollTop")
    report(telemetry, 16 * S, 5)
    telemetry.span(LONG, 99, "batch 60", parent=ROOT, at=12 * S, lasts=S, service="db")
    send(live, telemetry)
    expect(verdict).to_contain_text("now at migrate.py:205 copy_batch")
    expect(page.get_by_role("treegrid")).to_have_attribute("aria-rowcount", "62")
    expect(chosen(page)).to_contain_text("batch 59")
    assert page.evaluate("document.querySelector('.rows-scroller').scrollTop") == scrolled
    telemetry.span(LONG, ROOT, "copy all", lasts=20 * S, service="migrate")
    send(live, telemetry)
    expect(verdict).to_contain_text("copy all in migrate took 20.0 s")
    expect(verdict).not_to_contain_text("running")


def test_what_runs_has_run_until_now_whenever_it_was_last_heard_of(visit: Visit, live: Server):
    """The list and the page say the same, and both go on."""
    telemetry = Telemetry(time.time_ns() - 40 * S)
    report(telemetry, 8 * S, 4)
    send(live, telemetry)
    until_stored(live)
    page = visit(live, "/traces").page
    line = page.locator(".trace-line").filter(has_text="copy all")
    length = line.locator(".length .number")
    expect(length).to_have_text(re.compile(SINCE_FORTY))
    before = length.inner_text()
    expect(length).not_to_have_text(before)
    line.get_by_role("link").click()
    taken = page.locator(".verdict h1 .strong").nth(1)
    expect(taken).to_have_text(re.compile(SINCE_FORTY))
    before = taken.inner_text()
    expect(taken).not_to_have_text(before)


def test_a_page_takes_in_what_comes_after_it_was_opened(visit: Visit, live: Server):
    """Nothing told of it before: a worker's span and a record of a request that is over."""
    telemetry = Telemetry(time.time_ns() - 2 * S)
    telemetry.span(LONG, 1, "POST /jobs", lasts=S, kind="server")
    telemetry.span(LONG, 2, "enqueue", parent=1, at=S // 2, lasts=S // 4, kind="producer")
    send(live, telemetry)
    until_stored(live)
    page = visit(live, f"/traces/{trace_id(LONG)}").page
    expect(page.locator(".verdict")).to_contain_text("2 spans")
    page.keyboard.press("End")
    expect(chosen(page)).to_contain_text("enqueue")
    late = Telemetry(telemetry.start)
    late.span(LONG, 3, "run job", parent=2, at=S + S // 2, lasts=S // 4, service="worker", kind="consumer")
    late.log("job done", trace=LONG, span=3, at=S + S // 2, service="worker")
    send(live, late)
    expect(page.get_by_role("treegrid")).to_contain_text("run job")
    expect(page.locator(".verdict")).to_contain_text("1 log record")
    expect(chosen(page)).to_contain_text("enqueue")


def test_a_span_whose_process_is_gone_says_so(visit: Visit, tmp_path):
    with running_server(tmp_path, running_lost_after=0.1) as server:
        telemetry = Telemetry(time.time_ns() - 60 * S)
        stories.running(telemetry, LONG)
        send(server, telemetry)
        until_stored(server)
        until_lost(visit(server, f"/traces/{trace_id(LONG)}").page)


def until_lost(page: Page) -> None:
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text("migrate users in migration was last heard of after 42.0 s.")
    expect(verdict).to_contain_text("1 span never ended: its process is gone, last seen at migrate.py:210 copy_batch.")
    expect(page.get_by_role("region", name="Details")).to_contain_text("it was last heard of")


def test_who_waits_and_who_holds_lead_to_each_other(visit: Visit, live: Server):
    telemetry = Telemetry(time.time_ns() - 43 * S)
    stories.migration(telemetry, HOLDER, WAITER)
    send(live, telemetry)
    until_stored(live)
    page = visit(live, f"/traces/{trace_id(WAITER)}").page
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text(
        "UPDATE accounts is waiting 38.0 s for a lock on accounts held by migrate › copy_accounts."
    )
    details = page.get_by_role("region", name="Details")
    expect(details).to_contain_text(
        "waiting 38.0 s for a lock on accounts (RowExclusiveLock) held by migrate › copy_accounts"
    )
    details.get_by_role("link", name="migrate › copy_accounts").click()
    page.wait_for_url(re.compile(trace_id(HOLDER)))
    expect(verdict).to_contain_text(re.compile(rf"copy_accounts in migrate has taken {SINCE_FORTY}"))
    expect(verdict).to_contain_text("1 other waits for its lock on accounts, for 38.0 s.")
    expect(details).to_contain_text("api › POST /accounts waited 38.0 s for accounts")
    details.get_by_role("link", name="api › POST /accounts").click()
    page.wait_for_url(re.compile(trace_id(WAITER)))
    until_search(page, "span")
    expect(verdict).to_contain_text("UPDATE accounts is waiting")
