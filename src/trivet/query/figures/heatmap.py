"""A heatmap: how many spans or log records had which value of a field, when."""

import math
import time
from dataclasses import dataclass
from typing import Any, Protocol

from trivet.query.ask import Ask
from trivet.query.figures.answers import QueryAnswer
from trivet.query.figures.asked import Asked, Limits, Stretches, bounded
from trivet.query.figures.figures import Word
from trivet.query.figures.resent import once
from trivet.query.figures.rows import SumRows, sum_rows
from trivet.query.instant import NS, Range
from trivet.query.scanned import total
from trivet.store.client import Answer

# Boundaries on a logarithmic scale lie at 10^(n / steps): so many a decade, as far as the levels reach.
MOST_STEPS = 20
# Values that are less than so many times apart lie on a linear scale.
WIDE = 100
COLUMNS = 100


class Scale(Protocol):
    """`level` is SQL for the level that a `number` lies at, with `parameters`."""

    levels: int
    level: str

    @property
    def parameters(self) -> dict[str, Any]: ...
    def bounds(self) -> list[float]:
        """Where each level begins, and where the last one ends."""
        ...


@dataclass(frozen=True, slots=True)
class Logarithmic:
    """Level n is between 10^((lowest + n) / steps) and the next; what is below all levels counts at the lowest."""

    steps: float
    lowest: int
    levels: int
    level = "if(number > 0, floor(log10(number) * {steps:Float64} + 1e-9) - {lowest:Int32}, 0)"

    @classmethod
    def of(cls, least: float, most: float, levels: int) -> "Logarithmic":
        decades = max(math.log10(most) - math.log10(least), 0.1)
        fitting = (levels - 1) / decades
        steps = min(MOST_STEPS, math.floor(fitting)) if fitting >= 1 else fitting
        lowest = math.floor(math.log10(least) * steps)
        return cls(steps, lowest, max(1, min(levels, math.floor(math.log10(most) * steps + 1e-9) - lowest + 1)))

    @property
    def parameters(self) -> dict[str, Any]:
        return {"steps": self.steps, "lowest": self.lowest, "levels": self.levels}

    def bounds(self) -> list[float]:
        return [10 ** ((self.lowest + n) / self.steps) for n in range(self.levels + 1)]


@dataclass(frozen=True, slots=True)
class Linear:
    """Level n is between lowest + n * width and the next."""

    lowest: float
    width: float
    levels: int
    level = "floor((number - {lowest:Float64}) / {width:Float64} + 1e-9)"

    @classmethod
    def of(cls, least: float, most: float, levels: int) -> "Linear":
        """Few whole numbers have a level each."""
        if least == round(least) and most == round(most) and most - least < levels:
            return cls(least, 1.0, round(most - least) + 1)
        return cls(least, (most - least) / levels or 1.0, levels if most > least else 1)

    @property
    def parameters(self) -> dict[str, Any]:
        return {"lowest": self.lowest, "width": self.width, "levels": self.levels}

    def bounds(self) -> list[float]:
        return [self.lowest + n * self.width for n in range(self.levels + 1)]


def scale(field: str, least: float, most: float, positive: float, levels: int) -> Scale:
    """Durations on a logarithmic scale; other fields when they are wide apart and none is below zero."""
    if most > 0 and least >= 0 and (field == "duration" or most >= WIDE * positive):
        return Logarithmic.of(positive, most, levels)
    if field == "duration":
        return Logarithmic.of(1.0, max(1.0, most), levels)
    return Linear.of(least, most, levels)


class HeatmapQuestions:
    def __init__(self, ask: Ask, limits: Limits):
        self._ask = ask
        self._limits = limits

    async def heatmap(self, asked: Asked, field: str, levels: int) -> QueryAnswer:
        """Counts by stretch of time and level, between the smallest value and the largest."""
        began, now = time.perf_counter(), self._ask.clock()
        rows = sum_rows(asked, [Word(f"max({field})", "max", field)], now)
        rows.matching, looked = await once(self._ask, rows.table, rows.matching, asked.within)
        pieces = {"number": rows.columns[field].number, "sum_rows": rows.sql}
        extent = await self._ask.answer("heatmap_extent", rows.parameters, **pieces)
        [[least, most, positive, counted]] = extent.rows
        if not counted:
            return _answer(rows, Stretches(0, 1), range(0), None, [*looked, extent], began)
        chosen = scale(field, least, most, positive, levels)
        cut = Stretches(0, asked.every or _fitting(asked.within))
        numbers = cut.numbers(asked.within, asked.within.end)
        bounded(len(numbers) * chosen.levels, self._limits)
        params = rows.parameters | chosen.parameters | {"every": cut.every}
        answer = await self._ask.answer("heatmap", params, level=chosen.level, **pieces)
        return _answer(rows, cut, numbers, chosen, [*looked, extent, answer], began)


def _answer(
    rows: SumRows, cut: Stretches, numbers: range, chosen: Scale | None, answers: list[Answer], began: float
) -> QueryAnswer:
    levels = chosen.levels if chosen else 0
    cells, errors = ([[0] * levels for _ in numbers] for _ in range(2))
    for number, level, counted, failed in answers[-1].rows if chosen else ():
        cells[number - numbers.start][level] = round(counted)
        errors[number - numbers.start][level] = round(failed)
    made = QueryAnswer([], [], [], [], [], total(answers, began))
    made.x, made.y = [str(cut.begin(number)) for number in numbers], chosen.bounds() if chosen else []
    made.cells, made.errors = cells, errors
    return made


def _fitting(within: Range) -> int:
    return max(NS, (within.end - within.start) // COLUMNS // NS * NS)
