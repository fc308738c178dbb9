"""Spans or log records in figures: by group, in all and by stretches of time; and as a heatmap.

Groups are ranked over the whole time, and lines are drawn only for those that are shown. Resends are counted.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trivet.errors import Invalid
from trivet.query import figures
from trivet.query.aggregate_answers import QueryAnswer, heatmap
from trivet.query.ask import Ask
from trivet.query.attributes import double, value
from trivet.query.figures import Figure
from trivet.query.filter.compile import compiled
from trivet.query.filter.condition import Condition, Parameters
from trivet.query.filter.fields import Context
from trivet.query.filter.tables import Table
from trivet.query.held import held
from trivet.query.instant import NS, Range
from trivet.query.metric_answers import MetricLine, QueryColumn, Rest
from trivet.query.scanned import total
from trivet.store.client import Answer

MOST_STRETCHES = 11_000
ABSENT = -1
# Boundaries of a heatmap lie at 10^(n / steps): so many a decade, as far as the levels reach.
MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """`every` is in nanoseconds, None for no lines; `order` is one of `calculate`, with `-` the largest first."""

    table: Table
    within: Range
    filter: str = ""
    calculate: Sequence[str] = ()
    group_by: Sequence[str] = ()
    every: int | None = None
    order: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Statement:
    """What the statements about one question share."""

    asked: Asked
    figures: list[Figure]
    groups: str
    condition: Condition
    bound: dict[str, Any]


class Aggregates:
    def __init__(self, ask: Ask):
        self._ask = ask

    async def query(self, asked: Asked) -> QueryAnswer:
        began = time.perf_counter()
        said = self._said(asked)
        whole = await self._read(said, asked.within.start, max(1, asked.within.end - asked.within.start))
        order, down = _order(asked.order, said.figures)
        ranked = sorted(whole.rows, key=lambda row: (_rank(row[3 + order], down), row[2]))
        shown, rest = ranked[: asked.limit], ranked[asked.limit :]
        lines, drawn = await self._lines(said, shown)
        other, merged = await self._rest(said, shown, len(rest))
        seconds = self._seconds(asked.within.start, asked.within.end, asked.within)
        rows = [[*_group(asked, row[0]).values(), *self._values(said, row, seconds)] for row in shown]
        made = QueryAnswer(_columns(asked, said.figures), rows, lines, total([whole, *drawn, *merged], began))
        if other:
            made.other = other
        return made

    async def heatmap(self, asked: Asked, field: str, levels: int) -> QueryAnswer:
        """How many rows lie where, between the smallest value and the largest."""
        began = time.perf_counter()
        context = Context(asked.table, asked.within, self._ask.clock())
        bound = Parameters("h")
        pieces = {
            "table": asked.table.name,
            "time": asked.table.time,
            "figure": figures.number(field, context, bound),
            "weight": figures.weight(context),
        }
        condition = compiled(asked.filter, context)
        params = {"start": asked.within.start, "end": asked.within.end} | bound.values | condition.parameters
        extent = await self._ask.answer("heatmap_extent", params, filter=condition.sql, **pieces)
        [[least, most, counted]] = extent.rows
        if not counted:
            return heatmap([], [], [], total([extent], began))
        scale = Scale.of(least or 1.0, most or 1.0, levels)
        every = asked.every or _fitting(asked.within)
        cut = {"origin": 0, "every": every, "levels": scale.levels, "steps": scale.steps, "lowest": scale.lowest}
        answer = await self._ask.answer("heatmap", params | cut, filter=condition.sql, **pieces)
        first, last = asked.within.start // every, (asked.within.end - 1) // every
        _bounded(last - first)
        cells = [[0.0] * scale.levels for _ in range(first, last + 1)]
        for stretch, level, count in answer.rows:
            cells[int(stretch) - first][level] += count
        times = [str(number * every) for number in range(first, last + 1)]
        return heatmap(times, scale.bounds(), cells, total([extent, answer], began))

    def _said(self, asked: Asked) -> Statement:
        context = Context(asked.table, asked.within, self._ask.clock())
        bound = Parameters("g")
        wanted = figures.understood(asked.calculate, context, bound)
        groups = ", ".join(_one(held(name, context, bound)) for name in asked.group_by) or f"('', {ABSENT})"
        return Statement(asked, wanted, groups, compiled(asked.filter, context), bound.values)

    async def _read(self, said: Statement, origin: int, every: int, places: str = "true", **more: Any) -> Answer:
        asked = said.asked
        cut = {"start": asked.within.start, "end": asked.within.end, "origin": origin, "every": every}
        return await self._ask.answer(
            "aggregate",
            cut | said.bound | said.condition.parameters | more,
            groups=said.groups,
            figures=", ".join(f"{figure.sql} AS figure_{n}" for n, figure in enumerate(said.figures)),
            filter=said.condition.sql,
            table=asked.table.name,
            time=asked.table.time,
            places=places,
        )

    async def _lines(self, said: Statement, shown: Sequence[list[Any]]) -> tuple[list[MetricLine], list[Answer]]:
        every, within = said.asked.every, said.asked.within
        if not every or not shown:
            return [], []
        _bounded((within.end - within.start) // every)
        of_shown = f"toString(cityHash64([{said.groups}])) IN {{shown:Array(String)}}"
        answer = await self._read(said, 0, every, of_shown, shown=[row[2] for row in shown])
        lines = {
            (row[2], n): MetricLine(_group(said.asked, row[0]), figure.name, [])
            for row in shown
            for n, figure in enumerate(said.figures)
        }
        for row in answer.rows:
            begin = int(row[1]) * every
            values = self._values(said, row, self._seconds(begin, begin + every, within))
            for n, number in enumerate(values):
                if number is not None:
                    lines[row[2], n].points.append((str(max(begin, within.start)), number))
        return list(lines.values()), [answer]

    async def _rest(self, said: Statement, shown: Sequence[list[Any]], groups: int) -> tuple[Rest | None, list[Answer]]:
        """The groups that are left out, as one."""
        if not groups:
            return None, []
        within = said.asked.within
        not_shown = f"toString(cityHash64([{said.groups}])) NOT IN {{shown:Array(String)}}"
        alone = Statement(said.asked, said.figures, f"('', {ABSENT})", said.condition, said.bound)
        answer = await self._read(
            alone, within.start, max(1, within.end - within.start), not_shown, shown=[row[2] for row in shown]
        )
        if not answer.rows:
            return None, [answer]
        values = self._values(said, answer.rows[0], self._seconds(within.start, within.end, within))
        names = [figure.name for figure in said.figures]
        return Rest(groups, dict(zip(names, values, strict=True))), [answer]

    def _values(self, said: Statement, row: Sequence[Any], seconds: float) -> list[Any]:
        return [_shown(number, figure, seconds) for number, figure in zip(row[3:], said.figures, strict=True)]

    def _seconds(self, begin: int, end: int, within: Range) -> float:
        """How much of a stretch lies in the asked time, and has passed."""
        stop = min(end, within.end, max(self._ask.clock(), within.start + NS))
        return max(1e-3, (stop - max(begin, within.start)) / NS)


@dataclass(frozen=True, slots=True)
class Scale:
    """Level n is between 10^((lowest + n) / steps) and the next."""

    steps: float
    lowest: int
    levels: int

    @classmethod
    def of(cls, least: float, most: float, levels: int) -> "Scale":
        decades = max(math.log10(most) - math.log10(least), 0.1)
        fitting = (levels - 1) / decades
        steps = min(MOST_STEPS, math.floor(fitting)) if fitting >= 1 else fitting
        lowest = math.floor(math.log10(least) * steps)
        return cls(steps, lowest, min(levels, math.floor(math.log10(most) * steps + 1e-9) - lowest + 1))

    def bounds(self) -> list[float]:
        """Where each level begins, and where the last one ends."""
        return [10 ** ((self.lowest + n) / self.steps) for n in range(self.levels + 1)]


def _one(values: str) -> str:
    return f"if(notEmpty({values}), {values}[1], ('', {ABSENT}))"


def _group(asked: Asked, grouped: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """The values by field; without fields there is one group, which has none."""
    values = [None if kind == ABSENT else value(text, kind) for text, kind in grouped]
    return dict(zip(asked.group_by, values, strict=False))


def _shown(number: float | None, figure: Figure, seconds: float) -> Any:
    if number is None or math.isnan(number):
        return None
    return double(number / seconds if figure.per_second else number)


def _columns(asked: Asked, wanted: Sequence[Figure]) -> list[QueryColumn]:
    return [QueryColumn(name, "") for name in asked.group_by] + [QueryColumn(each.name, each.unit) for each in wanted]


def _order(text: str, wanted: Sequence[Figure]) -> tuple[int, bool]:
    names = [figure.name for figure in wanted]
    name = text.removeprefix("-") or names[0]
    if name not in names:
        raise Invalid(f"cannot order by {name!r}", code="bad_order", hint=f"one of {', '.join(names)}")
    return names.index(name), not text or text.startswith("-")


def _rank(number: float | None, down: bool) -> tuple[bool, float]:
    """What is not known comes last."""
    if number is None or math.isnan(number):
        return True, 0.0
    return False, -number if down else number


def _fitting(within: Range) -> int:
    return max(NS, (within.end - within.start) // 100)


def _bounded(stretches: int) -> None:
    if stretches > MOST_STRETCHES:
        raise Invalid(
            f"that is more than {MOST_STRETCHES} points a line", code="bad_parameter", hint="a longer `every`"
        )
