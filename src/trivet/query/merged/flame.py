"""An aggregated flame graph: all matching traces merged by call path."""

import time
from typing import Literal

from trivet.query.answers import Scanned
from trivet.query.beside import beside
from trivet.query.instant import Range
from trivet.query.merged.answers import Flame, FlameNode
from trivet.query.merged.call_paths import TOP, Paths, bottom_up, focused, is_alone, most_of, top_down
from trivet.query.merged.forest import Forest, Forests, TreeLimits

View = Literal["top_down", "bottom_up"]

# JSON readers end where their nesting does: two levels of it for each of ours.
MOST_LEVELS = 300


class FlameQuestions:
    def __init__(self, forests: Forests, limits: TreeLimits = TreeLimits()):
        self._forests = forests
        self._limits = limits

    async def flame(self, filter: str, within: Range, traces: int, view: View, focus: str) -> Flame:
        """Up to `traces` matching traces as one tree; times are sums of nanoseconds."""
        began = time.perf_counter()
        forest = await self._forests.matching(filter, within, traces)
        made = await beside(len(forest.trace), flame, forest, view, focus, self._limits.nodes)
        made.scanned = Scanned(len(forest.trace), 0, round((time.perf_counter() - began) * 1000))
        return made


def flame(forest: Forest, view: View, focus: str, most: int = 20_000) -> Flame:
    paths, _ = top_down(forest.timeline)
    if view == "bottom_up":
        paths, left_out = bottom_up(paths, focus, most, MOST_LEVELS)
        shown = [True] * len(paths)
    else:
        paths = focused(paths, focus) if focus else paths
        shown = most_of(paths, most, MOST_LEVELS)
        left_out = len(paths) - sum(shown)
    return Flame(
        traces=forest.traces,
        spans=len(forest.trace),
        root=_nested(paths, shown, alone=view == "top_down"),
        left_out=left_out,
        truncated=forest.cut,
        scanned=Scanned(),
    )


def _nested(paths: Paths, shown: list[bool], *, alone: bool) -> FlameNode:
    """The tree of what is shown; with `alone`, a single node of the first level is its root."""
    made = [_node(paths, node) if shown[node] else None for node in range(len(paths))]
    for node, below in paths.children(shown).items():
        made[node].children = [made[child] for child in below]
    top = made[TOP]
    assert top
    return top.children[0] if alone and is_alone(paths) and top.children else top


def _node(paths: Paths, node: int) -> FlameNode:
    service, name = paths.function[node] if node != TOP else (None, "all")
    return FlameNode(
        service, name, paths.count[node], paths.errors[node], paths.total[node], paths.own[node], children=[]
    )
