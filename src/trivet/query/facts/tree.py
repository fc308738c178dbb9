"""Who called whom: parents, children, roots, orphans and levels of a trace."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trivet.query.facts.spans import Spans


@dataclass(slots=True)
class Tree:
    """Rows linked up. `order` names every row exactly once, each after its parent; `depth` counts levels from 1.

    `roots` have no parent; `orphans` have one that has not arrived (or one of a cycle, which is cut at its earliest
    span). Both are in order of start, and so are the rows of `children`, where rows without any are absent.
    """

    parent: list[int]
    children: dict[int, list[int]] = field(default_factory=dict)
    roots: list[int] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    level: list[int] = field(default_factory=list)

    @property
    def root(self) -> int:
        """The span that stands for the trace: the earliest without a parent, else the earliest orphan."""
        return self.roots[0] if self.roots else self.orphans[0]

    @property
    def depth(self) -> int:
        return max(self.level, default=0)

    def below(self, row: int) -> Sequence[int]:
        return self.children.get(row, ())


def tree(spans: Spans) -> Tree:
    """The tree of any spans: missing parents, repeated ids (the first is the parent) and cycles included."""
    by_id: dict[str, int] = {}
    for row, span_id in enumerate(spans.span_id):
        by_id.setdefault(span_id, row)
    parent = [-1 if above is None else by_id.get(above, -1) for above in spans.parent]
    made = Tree(parent, level=[0] * len(spans))
    by_start = sorted(range(len(spans)), key=spans.start.__getitem__)
    for row in by_start:
        if parent[row] >= 0:
            made.children.setdefault(parent[row], []).append(row)
        elif spans.parent[row] is None:
            made.roots.append(row)
        else:
            made.orphans.append(row)
    _descend(made, made.roots + made.orphans)
    if len(made.order) < len(spans):
        _cut_cycles(made, by_start)
        made.orphans.sort(key=spans.start.__getitem__)
    return made


def _descend(made: Tree, tops: list[int]) -> None:
    """Adds the trees below `tops` to the order, level by level."""
    level, rows = 1, tops
    while rows:
        for row in rows:
            made.level[row] = level
        made.order += rows
        rows = [child for row in rows if row in made.children for child in made.children[row]]
        level += 1


def _cut_cycles(made: Tree, by_start: list[int]) -> None:
    """What no root reaches hangs from a cycle: the cycle's earliest span becomes an orphan."""
    place = {row: i for i, row in enumerate(by_start)}
    for row in by_start:
        if made.level[row] == 0:
            top = min(_cycle(made.parent, row), key=place.__getitem__)
            made.children[made.parent[top]].remove(top)
            made.parent[top] = -1
            made.orphans.append(top)
            _descend(made, [top])


def _cycle(parent: list[int], row: int) -> set[int]:
    """The rows of the cycle that the parents of `row` lead into."""
    seen: set[int] = set()
    while row not in seen:
        seen.add(row)
        row = parent[row]
    cycle = {row}
    while (row := parent[row]) not in cycle:
        cycle.add(row)
    return cycle
