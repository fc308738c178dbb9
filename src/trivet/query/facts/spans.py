"""The spans of one trace as columns: row i of every list is one span."""

from collections.abc import Hashable, Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spans:
    """All that the facts need to know of the spans of a trace.

    Columns rather than objects: a trace may have a million spans. `parent` is None for a root; `kind` is the API's
    word; `duration` of a span that still runs lasts until it was last seen, and `open` has its row; `process` tells
    clocks apart.
    """

    span_id: list[str]
    parent: list[str | None]
    service: list[str]
    name: list[str]
    kind: list[str]
    start: list[int]
    duration: list[int]
    error: list[bool]
    process: list[Hashable]
    open: Set[int] = frozenset()

    def __len__(self) -> int:
        return len(self.span_id)
