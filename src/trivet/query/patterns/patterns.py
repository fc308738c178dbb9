"""Log records (or the names of spans) that say the same, folded into patterns with their counts over time.

A program that sent its own template (`log.template`) is believed. Else what has a digit in it is masked in the store,
by two regular expressions at about 1 µs a row, and what is left is folded word by word (folding.py).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from trivet.query.ask import Ask, statement, together
from trivet.query.filter.compile import compiled
from trivet.query.filter.condition import Condition, Parameters
from trivet.query.filter.fields import Context
from trivet.query.filter.tables import LOGS, Table
from trivet.query.instant import HOUR, Range
from trivet.query.patterns.answers import PatternList, PatternRow
from trivet.query.patterns.pattern import Pattern, gathered, sql_of
from trivet.query.sample import Sample, asked, sample
from trivet.query.scanned import total
from trivet.query.severity import word
from trivet.store.client import Answer

MOST_SLOTS, MOST_SLOTS_BEFORE = 256, 64
MOST_TEXTS = 5000
POINTS = 60
# How far before the range `first_seen` looks; and for how many patterns that a sample does not show there.
BEFORE = 24 * HOUR
MOST_CHECKED = 50


@dataclass(frozen=True, slots=True)
class Grid:
    """Stretches of `every` nanoseconds from `origin` on."""

    origin: int
    every: int
    points: int = POINTS

    @classmethod
    def over(cls, within: Range, taken: Sample, now: int) -> "Grid":
        """Of a range that is not bounded, the part that has rows."""
        start = within.start or taken.first
        end = max(start + 1, min(within.end, max(now, taken.last + 1)))
        return cls(start, -(-(end - start) // POINTS))

    def series(self, counts: dict[int, int], share: float) -> list[tuple[str, int]]:
        return [(str(self.origin + at * self.every), round(counts.get(at, 0) / share)) for at in range(self.points)]


class PatternQuestions:
    def __init__(self, ask: Ask):
        self._ask = ask

    async def patterns(self, table: Table, filter: str, within: Range, limit: int) -> PatternList:
        """The patterns of what matches, the most frequent first."""
        began, now = time.perf_counter(), self._ask.clock()
        before = Range(max(0, within.start - BEFORE), within.start)
        matching, earlier = (compiled(filter, Context(table, each, now)) for each in (within, before))
        taken, taken_before = await together(
            sample(self._ask, table, within, matching, MOST_SLOTS),
            sample(self._ask, table, before, earlier, MOST_SLOTS_BEFORE),
        )
        grid = Grid.over(within, taken, now)
        found, old = await together(self._groups(table, taken, grid), self._groups(table, taken_before, grid))
        patterns = gathered(found.rows, old.rows)
        shown = patterns[:limit]
        unseen = [each for each in shown if each.earlier is None][:MOST_CHECKED]
        checked = await self._look_back(table, asked(table, before, "before") & earlier, unseen)
        return PatternList(
            [_row(table, each, grid, taken.share) for each in shown],
            grid.every,
            round(taken.share, 4),
            len(patterns) > limit,
            total([*taken.answers, *taken_before.answers, found, old, *checked], began),
        )

    async def _groups(self, table: Table, taken: Sample, grid: Grid) -> Answer:
        params = taken.rows.parameters | {"origin": grid.origin, "every": grid.every, "limit": MOST_TEXTS}
        pieces = {"table": table.name, "time": table.time, "rows": taken.rows.sql}
        return await self._ask.answer("pattern_groups", params, **pieces, **sql_of(table))

    async def _look_back(self, table: Table, rows: Condition, patterns: Sequence[Pattern]) -> list[Answer]:
        """Fills in when patterns came before the asked time, for those that a sample did not show there."""
        if not patterns:
            return []
        bound = Parameters("pattern")
        selects = [
            statement(
                "pattern_first",
                place=str(place), table=table.name, time=table.time, rows=rows.sql, which=each.condition(table, bound),
            )
            for place, each in enumerate(patterns)
        ]  # fmt: skip
        answer = await self._ask.answer("union", rows.parameters | bound.values, selects="\nUNION ALL\n".join(selects))
        for place, first in answer.rows:
            patterns[place].earlier = first
        return [answer]


def _row(table: Table, pattern: Pattern, grid: Grid, share: float) -> PatternRow:
    row = PatternRow(
        pattern.shown,
        round(pattern.count / share),
        str(pattern.earlier or pattern.first),
        grid.series(pattern.over_time, share),
        sorted(pattern.services),
        pattern.example[1],
        _filter(table, pattern),
    )
    if table is LOGS:
        row.severity = word(pattern.worst, "")
    return row


def _filter(table: Table, pattern: Pattern) -> str:
    if pattern.templated:
        return f"log.template={_quoted(pattern.text)}"
    return f"{sql_of(table)['text']}~{_quoted(pattern.expression)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
