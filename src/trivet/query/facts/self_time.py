"""Self time, and the stretches of a span that no child explains."""

from collections.abc import Iterator

from trivet.query.facts.skew import Timeline


def self_times(trace: Timeline) -> list[int]:
    """Per row: its duration less the union of its synchronous children's, cut to its own."""
    start, end = trace.start, trace.end
    spare = [finish - begin for begin, finish in zip(start, end, strict=True)]
    for row in trace.tree.children:
        spare[row] -= sum(finish - begin for begin, finish in covered(trace, row))
    return spare


def covered(trace: Timeline, row: int) -> Iterator[tuple[int, int]]:
    """The union of a span's synchronous children, cut to its own time: disjoint intervals in order."""
    start, end, asynchronous = trace.start, trace.end, trace.asynchronous
    begin, finish = start[row], end[row]
    reached = begin
    open_from = begin
    for child in sorted(trace.tree.below(row), key=start.__getitem__):
        if asynchronous[child]:
            continue
        child_start, child_end = start[child], min(end[child], finish)
        if child_start > reached:
            if reached > open_from:
                yield open_from, reached
            open_from = reached = child_start
        if child_end > reached:
            reached = child_end
    if reached > open_from:
        yield open_from, reached


def gaps(trace: Timeline, row: int) -> Iterator[tuple[int, int]]:
    """The stretches of a span that none of its synchronous children covers; together they are its self time.

    A span without such children has none: all of its time is its own, and nothing is missing between.
    """
    at, any_child = trace.start[row], False
    for begin, finish in covered(trace, row):
        any_child = True
        if begin > at:
            yield at, begin
        at = finish
    if any_child and at < trace.end[row]:
        yield at, trace.end[row]
