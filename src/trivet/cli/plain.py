"""Tables for commands of the base install, which has nothing to draw with."""

from collections.abc import Iterator, Sequence


def columns(*rows: Sequence[str]) -> Iterator[str]:
    """The rows as lines, each column as wide as its widest cell."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
