"""Runs of siblings that look the same: `SELECT segments × 214`."""

from dataclasses import dataclass
from itertools import groupby

from trivet.query.facts.skew import Timeline

# Two alike are read faster than a fold.
SHORTEST_RUN = 3


@dataclass(frozen=True, slots=True)
class Fold:
    """`count` siblings in a row of one service and name under the row `parent`; `total` sums their durations."""

    parent: int
    service: str
    name: str
    count: int
    total: int


def folds(trace: Timeline) -> list[Fold]:
    """All runs of a trace, the longest in total first. Siblings are in a row when they follow each other by start."""
    found = []
    for parent, children in trace.tree.children.items():
        if len(children) >= SHORTEST_RUN:
            found += _runs(trace, parent, children)
    return sorted(found, key=lambda fold: (-fold.total, fold.parent))


def _runs(trace: Timeline, parent: int, children: list[int]) -> list[Fold]:
    spans = trace.spans
    by_start = sorted(children, key=trace.start.__getitem__)
    runs = []
    for (service, name), run in groupby(by_start, key=lambda row: (spans.service[row], spans.name[row])):
        durations = [spans.duration[row] for row in run]
        if len(durations) >= SHORTEST_RUN:
            runs.append(Fold(parent, service, name, len(durations), sum(durations)))
    return runs
