"""Spans of many traces, merged by call path: who called whom, by service and name.

Pure functions of a forest (the trees of any number of traces as one `Timeline`) without recursion.
A node stands for all spans that were reached by the same chain of (service, name). Its times are sums of nanoseconds;
self time is that of `facts/self_time.py`, on corrected clocks.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count, islice

from trivet.query.facts.self_time import self_times
from trivet.query.facts.skew import Timeline

Function = tuple[str, str]  # service, name

TOP = 0


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

    def children(self, shown: Sequence[bool] | None = None) -> dict[int, list[int]]:
        """Per node with any those below it (that are `shown`), the longest first."""
        below: dict[int, list[int]] = {}
        for node in range(1, len(self)):
            if shown is None or shown[node]:
                below.setdefault(self.parent[node], []).append(node)
        for nodes in below.values():
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


@dataclass(slots=True)
class _Group:
    """Paths that end in the same chain of callers: `paths` are their nodes, `at` where the walk up each has come."""

    function: Function
    above: int  # the node it hangs from
    level: int
    paths: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)


def bottom_up(paths: Paths, focus: str = "", most: int = 20_000, levels: int = 300) -> tuple[Paths, int]:
    """Functions first, each with its self time, and below each who called it, `levels` in all; and how many more
    there are right below those.

    A node's `total` is the self time of the function at the first level, as far as it was reached through the callers
    down to this node; so the totals of the first level add up to all self time of `paths`. Callers have no `own`.
    The `most` nodes with the largest totals are made: the largest known one is next, and only then its callers are
    looked at, whose totals are parts of its own.
    """
    made = Paths()
    groups, left_out = _functions(paths, made, focus, most)
    waiting = [(-_own(paths, group), place, group) for place, group in enumerate(groups)]
    heapify(waiting)
    places = count(len(waiting))
    while waiting and len(made) < most:
        _, _, group = heappop(waiting)
        node = made.node(group.above, group.function)
        own = _own(paths, group)
        _count(paths, made, node, group.paths, own, own if group.level == 1 else 0)
        up = ((path, paths.parent[at]) for path, at in zip(group.paths, group.at, strict=True))
        below = _grouped(paths, node, group.level + 1, ((path, at) for path, at in up if at != TOP))
        if group.level == levels:
            left_out += len(below)
            continue
        for each in below:
            heappush(waiting, (-_own(paths, each), next(places), each))
    return made, left_out + len(waiting)


def _grouped(paths: Paths, above: int, level: int, walks: Iterable[tuple[int, int]]) -> list[_Group]:
    """Walks, each a path and where it has come, by the function there."""
    groups: dict[Function, _Group] = {}
    for path, at in walks:
        function = paths.function[at]
        group = groups.get(function)
        if group is None:
            group = groups[function] = _Group(function, above, level)
        group.paths.append(path)
        group.at.append(at)
    return list(groups.values())


def _functions(paths: Paths, made: Paths, focus: str, most: int) -> tuple[list[_Group], int]:
    """The paths of the functions with the most self time, and how many others there are; the top counts them all."""
    wanted = [node for node in range(1, len(paths)) if not focus or in_focus(paths.function[node], focus)]
    own: Counter[Function] = Counter()
    for node in wanted:
        own[paths.function[node]] += paths.own[node]
    _count(paths, made, TOP, wanted, own.total(), 0)
    kept = {function for function, _ in own.most_common(most)}
    walks = ((node, node) for node in wanted if paths.function[node] in kept)
    return _grouped(paths, TOP, 1, walks), len(own) - len(kept)


def _own(paths: Paths, group: _Group) -> int:
    return sum(map(paths.own.__getitem__, group.paths))


def _count(paths: Paths, made: Paths, node: int, counted: Sequence[int], total: int, own: int) -> None:
    """Adds the spans of some paths to a node."""
    errors = sum(map(paths.errors.__getitem__, counted))
    made.add(node, sum(map(paths.count.__getitem__, counted)), errors, total, own)


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


def is_alone(paths: Paths) -> bool:
    """Whether all of it began in one function."""
    return len(list(islice(first_level(paths.parent), 2))) == 1
