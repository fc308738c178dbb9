"""The whole story, from a customer's upload to the cause of the stall, on the running company."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cli.running import eventually
from demo.demos import demo, left_running, named
from playwright.sync_api import Page, expect, sync_playwright
from ui.chromium import ARGUMENTS, find_chromium

from trivet.cli.client import Client
from trivet.demo.tour import tour


@dataclass
class Company:
    """A running demo, and what the tests have found out about it."""

    process: subprocess.Popen
    client: Client
    url: str
    directory: Path
    migration: str = ""  # its trace


PICTURES = os.environ.get("TRIVET_PICTURES", "")
BELOW_THE_BAR = {"x": 0, "y": 40, "width": 1440, "height": 830}
PATIENCE = 60_000  # ms that a page may take on a crowded machine
SECONDS = 600  # the tests stop it before; the migration begins after a minute
UPLOADED = 'service:worker kind:consumer status:unset root.name="POST /uploads"'
ENDED = {("web", "POST /uploads"), ("worker", "process transcode"), ("accounts", "PATCH /videos/{id}")}
SLOW = 'name="POST /uploads" status:unset duration>1.5s'
FAST = 'name="POST /uploads" status:unset duration<1s'

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A demo that all tests here look at, in their order."""
    directory = tmp_path_factory.mktemp("company")
    with demo(directory, "--seconds", str(SECONDS)) as (process, url):
        yield Company(process, Client(url), url, directory)


def test_one_upload_is_one_trace(company: Company):
    """From the customer's request to the last rendition: two languages, three services, a queue."""
    trace = uploaded(company.client)
    spans = {span["span_id"]: span for span in trace["spans"]}
    assert {span["service"] for span in spans.values()} == {"web", "accounts", "worker"}
    assert [(spans[root]["service"], spans[root]["name"]) for root in trace["facts"]["roots"]] == [
        ("web", "POST /uploads")
    ]
    [job] = [span for span in spans.values() if span["kind"] == "consumer"]
    added = spans[job["parent_span_id"]]
    assert (added["kind"], added["service"], job["service"]) == ("producer", "web", "worker")
    statements = [span for span in spans.values() if span["attributes"].get("db.system.name") == "postgresql"]
    assert {span["service"] for span in statements} == {"accounts"}
    assert any("UPDATE accounts" in span["attributes"]["db.query.text"] for span in statements)
    encoded = [span for span in spans.values() if around(spans, span, "encode 360p") and "ffmpeg" in span["name"]]
    assert len(encoded) == 1
    check_records(spans, trace["logs"])


def uploaded(client: Client) -> Mapping[str, Any]:
    """The trace of an upload that has become a video, once all of it is there."""

    def ask() -> Any:
        for found in client.get("/api/traces", filter=UPLOADED, limit="5", order="newest")["traces"]:
            trace = client.get(f"/api/traces/{found['trace_id']}")
            ended = {(span["service"], span["name"]) for span in trace["spans"] if not span["running"]}
            if not trace["facts"]["orphans"] and ended >= ENDED:
                return trace
        return None

    return eventually(ask, seconds=120)


def check_records(spans: Mapping[str, Any], logs: Sequence[Mapping[str, Any]]) -> None:
    """Node's and Python's, each at its moment inside its span."""
    assert {"web", "worker", "accounts"} <= {record["service"] for record in logs}
    ready = next(record for record in logs if record["body"] == "360p is ready")
    span = spans[ready["span_id"]]
    assert span["name"] == "encode 360p"
    assert int(span["start"]) <= int(ready["time"]) <= int(span["start"]) + span["duration"]


def around(spans: Mapping[str, Any], span: Mapping[str, Any], name: str) -> bool:
    parent = spans.get(span["parent_span_id"])
    return parent is not None and parent["name"] == name


def test_the_migration_is_seen_while_it_runs(company: Company):
    """Its statement, still running, and the line that it is in."""
    client = company.client

    def ask() -> Any:
        for found in client.get("/api/traces", filter="running:true service:migrate")["traces"]:
            trace = client.get(f"/api/traces/{found['trace_id']}")
            running = [span for span in trace["spans"] if span["running"]]
            if any("INSERT INTO subscriptions" in span["attributes"].get("db.query.text", "") for span in running):
                return found["trace_id"], running
        return None

    company.migration, running = eventually(ask, seconds=120)
    assert {"migrate accounts", "copy_accounts"} <= {span["name"] for span in running}
    statements = [span for span in running if span["attributes"].get("db.system.name") == "postgresql"]
    assert {span["running"]["state"] for span in statements} == {"running"}
    lines = [line for span in statements for line in span["running"]["stack"]]
    assert any(line.endswith(" copy_accounts") and "migrate.py:" in line for line in lines)


def test_a_statement_that_waits_says_for_whom_while_it_waits(company: Company):
    client, filter = company.client, f"trivet.lock.holder.trace_id:{company.migration} service:postgres"

    def ask() -> Any:
        rows = client.get("/api/logs", filter=filter)["logs"]
        named = {row["attributes"]["trivet.lock.holder.name"]: row for row in rows if row["span_id"]}
        return named.get("migrate › copy_accounts")

    record = eventually(ask, seconds=120)
    assert record["event_name"] == "trivet.lock.wait"
    assert record["attributes"]["trivet.lock.table"] == "accounts"
    [waiting] = [
        span
        for span in client.get(f"/api/traces/{record['trace_id']}")["spans"]
        if span["span_id"] == record["span_id"]
    ]
    assert waiting["service"] == "accounts" and waiting["kind"] == "client"


def test_what_is_different_about_slow_uploads_is_the_lock(company: Company):
    """Those that were slow and went well, before nothing went at all, against those that were fast."""
    asked = {"signal": "traces", "selection": {"filter": SLOW}, "baseline": {"filter": FAST}}

    def ask() -> Any:
        fields = company.client.post("/api/compare", asked)["fields"]
        return fields if fields and is_of_the_lock(fields[0]) else None

    fields = eventually(ask, seconds=120)
    [table] = [field for field in fields if field["field"] == "log.trivet.lock.table"]
    [accounts] = [share for share in table["values"] if share["value"] == "accounts"]
    assert accounts["selection"] > accounts["baseline"]


def is_of_the_lock(field: Mapping[str, Any]) -> bool:
    event = field["field"] == "log.event" and field["values"][0]["value"] == "trivet.lock.wait"
    return event or field["field"].startswith("log.trivet.lock.")


@pytest.mark.browser
@pytest.mark.parametrize("name", ["upload", "incident"])
def test_every_step_of_a_tour_shows_what_it_says(name: str, company: Company, page: Page):
    for step in tour(name, company.url).steps:
        for number, (words, address) in enumerate(step.links):
            page.goto(address)
            for text in step.expected if not number else ():
                shown = page.get_by_text(text).filter(visible=True).first
                expect(shown, f"{step.title}: {words}").to_be_visible(timeout=PATIENCE)
            expect(page.get_by_role("main"), step.title).to_be_visible(timeout=PATIENCE)
            expect(page.get_by_text("There is no page at this address."), step.title).to_have_count(0)
            assert not page.said, step.title


@pytest.mark.browser
@pytest.mark.skipif(not PICTURES, reason="TRIVET_PICTURES=docs/images makes them anew")
def test_pictures_for_the_documentation(company: Company, page: Page):
    pictures = {"incident": long_wait(company.client), "migration": unfinished(company.client, company.migration)}
    for name, shown in pictures.items():
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.goto(f"{company.url}/traces/{shown['trace_id']}?span={shown['span_id']}")
            expect(page.get_by_role("treegrid", name="Spans")).to_be_visible(timeout=PATIENCE)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=Path(PICTURES) / f"{name}-{theme}.png", clip=BELOW_THE_BAR)


def long_wait(client: Client) -> Mapping[str, Any]:
    """A record of an upload that has waited long."""
    waits = "event_name:trivet.lock.wait trivet.lock.waited>20000000000"

    def ask() -> Any:
        uploads = {found["trace_id"] for found in client.get("/api/traces", filter='name="POST /uploads"')["traces"]}
        rows = client.get("/api/logs", filter=waits, order="newest")["logs"]
        return next((row for row in rows if row.get("trace_id") in uploads), None)

    return eventually(ask, seconds=90)


def unfinished(client: Client, migration: str) -> Mapping[str, Any]:
    """The statement that does not end."""
    spans = client.get(f"/api/traces/{migration}")["spans"]
    [last] = [span for span in spans if span["running"] and span["kind"] == "client"][-1:]
    return {**last, "trace_id": migration}


@pytest.fixture
def page() -> Iterator[Page]:
    found = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.path, args=list(ARGUMENTS), env=found.environment)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(20_000)
        page.said = []
        page.on("pageerror", lambda error: page.said.append(str(error)))
        yield page
        browser.close()


def test_all_of_it_stops_and_says_what_to_look_at(company: Company):
    company.process.send_signal(signal.SIGTERM)
    out, err = company.process.communicate(timeout=120)
    assert company.process.returncode == 0, err
    assert named(out, "migration") == company.migration
    assert re.fullmatch(r"[0-9a-f]{32}", named(out, "upload"))
    assert not left_running(company.directory)
    assert list((company.directory / "temporary").iterdir()) == []
