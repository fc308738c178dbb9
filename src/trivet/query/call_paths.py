"""Spans of many traces, merged by call path: who called whom, by service and name.

Pure functions of a forest (the trees of any number of traces as one `Timeline`) in linear time and without recursion.
A node stands for all spans that were reached by the same chain of (service, name). Its times are sums of nanoseconds;
self time is that of `facts/self_time.py`, on corrected clocks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest

from trivet.query.facts.self_time import self_times
from trivet.query.facts.skew import Timeline

Function = tuple[str, str]  # service, name

TOP = 0
# Each costs as many steps as it is deep; real programs have some hundred, names with ids in them as many as spans.
MOST_WALKED = 20_000


@dataclass(slots=True)
class Paths:
    """Nodes as columns; node 0 stands above the first spans of all traces and is no function itself.

    A node comes after its parent. `own` is self time; `function` of node 0 is ("", "").
    """

    parent: list[int] = field(default_factory=lambda: [-1])
    function: list[Function] = field(default_factory=lambda: [("", "")])
    count: list[int] = field(default_factory=lambda: [0])
    errors: list[int] = field(default_factory=lambda: [0])
    total: list[int] = field(default_factory=lambda: [0])
    own: list[int] = field(default_factory=lambda: [0])
    _known: dict[tuple[int, Function], int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.parent)

    def node(self, above: int, function: Function) -> int:
        """The node of a function under another, made when it is new."""
        key = (above, function)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.parent)
            self.parent.append(above)
            self.function.append(function)
            for column in (self.count, self.errors, self.total, self.own):
                column.append(0)
        return found

    def add(self, node: int, count: int, errors: int, total: int, own: int) -> None:
        self.count[node] += count
        self.errors[node] += errors
        self.total[node] += total
        self.own[node] += own

    def children(self) -> list[list[int]]:
        """Per node those below it, the longest first."""
        below: list[list[int]] = [[] for _ in self.parent]
        for node in range(1, len(self)):
            below[self.parent[node]].append(node)
        for nodes in below:
            nodes.sort(key=lambda node: (-self.total[node], -self.count[node], self.function[node]))
        return below


def top_down(forest: Timeline) -> tuple[Paths, list[int]]:
    """The call paths of a forest, and the node of each row; node 0 sums the first spans of the traces."""
    spans, parent = forest.spans, forest.tree.parent
    own = self_times(forest)
    paths, node_of = Paths(), [TOP] * len(spans)
    for row in forest.tree.order:
        above = parent[row]
        node = paths.node(node_of[above] if above >= 0 else TOP, (spans.service[row], spans.name[row]))
        node_of[row] = node
        paths.count[node] += 1
        paths.errors[node] += spans.error[row]
        paths.total[node] += spans.duration[row]
        paths.own[node] += own[row]
    _sum_up_the_top(paths)
    return paths, node_of


def focused(paths: Paths, focus: str) -> Paths:
    """What runs below the functions in focus, wherever they were called from; inside one another they nest."""
    made, moved = Paths(), [-1] * len(paths)
    for node in range(1, len(paths)):
        above = moved[paths.parent[node]]
        if above < 0 and not in_focus(paths.function[node], focus):
            continue
        moved[node] = made.node(max(above, TOP), paths.function[node])
        made.add(moved[node], paths.count[node], paths.errors[node], paths.total[node], paths.own[node])
    _sum_up_the_top(made)
    return made


def bottom_up(paths: Paths, focus: str = "", levels: int = 300) -> Paths:
    """Functions first, each with its self time, and below each who called it, `levels` in all.

    A node's `total` is the self time of the function at the first level, as far as it was reached through the callers
    down to this node; so the totals of the first level add up to all self time of `paths`. Callers have no `own`.
    Of more than MOST_WALKED paths only those with the most self time are followed to their callers.
    """
    made = Paths()
    least = nlargest(MOST_WALKED + 1, paths.own)[-1] if len(paths) > MOST_WALKED else -1
    for node in range(1, len(paths)):
        if focus and not in_focus(paths.function[node], focus):
            continue
        count, errors, own = paths.count[node], paths.errors[node], paths.own[node]
        at, caller, level = TOP, node, 0
        followed = levels if own > least else 1
        while caller != TOP and level < followed:
            at = made.node(at, paths.function[caller])
            made.add(at, count, errors, own, own if level == 0 else 0)
            caller, level = paths.parent[caller], level + 1
    _sum_up_the_top(made)
    return made


def in_focus(function: Function, focus: str) -> bool:
    """`focus` is a service, a name, or `service|name`."""
    service, name = function
    return focus in (service, name, f"{service}|{name}")


def most_of(paths: Paths, most: int, levels: int) -> list[bool]:
    """Which nodes to show: the `most` with the largest totals, no deeper than `levels`, each below a shown one."""
    level = [0] * len(paths)
    for node in range(1, len(paths)):
        level[node] = level[paths.parent[node]] + 1
    # A parent may be shorter than what it called asynchronously: what counts is the largest total at or below it.
    weight = list(paths.total)
    for node in range(len(paths) - 1, 0, -1):
        above = paths.parent[node]
        weight[above] = max(weight[above], weight[node])
    order = sorted(range(len(paths)), key=lambda node: (-weight[node], level[node], node))
    shown = [False] * len(paths)
    for node in order[:most]:
        shown[node] = level[node] <= levels and (node == TOP or shown[paths.parent[node]])
    return shown


def _sum_up_the_top(paths: Paths) -> None:
    for node in first_level(paths.parent):
        paths.add(TOP, paths.count[node], paths.errors[node], paths.total[node], 0)


def first_level(parent: Sequence[int]) -> Iterator[int]:
    return (node for node, above in enumerate(parent) if above == TOP)
