"""A flame graph drawn in a terminal: the root on top, below each call what it calls, as wide as it took.

Pure: the tree of `POST /api/flame` and a width in, lines of styled text out. Each box begins with a bar, so that it can
be read without colours; what would be narrower than a cell is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from trivet.cli.draw import SERVICE_STYLES
from trivet.cli.figures import duration, one_line, share

MOST_LINES = 120
EDGE = "▏"

Json = Mapping[str, Any]


class Box(NamedTuple):
    node: Json
    at: int
    cells: int


def icicle(root: Json, width: int) -> Iterator[Text]:
    """One line a level. The root's children are wholes when the root stands for several."""
    whole = max(1, root["total"] or sum(child["total"] for child in root["children"]))
    styles = _styles(root)
    level = [Box(root, 0, width)]
    for _ in range(MOST_LINES):
        yield _line(level, whole, styles)
        level = [box for above in level for box in _below(above)]
        if not level:
            return
    yield Text("… deeper levels are left out; see --json", "dim")


def _below(above: Box) -> Iterator[Box]:
    """Children side by side, the biggest first; widths are rounded so that they never exceed their parent's."""
    whole = max(1, above.node["total"], sum(child["total"] for child in above.node["children"]))
    before = 0
    for child in sorted(above.node["children"], key=lambda each: -each["total"]):
        first, last = above.cells * before // whole, above.cells * (before + child["total"]) // whole
        before += child["total"]
        if last > first:
            yield Box(child, above.at + first, last - first)


def _line(level: Sequence[Box], whole: int, styles: Mapping[str, str]) -> Text:
    line = Text()
    for box in level:
        line.append(" " * (box.at - len_of(line)))
        line.append(_label(box, whole), _style(box.node, styles))
    return line


def _label(box: Box, whole: int) -> str:
    node = box.node
    name = one_line(node["name"]) or "(no name)"
    full = f"{EDGE}{name} {share(node['total'] / whole)} {duration(node['total'])}"
    if cell_len(full) > box.cells:
        full = f"{EDGE}{name}"
    return set_cell_size(full, box.cells)


def _style(node: Json, styles: Mapping[str, str]) -> str:
    colour = styles.get(node["service"] or "", "white")
    return f"reverse {'bold red' if node['errors'] else colour}"


def _styles(root: Json) -> dict[str, str]:
    services = dict.fromkeys(node["service"] for node in walk(root) if node["service"])
    return {name: SERVICE_STYLES[at % len(SERVICE_STYLES)] for at, name in enumerate(services)}


def walk(root: Json) -> Iterator[Json]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node["children"])


def len_of(line: Text) -> int:
    return cell_len(line.plain)
