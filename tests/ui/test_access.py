"""Every page in both themes: readable by machines that read aloud, and without a word on the console."""

import pytest
from playwright.sync_api import Browser, expect
from ui.conftest import NAMES, ODD, RUNNING, SLOW_CHECKOUT, TYPICAL, WAITER, Visit, trace_path
from ui.test_model import ROOT

from trivet.pipeline import Server

pytestmark = pytest.mark.browser

AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
FOCUSED = """(element => [
    element.tagName,
    element.matches(":focus-visible") && getComputedStyle(element).outlineStyle,
])(document.activeElement)"""
PAGES = {
    "list": ("/traces", ".trace-line"),
    "nothing": ("/traces?filter=service:nobody", ".notice"),
    "trace": (trace_path(TYPICAL), ".entry"),
    "trace with records": (trace_path(TYPICAL, "?logs=rows"), ".entry"),
    "flame": (trace_path(TYPICAL, "?view=flame"), ".entry"),
    "left-heavy": (trace_path(TYPICAL, "?view=left-heavy"), ".entry"),
    "sandwich": (trace_path(TYPICAL, "?view=sandwich"), ".functions button"),
    "table": (trace_path(TYPICAL, "?view=table"), ".groups tbody tr"),
    "map": (trace_path(TYPICAL, "?view=map"), ".map-node"),
    "compare": (trace_path(SLOW_CHECKOUT, "?view=compare"), ".explains"),
    "waiting": (trace_path(WAITER), ".section.warn"),
    "names": (trace_path(NAMES), ".details-head"),
    "odd": (trace_path(ODD), ".details-head"),
    "running": (trace_path(RUNNING), ".details-head"),
    "logs": ("/logs", ".facet"),
    "a record": ("/logs?filter=retried&columns=job.id", ".log-line"),
    "patterns": ("/logs?view=patterns", "tbody tr"),
    "heatmap": ("/explore?range=15m", "tbody tr"),
    "lines": ("/explore?view=lines&group=service", "tbody tr"),
    "flame graph": ("/explore?view=flame", "tbody tr"),
    "services": ("/services", "tbody tr"),
    "service map": ("/services?view=map", ".node"),
    "service": ("/services/worker-a", "tbody tr"),
    "metrics": ("/metrics-explorer", "h1"),
    "sql": ("/sql?query=SELECT+1", "tbody tr"),
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit: Visit, told: Server, name: str):
    path, ready = PAGES[name]
    # Only here, so that the checker itself may be injected; the other tests run under the real policy.
    page = visit(told, path, bypass_csp=True).page
    expect(page.locator(ready).first).to_be_visible()
    page.add_script_tag(path=AXE)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        assert not [(theme, each["id"], each["impact"], each["nodes"][0]["html"][:200]) for each in found]


@pytest.mark.parametrize(
    "path", ["/traces", trace_path(TYPICAL), "/logs", "/explore", "/services", "/sql?query=SELECT+1"]
)
def test_tab_reaches_everything_and_shows_where_it_is(visit: Visit, told: Server, path: str):
    """Every stop of the first twenty has a visible outline (or is the page's own edge)."""
    page = visit(told, path).page
    page.wait_for_load_state("networkidle")
    stops = []
    for _ in range(20):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    seen = [outline for tag, outline in stops if tag != "BODY"]
    assert len(seen) >= 8
    assert all(outline and outline != "none" for outline in seen)


def test_a_trace_whose_status_is_colour_alone_does_not_exist(visit: Visit, told: Server):
    """What is red is also said: the row of a failed span reads 'error'."""
    page = visit(told, trace_path(TYPICAL)).page
    failed = page.get_by_role("treegrid").get_by_role("row").filter(has_text="SELECT segments")
    expect(failed).to_contain_text("error")


def test_narrow_screens_still_show_the_answer(visit: Visit, told: Server, browser: Browser):
    page = visit(told, trace_path(TYPICAL), viewport={"width": 400, "height": 800}).page
    expect(page.locator(".verdict")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
