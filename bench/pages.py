"""The trace page in a real browser: how soon a trace is on screen, how smoothly it moves, what memory it takes.

`busy` is the main thread's work per frame: where that is well below 16 ms, a longer p95 is the machine's other work.

`python -m bench pages` measures traces of a thousand, ten thousand, a hundred thousand and a million spans;
BENCH_SPANS="1000 100000" others. Drawn without a graphics card, so a screen with one does better.
"""

import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

sys.path.append(str(Path(__file__).parent.parent / "tests"))  # the browser and the server are the tests' own
from ui.chromium import ARGUMENTS, find_chromium

from trivet.testing.server import running_server

SIZES = (1_000, 10_000, 100_000, 1_000_000)
A_REQUEST = 20_000
STORED_SECONDS = 300
FRAMES = 150
COLUMNS = ("drawn", "explained", "scroll p95", "zoom p95", "busy", "flame", "heap")
SERVICES = ("api", "web", "worker", "postgresql", "redis", "billing", "search", "mail")

# When the first bar has been painted, and when the facts are there: read by a page that is not told to hurry.
WATCH = """
window.seen = {}
const fill = CanvasRenderingContext2D.prototype.fillText
CanvasRenderingContext2D.prototype.fillText = function (...drawn) {
  if (!window.seen.begun && this.canvas.className === 'bars') window.seen.begun = true
  return fill.apply(this, drawn)
}
const look = () => {
  const now = performance.now()
  if (window.seen.begun) window.seen.drawn ??= now
  const facts = document.querySelector('.trace-facts')
  if (facts && !facts.textContent.includes('explaining')) window.seen.explained ??= now
  if (!(window.seen.drawn && window.seen.explained)) requestAnimationFrame(look)
}
addEventListener('DOMContentLoaded', look)
"""
# Frames while something moves: each lasts from one paint to the next.
MOVE = """async ([what, frames]) => {
  const scroller = document.querySelector('.rows-scroller, .flame-scroller')
  const bars = document.querySelector('canvas.bars, .flame-picture canvas')
  const box = bars.getBoundingClientRect()
  const lasts = []
  let before = await new Promise(requestAnimationFrame)
  for (let i = 0; i < frames; i++) {
    if (what === 'scroll') scroller.scrollTop += 400
    else bars.dispatchEvent(new WheelEvent('wheel', { ctrlKey: true, deltaY: i < frames / 2 ? -60 : 60,
      clientX: box.x + box.width / 3, clientY: box.y + 40, bubbles: true, cancelable: true }))
    const now = await new Promise(requestAnimationFrame)
    lasts.push(now - before)
    before = now
  }
  return lasts
}"""
SHOW = """async key => {
  const began = performance.now()
  dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  while (!document.querySelector('.flame-picture canvas')) await new Promise(requestAnimationFrame)
  await new Promise(requestAnimationFrame)
  return performance.now() - began
}"""


def main() -> None:
    sizes = [int(size) for size in os.environ.get("BENCH_SPANS", "").split()] or SIZES
    print(f"{'spans':>9}" + "".join(f"{column:>13}" for column in COLUMNS))
    with tempfile.TemporaryDirectory() as directory, running_server(Path(directory)) as server:
        found = find_chromium()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=found.path, args=list(ARGUMENTS), env=found.environment
            )
            for number, spans in enumerate(sizes, 1):
                _send(server, number, spans)
                _measure(browser, f"{server.url}/traces/{number:032x}", spans)
            browser.close()


def _measure(browser: Browser, address: str, spans: int) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(STORED_SECONDS * 1000)
    page.add_init_script(WATCH)
    page.goto(address)
    seen = _seen(page)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before = _metrics(session)
    scroll, zoom = (_p95(page.evaluate(MOVE, [what, FRAMES])) for what in ("scroll", "zoom"))
    busy = (_metrics(session)["TaskDuration"] - before["TaskDuration"]) / (2 * FRAMES) * 1000
    session.send("HeapProfiler.collectGarbage")
    held = session.send("Runtime.getHeapUsage")
    heap = held["usedSize"] + held.get("backingStorageSize", 0)
    flame = page.evaluate(SHOW, "2")
    times = (seen["drawn"], seen["explained"], scroll, zoom, busy, flame)
    print(f"{spans:>9,}" + "".join(f"{ms:>10.1f} ms" for ms in times) + f"{heap / 1e6:>10.0f} MB", flush=True)
    page.close()


def _seen(page: Page) -> dict[str, float]:
    """Asked from outside: the page's policy lets nothing be evaluated inside of it."""
    deadline = time.monotonic() + STORED_SECONDS
    while not {"drawn", "explained"} <= (seen := page.evaluate("window.seen")).keys():
        if time.monotonic() > deadline:
            raise RuntimeError("the page does not come up")
        time.sleep(0.05)
    return seen


def _p95(lasts: list[float]) -> float:
    return quantiles(lasts, n=20)[-1]


def _metrics(session: CDPSession) -> dict[str, float]:
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


def _send(server, number: int, spans: int) -> None:
    for body in bodies(number, spans):
        headers = {"content-type": "application/x-protobuf"}
        with urllib.request.urlopen(urllib.request.Request(f"{server.url}/v1/traces", body, headers)):
            pass
    deadline = time.monotonic() + STORED_SECONDS
    while any(signal.stored < signal.acknowledged for signal in server.status().signals.values()):
        if time.monotonic() > deadline:
            raise RuntimeError("the store is too slow")
        time.sleep(0.1)


def bodies(trace: int, spans: int) -> Iterator[bytes]:
    """A job of pages with steps and queries in them: nine levels of fan-out ten, every 500th span failed."""
    start = time.time_ns() - spans * 50_000 - 10**9
    for first in range(0, spans, A_REQUEST):
        request = ExportTraceServiceRequest()
        scopes = []
        for service in SERVICES:
            group = request.resource_spans.add()
            group.resource.attributes.add(key="service.name").value.string_value = service
            scopes.append(group.scope_spans.add())
        for number in range(first, min(spans, first + A_REQUEST)):
            _fill(scopes[number % len(SERVICES)].spans.add(), trace, number, start, spans)
        yield request.SerializeToString()


def _fill(span, trace: int, number: int, start: int, spans: int) -> None:
    """Span n is the child of span (n - 1) / 10; children share their parent's time."""
    parent, place, share, begin = number, [], spans * 50_000, 0
    while parent:
        place.append((parent - 1) % 10)
        parent = (parent - 1) // 10
    for step in reversed(place):
        share //= 11
        begin += step * share + share // 4
    span.trace_id, span.span_id = trace.to_bytes(16, "big"), (trace << 32 | number + 1).to_bytes(8, "big")
    if number:
        span.parent_span_id = (trace << 32 | (number - 1) // 10 + 1).to_bytes(8, "big")
    span.name, span.kind = f"step {number % 40}", 1
    span.start_time_unix_nano = start + begin
    span.end_time_unix_nano = start + begin + max(1, share)
    if number % 500 == 499:
        span.status.code = 2


if __name__ == "__main__":
    main()
