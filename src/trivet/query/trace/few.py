"""A few traces and when they were: what is asked of them reads only that time.

Every granule has a filter of the trace ids in it that is wrong for one id in a hundred, so that of some hundred ids
hardly any granule is without one. A trace's seconds are in the order of the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from trivet.query.ask import statement
from trivet.query.filter.condition import Condition

MOST = 200
# Beyond it a list of seconds costs more than it spares; the traces last too long.
MOST_SECONDS = 10_000
NS = 10**9


@dataclass(frozen=True, slots=True)
class Few:
    """`seconds` in which any of them was, unix time; None: they last too long to tell."""

    traces: list[str]
    seconds: list[int] | None

    @classmethod
    def of(cls, rows: Iterable[list[Any]]) -> "Few":
        """From trace id, first and last nanosecond of each."""
        spans = [(trace, first // NS, last // NS) for trace, first, last in rows]
        seconds = None
        if sum(last - first + 1 for _, first, last in spans) <= MOST_SECONDS:
            seconds = sorted({at for _, first, last in spans for at in range(first, last + 1)})
        return cls([trace for trace, *_ in spans], seconds)

    def when(self, column: str) -> Condition:
        """On a table's time."""
        if self.seconds is None:
            return Condition("true", {})
        return Condition(f"toStartOfSecond({column}) IN ({SECONDS})", {"few_seconds": self.seconds})

    def condition(self, column: str) -> Condition:
        """On a table's trace id and time."""
        return Condition(statement("traces_wanted"), {"traces": self.traces}) & self.when(column)


SECONDS = "SELECT fromUnixTimestamp64Nano(arrayJoin({few_seconds:Array(Int64)}) * 1000000000, 'UTC')"
