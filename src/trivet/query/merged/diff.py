"""Two traces, or two sets of traces, as one tree; and what explains that one side takes longer.

Every function gets its share of the critical path, and these shares add up to the duration of the traces' roots. So the
differences of the shares, per trace, add up to the difference in duration: that is what `explains` ranks.
"""

import time
from collections import defaultdict
from dataclasses import dataclass
from statistics import median_low

from trivet.errors import NotFound
from trivet.query.answers import Scanned
from trivet.query.ask import together
from trivet.query.beside import beside
from trivet.query.facts.critical_path import critical_path
from trivet.query.ids import known_form
from trivet.query.instant import Range
from trivet.query.merged.answers import Diff, DiffNode, DiffSide, Explains, SideOfDiff
from trivet.query.merged.call_paths import TOP, Function, Paths, is_alone, most_of, top_down
from trivet.query.merged.flame import MOST_LEVELS
from trivet.query.merged.forest import Forest, Forests, TreeLimits


@dataclass(frozen=True, slots=True)
class Side:
    """One side as asked: a trace, or (up to `traces`) traces that match a filter."""

    trace_id: str | None
    filter: str
    within: Range
    traces: int


class DiffQuestions:
    def __init__(self, forests: Forests, limits: TreeLimits = TreeLimits()):
        self._forests = forests
        self._limits = limits

    async def diff(self, a: Side, b: Side, limit: int = 100) -> Diff:
        """NotFound when a side has no trace."""
        began = time.perf_counter()
        before, after = await together(self._forest(a, "a"), self._forest(b, "b"))
        spans = len(before.trace) + len(after.trace)
        made = await beside(spans, diff, before, after, limit, self._limits.nodes)
        made.scanned = Scanned(spans, 0, round((time.perf_counter() - began) * 1000))
        return made

    async def _forest(self, side: Side, name: str) -> Forest:
        if side.trace_id:
            forest = await self._forests.of([known_form(side.trace_id)])
        else:
            forest = await self._forests.matching(side.filter, side.within, side.traces)
        if not forest.traces:
            raise NotFound(f"no finished spans on side {name}", hint="look at its id, or its filter and time")
        return forest


def diff(a: Forest, b: Forest, limit: int = 100, most: int = 20_000) -> Diff:
    """`limit` is how many functions may explain the difference, `most` how many call paths are in the tree."""
    sides = [(forest, *top_down(forest.timeline)) for forest in (a, b)]
    paths, places = merged([each for _, each, _ in sides])
    figures = [_figures(*side, place) for side, place in zip(sides, places, strict=True)]
    shown = most_of(paths, most, MOST_LEVELS)
    shares = [critical_shares(forest) for forest in (a, b)]
    ranked = explains(*shares, a.traces, b.traces)
    return Diff(
        a=_side(a, shares[0]),
        b=_side(b, shares[1]),
        root=_nested(paths, shown, figures, (a.traces, b.traces)),
        explains=ranked[:limit],
        explains_left_out=max(0, len(ranked) - limit),
        left_out=len(paths) - sum(shown),
        truncated=a.cut or b.cut,
        scanned=Scanned(),
    )


def merged(sides: list[Paths]) -> tuple[Paths, list[list[int]]]:
    """The call paths of all sides as one tree, and where each side's nodes are in it."""
    made, places = Paths(), []
    for side in sides:
        place = [TOP] * len(side)
        for node in range(1, len(side)):
            place[node] = made.node(place[side.parent[node]], side.function[node])
        for node, at in enumerate(place):
            made.add(at, side.count[node], side.errors[node], side.total[node], side.own[node])
        places.append(place)
    return made, places


def critical_shares(forest: Forest) -> dict[Function, int]:
    """Nanoseconds of each function on the critical paths of the traces' roots; together the roots' durations."""
    spans, shares = forest.timeline.spans, defaultdict(int)
    for root in roots(forest):
        for segment in critical_path(forest.timeline, root):
            shares[spans.service[segment.row], spans.name[segment.row]] += segment.end - segment.start
    return shares


def roots(forest: Forest) -> list[int]:
    """The span that stands for each trace: its earliest without a parent, else its earliest orphan."""
    found: dict[int, int] = {}
    tree = forest.timeline.tree
    for row in tree.roots + tree.orphans:
        found.setdefault(forest.trace[row], row)
    return list(found.values())


def explains(a: dict[Function, int], b: dict[Function, int], a_traces: int, b_traces: int) -> list[Explains]:
    """Functions by how much longer (or, below zero, shorter) a trace of `b` waits for them; the biggest first."""
    deltas = {each: _delta(a.get(each, 0), b.get(each, 0), a_traces, b_traces) for each in {*a, *b}}
    ranked = sorted((function for function in deltas if deltas[function]), key=lambda f: (-abs(deltas[f]), f))
    return [Explains(service, name, deltas[service, name]) for service, name in ranked]


def _delta(a: int, b: int, a_traces: int, b_traces: int) -> int:
    """The difference per trace."""
    return round(b / b_traces - a / a_traces)


def _figures(forest: Forest, paths: Paths, node_of: list[int], place: list[int]) -> dict[int, DiffSide]:
    """One side's figures by node of the merged tree."""
    durations: dict[int, list[int]] = defaultdict(list)
    for row, node in enumerate(node_of):
        durations[node].append(forest.timeline.spans.duration[row])
    durations[TOP] = [forest.timeline.spans.duration[row] for row in roots(forest)]
    return {
        place[node]: DiffSide(paths.count[node], paths.total[node], paths.own[node], median_low(durations[node]))
        for node in range(len(paths))
    }


def _side(forest: Forest, shares: dict[Function, int]) -> SideOfDiff:
    return SideOfDiff(forest.traces, len(forest.trace), round(sum(shares.values()) / forest.traces))


def _nested(paths: Paths, shown: list[bool], figures: list[dict[int, DiffSide]], traces: tuple[int, int]) -> DiffNode:
    """The tree of what is shown, what differs most first; the top itself only when it stands for several."""
    made = [_node(paths, node, figures, traces) if shown[node] else None for node in range(len(paths))]
    for node, below in paths.children(shown).items():
        made[node].children = [made[child] for child in below]
    top = made[TOP]
    assert top
    return top.children[0] if is_alone(paths) and top.children else top


def _node(paths: Paths, node: int, figures: list[dict[int, DiffSide]], traces: tuple[int, int]) -> DiffNode:
    a, b = (side.get(node, DiffSide(0, 0, 0, None)) for side in figures)
    service, name = paths.function[node] if node != TOP else (None, "all")
    return DiffNode(service, name, a, b, _delta(a.total, b.total, *traces), children=[])
