"""Every key binding does what the help says of it: STEPS works each one, and the help of no page names another.

A binding is known by what the help says: its section, its keys, and what it does. A step finds the page as the one
before left it.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from ui.address import until_address
from ui.conftest import TYPICAL, Visit, trace_path
from ui.test_access import PAGES
from ui.test_model import ROOT
from ui.test_trace_page import chosen, search

from trivet.pipeline import Server

pytestmark = pytest.mark.browser

Works = Callable[[Page], None]
Binding = tuple[str, str, str]
Steps = dict[Binding, Works]

HELD = """() => [...document.querySelectorAll('.help section')].flatMap(section =>
  [...section.querySelectorAll('.keys > div')].map(line => [
    section.querySelector('h3').textContent,
    [...line.querySelectorAll('kbd')].map(key => key.textContent).join(' '),
    line.querySelector('dd').textContent,
  ]))"""
METRIC_NAMES = ("http.server.request.duration", "queue.depth", "requests")
PRESSED = {"↓": "ArrowDown", "↑": "ArrowUp", "←": "ArrowLeft", "→": "ArrowRight", "Esc": "Escape"}


def press(page: Page, keys: str) -> None:
    if keys.startswith("Ctrl "):
        page.keyboard.press(f"Control+{keys.removeprefix('Ctrl ')}")
        return
    for key in keys.split(" "):
        page.keyboard.press(PRESSED.get(key, key))


# ---- what may be seen


def at(number: int, line: str = "[aria-rowindex][aria-selected=true]") -> Works:
    """The line of a list that is selected, the first of them being 1."""
    return lambda page: expect(page.locator(line)).to_have_attribute("aria-rowindex", str(number + 1))


def nth(lines: str, number: int, mark: str) -> Works:
    return lambda page: expect(page.locator(lines).nth(number - 1)).to_have_class(re.compile(mark))


def row(text: str) -> Works:
    return lambda page: expect(chosen(page)).to_contain_text(text)


def address(**said: str | None) -> Works:
    return lambda page: until_address(page, **said)


def path(ends: str) -> Works:
    return lambda page: page.wait_for_url(re.compile(rf"{ends}(\?|$)"))


def focus(find: Callable[[Page], Locator]) -> Works:
    return lambda page: expect(find(page)).to_be_focused()


def then(*works: Works) -> Works:
    def each(page: Page) -> None:
        for work in works:
            work(page)

    return each


def key(*keys: str) -> Works:
    return then(*(lambda page, each=each: press(page, each) for each in keys))


def back(page: Page) -> None:
    page.go_back()


def opens(name: str) -> Works:
    """A dialog, closed again."""

    def works(page: Page) -> None:
        dialog = page.get_by_role("dialog", name=name)
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()

    return works


def range_typed(page: Page) -> None:
    page.get_by_role("textbox", name="Time range").fill("15m")
    page.keyboard.press("Enter")
    until_address(page, range="15m")


def record(text: str) -> Works:
    def works(page: Page) -> None:
        section = page.get_by_role("group").filter(has=page.get_by_role("heading", name="Log record"))
        expect(section).to_contain_text(text)

    return works


def grid(text: str, *, gone: bool = False) -> Works:
    def works(page: Page) -> None:
        said = expect(page.get_by_role("treegrid"))
        said.not_to_contain_text(text) if gone else said.to_contain_text(text)

    return works


def heading(text: str) -> Works:
    return lambda page: expect(page.locator("#details").get_by_role("heading", name=text).first).to_be_visible()


def rows(number: int) -> Works:
    return lambda page: expect(page.get_by_role("treegrid")).to_have_attribute("aria-rowcount", str(number))


def window(moved: str) -> Works:
    """Where the window on screen begins, compared with where it began at the step before."""

    def works(page: Page) -> None:
        page.wait_for_function(
            """moved => {
                const from = Number(new URLSearchParams(location.search).get('zoom')?.split('..')[0])
                return moved === 'later' ? from > window.stood : from < window.stood
            }""",
            arg=moved,
        )
        stand(page)

    return works


def stand(page: Page) -> None:
    page.wait_for_function("() => location.search.includes('zoom=')")
    page.evaluate(f"window.stood = {search(page)['zoom'].split('..')[0]}")


def copied(page: Page) -> None:
    page.wait_for_function("() => navigator.clipboard.readText().then(text => text === location.href)")


def listen(page: Page) -> None:
    page.evaluate(
        """() => {
            const plain = window.fetch
            window.asked = []
            window.fetch = (url, ...rest) => (window.asked.push(String(url)), plain(url, ...rest))
        }"""
    )


def asked(what: str) -> Works:
    """Since the page has been listened to."""
    return lambda page: page.wait_for_function("what => window.asked.some(url => url.includes(what))", arg=what)


def filter_bar(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Filter")


def statement(page: Page) -> Locator:
    return page.get_by_label("SQL statement")


def metric(name: str) -> Works:
    return lambda page: page.wait_for_function(
        "name => document.querySelector('.metric[aria-current=true] .cut')?.textContent === name", arg=name
    )


# ---- the steps, by page


def a_list(title: str, line: Callable[[int], Works], last: int, page_down: int) -> Steps:
    """The keys of a list that stands at its first line."""
    return {
        (title, "j", "Next"): line(2),
        (title, "↓", "Next"): line(3),
        (title, "k", "Previous"): line(2),
        (title, "↑", "Previous"): line(1),
        (title, "End", "Last"): line(last),
        (title, "Home", "First"): line(1),
        (title, "PageDown", "A page down"): line(page_down),
        (title, "PageUp", "A page up"): line(1),
    }


EVERYWHERE: Steps = {
    ("Everywhere", "Ctrl k", "Go to, find a trace by its id, switch theme"): opens("Commands"),
    ("Everywhere", "?", "Keys of this page"): opens("Keys of this page"),
    ("Everywhere", "g l", "Logs"): path("/logs"),
    ("Everywhere", "g e", "Explore"): path("/explore"),
    ("Everywhere", "g s", "Services"): path("/services"),
    ("Everywhere", "g m", "Metrics"): path("/metrics-explorer"),
    ("Everywhere", "g q", "SQL"): path("/sql"),
    ("Everywhere", "g t", "Traces"): path("/traces"),
    ("Time range", "T", "Choose or type a range"): range_typed,
    ("Time range", "z", "The range before"): address(range=None),
    ("Time range", "Z", "The range after"): address(range="15m"),
    ("Filter", "/", "Write a filter; Tab completes a word"): focus(filter_bar),
}
TRACES: Steps = {
    **a_list("List", at, 200, 21),
    ("Traces", "x", "Mark for comparing"): lambda page: expect(page.locator(".marked")).to_contain_text("1 trace"),
    ("Live", "l", "Follow what arrives"): address(live="on"),
    ("Live", "l", "Stop following"): then(address(live=None), listen),
    ("Traces", "r", "Ask again"): then(asked("/api/traces?"), key("j", "x")),
    ("Marked", "v", "Compare the two that are marked"): then(address(view="compare"), back),
    ("List", "Enter", "Open"): path("/traces/[0-9a-f]{32}"),
}
LOGS: Steps = {
    ("Lines", "w", "Fold long lines, or not"): then(address(wrap="on"), listen),
    ("Records", "r", "Ask again"): asked("/api/logs?"),
    ("Records", "i", "In its trace"): then(path("/traces/[0-9a-f]{32}"), back, path("/logs")),
    ("Records", "a", "Around: 5 s of the same process"): address(filter="service:worker-a"),
}
PATTERNS: Steps = {
    **a_list("Patterns", lambda number: nth(".patterns tbody tr", number, "chosen"), 4, 4),
    ("Patterns", "Enter", "Open"): lambda page: page.wait_for_url(re.compile("filter=service.+")),
}
MOVES: Steps = {
    ("Move", "Home", "First row"): row("POST /videos"),
    ("Move", "j", "Next row"): row("authenticate"),
    ("Move", "↓", "Next row"): row("GET"),
    ("Move", "k", "Previous row"): row("authenticate"),
    ("Move", "←", "Close, or to the parent"): lambda page: expect(chosen(page)).to_have_attribute(
        "aria-expanded", "false"
    ),
    ("Move", "→", "Open, or to the first child"): lambda page: expect(chosen(page)).to_have_attribute(
        "aria-expanded", "true"
    ),
    ("Move", "↑", "Previous row"): row("POST /videos"),
    ("Move", "PageDown", "A page down"): row("ffmpeg"),
    ("Move", "PageUp", "A page up"): then(row("POST /videos"), key("j")),
    ("Move", "End", "Last row"): row("SELECT segments"),
    ("Move", "N", "Previous error, or previous find"): row("transcode process"),
    ("Move", "n", "Next error, or next find"): row("SELECT segments"),
    ("Move", "Enter", "Into the details"): focus(lambda page: page.locator("#details")),
    ("Move", "Esc", "Select nothing"): lambda page: expect(chosen(page)).to_have_count(0),
    ("Move", ".", "Next log record"): then(record("upload accepted"), key(".")),
    ("Move", ",", "Previous log record"): record("upload accepted"),
    ("Move", ">", "Next warning or error among the records"): record("slow insert"),
    ("Move", "<", "Previous warning or error among the records"): record("job 8812 failed"),
    ("Move", "L", "The records of this trace, on the page of logs"): then(path("/logs"), back, path("/traces/0+1")),
}
SHOWS: Steps = {
    ("Zoom", "w", "Closer"): then(stand, key("w"), stand),
    ("Zoom", "d", "Later"): window("later"),
    ("Zoom", "a", "Earlier"): window("earlier"),
    ("Zoom", "s", "Wider"): then(window("earlier"), key("End")),
    ("Zoom", "f", "Fill the width with the selected span"): stand,
    ("Zoom", "0", "The whole trace"): address(zoom=None),
    ("Show", "l", "Log records as rows"): then(grid("job 8812 picked up"), key("l")),
    ("Show", "[", "Fold all"): rows(4),
    ("Show", "]", "Unfold all"): rows(41),
    ("Show", "c", "Critical path only"): then(grid("write audit log", gone=True), key("c")),
    ("Show", "h", "Hide what takes under 1 %"): grid("COMMIT", gone=True),
    ("Share", "y", "Copy the link to exactly this"): copied,
    ("Find", "/", "Find in this trace"): focus(lambda page: page.get_by_label("Find in this trace")),
}
VIEWS: Steps = {
    ("View", "3", "Left-heavy"): address(view="left-heavy"),
    ("View", "4", "Sandwich"): address(view="sandwich"),
    ("View", "5", "Table"): address(view="table"),
    ("View", "6", "Map"): address(view="map"),
    ("View", "7", "Compare"): address(view="compare"),
    ("View", "1", "Waterfall"): address(view=None),
    ("View", "2", "Flame"): address(view="flame"),
    ("Move", "↑", "To the parent"): heading("transcode process"),
    ("Move", "↓", "To the longest child"): heading("SELECT segments"),
    ("Move", "←", "To the sibling before"): heading("ffmpeg"),
    ("Move", "→", "To the next sibling"): heading("SELECT segments"),
}
FLAME: Steps = {
    ("Flame graph", "Enter", "Zoom to the chosen box"): lambda page: page.wait_for_url(re.compile(r"[?&]at=\d+")),
    ("Flame graph", "u", "One level up"): address(at="2"),
    ("Flame graph", "0", "The whole graph"): address(at=None),
}
METRICS: Steps = {
    **a_list("Metrics", lambda number: metric(METRIC_NAMES[number - 1]), 3, 3),
    ("Metrics", "Enter", "Open"): metric(METRIC_NAMES[0]),
    ("Find", "f", "Find a metric"): focus(lambda page: page.get_by_label("Find a metric")),
}
SQL: Steps = {
    ("Statement", "/", "Write"): then(focus(statement), lambda page: statement(page).fill("SELECT 1 AS one")),
    ("Statement", "Ctrl Enter", "Run it"): lambda page: expect(
        page.get_by_role("columnheader", name="one")
    ).to_be_visible(),
}
# Where each begins, and what must be there first.
BEGINS: list[tuple[str, str, Steps]] = [
    ("/traces", ".spacer .trace-line", EVERYWHERE),
    ("/traces", ".spacer .trace-line", TRACES),
    ("/logs?filter=retried", ".log-item", LOGS),
    ("/logs?view=patterns&filter=service:worker-a", ".patterns tbody tr", PATTERNS),
    (trace_path(TYPICAL), "#details .entry", MOVES),
    (trace_path(TYPICAL), "#details .entry", SHOWS),
    (trace_path(TYPICAL), "#details .entry", VIEWS),
    ("/explore?view=flame", "[role=application]", FLAME),
    ("/sql", "textarea", SQL),
]
STEPS: Steps = {step: works for *_, steps in [*BEGINS, ("", "", METRICS)] for step, works in steps.items()}


def work(page: Page, steps: Steps) -> None:
    for (section, keys, does), works in steps.items():
        press(page, keys)
        try:
            works(page)
        except Exception as error:
            error.add_note(f"{section}: {keys} should have meant: {does}")
            raise


@pytest.mark.parametrize(("path", "ready", "steps"), BEGINS)
def test_each_key_does_what_the_help_says(visit: Visit, told: Server, path: str, ready: str, steps: Steps):
    page = visit(told, path, permissions=["clipboard-read", "clipboard-write"]).page
    expect(page.locator(ready).first).to_be_visible()
    if steps is FLAME:
        page.get_by_role("application").focus()
        key("ArrowDown", "ArrowRight", "ArrowDown")(page)
    work(page, steps)


def test_each_key_of_the_metrics(visit: Visit, measured: Server):
    page = visit(measured, "/metrics-explorer?range=15m").page
    metric(METRIC_NAMES[0])(page)
    work(page, METRICS)


def held(page: Page) -> set[Binding]:
    """What the help names on the page as it is."""
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of this page")).to_be_visible()
    found = {tuple(each) for each in page.evaluate(HELD)}
    page.keyboard.press("Escape")
    return found


def test_no_page_has_a_key_without_its_step(visit: Visit, told: Server):
    page = visit(told, "/traces?live=on").page
    expect(page.locator(".spacer .trace-line").first).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator(".marked")).to_be_visible()
    found = held(page)
    for path, ready in PAGES.values():
        page.goto(told.url + path)
        expect(page.locator(ready).first).to_be_visible()
        found |= held(page)
    assert not found - STEPS.keys()
    assert not STEPS.keys() - found - METRICS.keys()


def literal_keys() -> Iterator[str]:
    for path in (ROOT / "ui" / "src" / "view").rglob("*.ts*"):
        yield from re.findall(r"(?:\bkeys: |\bkey\()'([^']+)'", path.read_text())


def test_no_key_in_the_source_is_without_its_step():
    """The other way round: also those that no page of the ones above happens to bind."""
    names = {pressed: shown for shown, pressed in PRESSED.items()}
    known = {keys for _, keys, _ in STEPS}
    written = {names.get(each, each.replace("Mod+", "Ctrl ")) for each in literal_keys()}
    assert len(written) > 30
    assert not written - known
