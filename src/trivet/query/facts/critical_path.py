"""The critical path: the chain of spans that the end of a trace waited for.

As in Jaeger's UI (`CriticalPath`) and Uber's CRISP (Zhang et al., "CRISP: Critical Path Analysis of Large-Scale
Microservice Architectures", USENIX ATC 2022): walk back from a span's end; the last child to end before the point
reached was waited for, so the path goes through it and on from its start. Children are cut at their parent's end.

Differences: a child that ends exactly where the next one starts counts as before it (instants are integers, and
back-to-back calls are common in traces written by hand); children are cut at their parent's start too; asynchronous
children are left out. So the path of a span is a partition of its time: it never overlaps itself and adds up to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from trivet.query.facts.skew import Timeline

# Nanoseconds (30 days) further apart than which no trace is: a clock was wrong. `layout.ts` of the pages says the same.
FAR = 30 * 86_400 * 10**9


class Segment(NamedTuple):
    """A stretch of the path inside one span; with `queue`, the wait before that (asynchronous) span began."""

    row: int
    start: int
    end: int
    queue: bool = False


@dataclass(slots=True)
class _Walk:
    """Where the walk stands in one span: `at` moves back towards `start`; children count as ended by `cut`.

    `children` is a stack, the last to end on top.
    """

    row: int
    start: int
    at: int
    cut: int
    children: list[int]


def critical_path(trace: Timeline, root: int | None = None) -> list[Segment]:
    """The path through the root span of the trace (or another span), in order of time."""
    root = trace.tree.root if root is None else root
    path = _walk_back(trace, root, trace.end[root])
    path.reverse()
    return path


def critical_path_extent(trace: Timeline) -> list[Segment]:
    """The path back from the last end of the whole trace, in order of time.

    It goes through asynchronous spans to their start, then on in the span that caused them; what lies between that
    span's end and their start is a wait, marked `queue`.
    """
    row = last_to_end(trace)
    at = trace.end[row]
    path: list[Segment] = []
    while row >= 0:
        path += _walk_back(trace, row, at)
        at = min(at, trace.start[row])
        above = trace.tree.parent[row]
        if above >= 0 and at - trace.end[above] > FAR:
            break  # so long nobody waited: one of the two has a wrong clock
        if above >= 0 and trace.end[above] < at:
            path.append(Segment(row, trace.end[above], at, queue=True))
            at = trace.end[above]
        row = above
    path.reverse()
    return path


def last_to_end(trace: Timeline) -> int:
    """The span that ends the trace; of two that end together, the outer one. What ends far away has a wrong clock."""
    rows: Iterable[int] = trace.tree.order
    if trace.last - trace.first >= FAR:
        latest = trace.end[_sure_of_its_clock(trace)] + FAR
        rows = [row for row in rows if trace.end[row] <= latest]
    return max(rows, key=lambda each: (trace.end[each], -trace.tree.level[each]))


def _sure_of_its_clock(trace: Timeline) -> int:
    """The root, unless most spans are far from it: then one in the middle of them all."""
    start, root = trace.start, trace.tree.root
    near = sum(abs(at - start[root]) <= FAR for at in start)
    by_start = sorted(range(len(start)), key=start.__getitem__)
    return root if near * 2 >= len(start) else by_start[len(start) // 2]


def _walk_back(trace: Timeline, row: int, at: int) -> list[Segment]:
    """The path inside a span, from `at` back to its start: latest first."""
    path: list[Segment] = []
    stack = [_enter(trace, row, trace.start[row], at, trace.end[row])]
    while stack:
        walk = stack[-1]
        child = _last_to_end(trace, walk)
        if child < 0:
            _add(path, walk.row, walk.start, walk.at)
            stack.pop()
            continue
        start, end = max(trace.start[child], walk.start), min(trace.end[child], walk.at)
        _add(path, walk.row, end, walk.at)
        walk.at = start
        if child in trace.tree.children:
            stack.append(_enter(trace, child, start, end, cut=end))
        else:  # most spans are leaves: half of the time
            _add(path, child, start, end)
    return path


def _enter(trace: Timeline, row: int, start: int, at: int, cut: int) -> _Walk:
    children = [child for child in trace.waited_for(row) if trace.start[child] < at]
    children.sort(key=lambda child: (trace.end[child], -trace.start[child]))
    return _Walk(row, start, at, cut, children)


def _last_to_end(trace: Timeline, walk: _Walk) -> int:
    """The next child that ended by the point reached, or -1."""
    while walk.children:
        child = walk.children.pop()
        if min(trace.end[child], walk.cut) <= walk.at and trace.end[child] > walk.start:
            return child
    return -1


def _add(path: list[Segment], row: int, start: int, end: int) -> None:
    if start < end:
        path.append(Segment(row, start, end))
