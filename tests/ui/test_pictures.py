"""What the canvases show of fixed data, pixel by pixel, in both themes: `pictures/` holds what it should be.

Letters are drawn as blocks of one size, because fonts differ from machine to machine; everything else is what the page
draws. Written anew by `REWRITE=1 python -m pytest tests/ui/test_pictures.py`; look at them then.
"""

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from telemetry import S, Telemetry, span_id, trace_id
from ui.conftest import TYPICAL, Visit, send, trace_path, until_stored

from trivet.pipeline import Server
from trivet.testing.server import running_server
from ui import stories

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parent / "pictures"
ROOT, SLOW, QUICK = (TYPICAL << 20) + 1, 2, 3
BEGAN = 1_767_225_600 * S
RANGE = "2025-12-31T23:58:00.000Z..2026-01-01T00:12:00.000Z"
WIDTH, MOST_HEIGHT = 720, 400
# Edges that lie between two pixels may come out a shade apart; what is misplaced by a pixel is apart by far more.
SHADE, FEW = 40, 12

BLOCKS = """(() => {
  const LETTER = 7
  const drawing = CanvasRenderingContext2D.prototype
  drawing.measureText = text => ({ width: text.length * LETTER })
  drawing.fillText = function (text, x, y) {
    const left = x - { right: 1, end: 1, center: 0.5 }[this.textAlign] * text.length * LETTER || x
    for (let i = 0; i < text.length; i++)
      if (text[i].trim()) this.fillRect(Math.round(left) + i * LETTER + 1, Math.round(y) - 4, LETTER - 2, 8)
  }
})()"""
PICTURE = """([selector, width, most]) => {
  const drawn = document.querySelector(selector)
  const cut = document.createElement('canvas')
  cut.width = Math.min(width, drawn.width)
  cut.height = Math.min(most, drawn.height)
  cut.getContext('2d').drawImage(drawn, 0, 0)
  return cut.toDataURL()
}"""
APART = """async ([one, other, shade]) => {
  const read = async address => {
    const image = new Image()
    image.src = address
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    const ctx = canvas.getContext('2d')
    ctx.drawImage(image, 0, 0)
    return ctx.getImageData(0, 0, image.width, image.height)
  }
  const [a, b] = [await read(one), await read(other)]
  if (a.width !== b.width || a.height !== b.height) return `${a.width} x ${a.height} is not ${b.width} x ${b.height}`
  let apart = 0
  for (let i = 0; i < a.data.length; i += 4) {
    const most = Math.max(...[0, 1, 2].map(channel => Math.abs(a.data[i + channel] - b.data[i + channel])))
    if (most > shade) apart++
  }
  return apart
}"""
# The page that draws it, and the canvas.
DRAWN = {
    "tree": (trace_path(TYPICAL), ".rows-picture canvas:not(.bars)"),
    "waterfall": (trace_path(TYPICAL), "canvas.bars"),
    "records": (trace_path(TYPICAL, f"?logs=rows&span={span_id(ROOT)}"), "canvas.bars"),
    "axis": (trace_path(TYPICAL), ".axis canvas"),
    "minimap": (trace_path(TYPICAL), "canvas.minimap"),
    "flame": (trace_path(TYPICAL, "?view=flame"), ".flame-picture canvas"),
    "left-heavy": (trace_path(TYPICAL, "?view=left-heavy"), ".flame-picture canvas"),
    "compare": (trace_path(SLOW, f"?view=compare&with={trace_id(QUICK)}"), ".flame-picture canvas"),
    "heatmap": (f"/explore?range={RANGE}", ".heatmap canvas"),
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Traces at a time that stays the same."""
    with running_server(tmp_path_factory.mktemp("drawn")) as server:
        telemetry = Telemetry(BEGAN)
        stories.post_video(telemetry, TYPICAL)
        stories.checkout(telemetry, SLOW, slow=True)
        stories.checkout(telemetry, QUICK)
        for number in range(120):
            stories.list_videos(telemetry, 1000 + number, at=number * 5 * S, millis=12 + number * number % 97)
        send(server, telemetry)
        until_stored(server)
        yield server


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", DRAWN)
def test_it_is_drawn_as_it_was(visit: Visit, drawn: Server, name: str, theme: str):
    path, selector = DRAWN[name]
    watched = visit(drawn, "/sql", color_scheme=theme, timezone_id="UTC", locale="en-GB", reduced_motion="reduce")
    page = watched.page
    page.add_init_script(BLOCKS)
    watched.open(path)
    picture = settled(page, selector)
    file = PICTURES / f"{name}.{theme}.png"
    if os.environ.get("REWRITE"):
        file.write_bytes(base64.b64decode(picture.partition(",")[2]))
    kept = "data:image/png;base64," + base64.b64encode(file.read_bytes()).decode()
    apart = page.evaluate(APART, [picture, kept, SHADE])
    assert isinstance(apart, int), apart
    assert apart <= FEW, f"{apart} pixels are not as in {file.name}"


def settled(page: Page, selector: str) -> str:
    """The picture once it stays the same: facts and details that come later change it."""
    expect(page.locator(selector).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    before, picture = "", page.evaluate(PICTURE, [selector, WIDTH, MOST_HEIGHT])
    while picture != before:
        page.evaluate("() => new Promise(done => setTimeout(done, 150))")
        before, picture = picture, page.evaluate(PICTURE, [selector, WIDTH, MOST_HEIGHT])
    return picture
