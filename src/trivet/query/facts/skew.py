"""Clock skew between processes, and which children nobody waited for.

The correction is Jaeger's (`model/adjuster/clockskew`): a server span that does not lie inside the client span that
called it is moved, with what runs below it in the same process, to the middle of that client span; one longer than its
client span is moved only when it begins before it. Unlike Jaeger's it touches client → server pairs alone, and never an
asynchronous child.
"""

from dataclasses import dataclass

from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import Tree


@dataclass(slots=True)
class Timeline:
    """A trace with one clock: the tree, the corrected times, and what was asynchronous.

    A child is asynchronous when it is a consumer, or starts at or after its parent's end. `shift` is what was added
    to a row's raw start.
    """

    spans: Spans
    tree: Tree
    start: list[int]
    end: list[int]
    shift: list[int]
    asynchronous: list[bool]

    @property
    def first(self) -> int:
        return min(self.start)

    @property
    def last(self) -> int:
        return max(self.end)

    def waited_for(self, row: int) -> list[int]:
        """The synchronous children of a row."""
        return [child for child in self.tree.below(row) if not self.asynchronous[child]]


def timeline(spans: Spans, tree: Tree) -> Timeline:
    """Corrects the clocks from the roots down, in one pass."""
    start = list(spans.start)
    end = [begin + duration for begin, duration in zip(spans.start, spans.duration, strict=True)]
    _stretch(spans, tree, end)
    shift = [0] * len(spans)
    asynchronous = [False] * len(spans)
    for row in tree.order:
        above = tree.parent[row]
        if above < 0:
            continue
        same = spans.process[row] == spans.process[above]
        moved = shift[above] if same else 0
        if spans.kind[row] == "consumer" or start[row] + moved >= end[above]:
            asynchronous[row] = True
            continue
        if not same and spans.kind[row] == "server" and spans.kind[above] == "client":
            moved = _shift(start[row], end[row], start[above], end[above])
        if moved:
            shift[row] = moved
            start[row] += moved
            end[row] += moved
    return Timeline(spans, tree, start, end, shift, asynchronous)


def _stretch(spans: Spans, tree: Tree, end: list[int]) -> None:
    """A span that has not ended, and was last seen a while ago, still waits for what has begun below it since."""
    if not spans.open:
        return
    for row in reversed(tree.order):
        above = tree.parent[row]
        if above in spans.open and spans.kind[row] != "consumer":
            end[above] = max(end[above], end[row])


def _shift(start: int, end: int, above_start: int, above_end: int) -> int:
    """What to add to a server span's start so that it fits the client span that called it."""
    room = (above_end - above_start) - (end - start)
    if room < 0:
        return max(above_start - start, 0)
    if above_start <= start and end <= above_end:
        return 0
    return above_start + room // 2 - start
