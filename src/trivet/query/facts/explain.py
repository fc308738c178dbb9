"""All facts of a trace at once, as the API gives them (`Facts` in answers.py is made from this)."""

from dataclasses import dataclass
from heapq import nlargest

from trivet.query.facts.critical_path import Segment, critical_path, critical_path_extent, last_to_end
from trivet.query.facts.folds import Fold, folds
from trivet.query.facts.self_time import gaps, self_times
from trivet.query.facts.shares import Share, shares
from trivet.query.facts.skew import Timeline, timeline
from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import tree

# Longest first: what lies beyond is too short to matter to a reader, and a wide trace has a gap per span.
MOST_GAPS = 100
MOST_FOLDS = 1000


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a span that none of its children explains."""

    row: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A trace and what can be said about it; see the functions of this room for the meanings."""

    trace: Timeline
    self_time: list[int]
    critical_path: list[Segment]
    critical_path_extent: list[Segment]
    shares: list[Share]
    gaps: list[Gap]
    folds: list[Fold]
    first_error: int | None


def explain(spans: Spans) -> Explained:
    """Facts of at least one span."""
    trace = timeline(spans, tree(spans))
    own = self_times(trace)
    path = critical_path(trace)
    whole = last_to_end(trace) == trace.tree.root
    return Explained(
        trace=trace,
        self_time=own,
        critical_path=path,
        critical_path_extent=path if whole else critical_path_extent(trace),
        shares=shares(spans, own, path),
        gaps=longest_gaps(trace),
        folds=folds(trace)[:MOST_FOLDS],
        first_error=first_error(trace),
    )


def first_error(trace: Timeline) -> int | None:
    """The error span that ended first; of two that ended together, the inner one."""
    failed = [row for row, error in enumerate(trace.spans.error) if error]
    return min(failed, key=lambda row: (trace.end[row], -trace.tree.level[row]), default=None)


def longest_gaps(trace: Timeline) -> list[Gap]:
    """The longest gaps of all spans, in order of time."""
    every = (Gap(row, start, end) for row in trace.tree.children for start, end in gaps(trace, row))
    longest = nlargest(MOST_GAPS, every, key=lambda gap: gap.end - gap.start)
    return sorted(longest, key=lambda gap: (gap.start, gap.end))
