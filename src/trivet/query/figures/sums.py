"""Figures of spans or log records: by group, in all and by stretches of time.

The groups are ranked by one pass over the rows, which has the leading ones' figures and those of all others together;
lines over time take a second one, over the rows of the groups that are shown.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from trivet.query.ask import Ask
from trivet.query.attributes import value
from trivet.query.figures.answers import QueryAnswer, QueryColumn, QueryLine, Rest
from trivet.query.figures.asked import Asked, Limits, Stretches, order, stretches
from trivet.query.figures.figures import Aggregate, Figure, figures, words
from trivet.query.figures.resent import once
from trivet.query.figures.rows import ABSENT, UNITS, SumRows, sum_rows
from trivet.query.scanned import total
from trivet.store.client import Answer


class SumQuestions:
    def __init__(self, ask: Ask, limits: Limits):
        self._ask = ask
        self._limits = limits

    async def query(self, asked: Asked) -> QueryAnswer:
        """Figures of what matches, by group, and over time with `every`."""
        began, now = time.perf_counter(), self._ask.clock()
        wanted = words(asked.calculate)
        rows = sum_rows(asked, wanted, now)
        rows.matching, looked = await once(self._ask, rows.table, rows.matching, asked.within)
        chosen = figures(wanted, rows.columns)
        params = rows.parameters | {"limit": asked.limit}
        answer = await self._ask.answer("sums", params, **_pieces(asked, rows, chosen))
        groups = [_Group(*row[:5], row[5:]) for row in answer.rows]
        if not groups and not asked.group_by:
            groups = [_Group(1, [], 0, 0, 1, [figure.empty for figure in chosen])]
        leading = groups[: asked.limit]
        lines, drawn = await self._lines(asked, rows, chosen, leading, now)
        seconds = Stretches.whole(asked.within).seconds(0, asked.within, now)
        made = QueryAnswer(
            columns=_columns(asked, chosen),
            rows=[[*each.values, *_shown(chosen, each.found, seconds)] for each in leading],
            samples=[each.samples for each in leading],
            series=lines,
            exemplars=[],
            scanned=total([*looked, answer, *drawn], began),
        )
        for each in groups[asked.limit :]:
            values = dict(zip(_names(chosen), _shown(chosen, each.found, seconds), strict=True))
            made.other = Rest(each.groups - asked.limit, values, each.samples)
        return made

    async def _lines(
        self, asked: Asked, rows: SumRows, chosen: Sequence[Figure], leading: Sequence["_Group"], now: int
    ) -> tuple[list[QueryLine], list[Answer]]:
        """A line for each group and figure."""
        if not asked.every:
            return [], []
        cut = stretches(asked, len(leading) * len(chosen), self._limits)
        params = {"ids": [each.id for each in leading], "places": [each.place for each in leading], "every": cut.every}
        params, pieces = rows.parameters | params, {"group": rows.group, "sum_rows": rows.sql}
        answer = await self._ask.answer("sums_over_time", params, **pieces, figures=_direct(chosen))
        cells = {(place, number): found for place, number, *found in answer.rows}
        answers = [answer]
        if traces := [at for at, figure in enumerate(chosen) if figure.counts_traces]:
            answers.append(await self._ask.answer("traces_over_time", params, **pieces))
            begun = {(place, number): count for place, number, count in answers[1].rows}
            for cell, found in cells.items():
                found[traces[0]] = begun.get(cell, 0)
        numbers = cut.numbers(asked.within, now)
        lines = []
        for each in leading:
            line = [cells.get((each.place, number)) for number in numbers]
            lines += _drawn(asked, chosen, each, cut, now, line)
        return lines, answers


@dataclass(frozen=True, slots=True)
class _Group:
    """A row of questions/sums.sql."""

    place: int
    held: Sequence[tuple[str, int]]
    id: int
    samples: int
    groups: int
    found: Sequence[Any]

    @property
    def values(self) -> list[Any]:
        """As JSON, null for what is absent."""
        return [None if kind == ABSENT else value(text, kind) for text, kind in self.held]


def _drawn(
    asked: Asked, chosen: Sequence[Figure], group: _Group, cut: Stretches, now: int, line: Sequence[Any]
) -> list[QueryLine]:
    """The lines of a group; a stretch without rows has points where something is counted."""
    named = dict(zip(asked.group_by, group.values, strict=True))
    drawn = [QueryLine(named, figure.name, []) for figure in chosen]
    nothing = [figure.empty for figure in chosen]
    for number, found in zip(cut.numbers(asked.within, now), line, strict=True):
        shown = _shown(chosen, found or nothing, cut.seconds(number, asked.within, now))
        for each, point in zip(drawn, shown, strict=True):
            if point is not None:
                each.points.append((str(cut.begin(number)), point))
    return drawn


def _pieces(asked: Asked, rows: SumRows, chosen: Sequence[Figure]) -> dict[str, str]:
    states: dict[Aggregate, str] = {}

    def column(aggregate: Aggregate) -> str:
        return states.setdefault(aggregate, f"state_{len(states)}")

    merged = _listed(figure.of(lambda each: each.merged(column(each))) for figure in chosen)
    by = order(asked, _names(chosen))
    at = by.column - len(asked.group_by)
    if at < 0:
        ranked = _by_value(f"held[{by.column + 1}]", by.down)
    else:
        ranked = _by_figure(chosen[at].of(lambda each: f"finalizeAggregation({column(each)})"), by.down)
    return {
        "figures": merged,
        "order": ranked,
        "group": rows.group,
        "states": _listed(f"{aggregate.state()} AS {name}" for aggregate, name in states.items()),
        "sum_rows": rows.sql,
    }


def _by_figure(sql: str, down: bool) -> str:
    """What is not known comes last."""
    return f"ifNull(isNaN({sql}), true), {sql} {'DESC' if down else 'ASC'}"


def _by_value(held: str, down: bool) -> str:
    """A value of the group: numbers as numbers, before texts; what is absent last."""
    direction = "DESC" if down else "ASC"
    number = f"toFloat64OrNull({held}.1)"
    return f"{held}.2 = {ABSENT}, isNull({number}), {number} {direction}, {held}.1 {direction}"


def _direct(chosen: Sequence[Figure]) -> str:
    return _listed(figure.of(Aggregate.direct) for figure in chosen)


def _listed(parts: Iterable[str]) -> str:
    return ",\n       ".join(parts)


def _names(chosen: Sequence[Figure]) -> list[str]:
    return [figure.name for figure in chosen]


def _columns(asked: Asked, chosen: Sequence[Figure]) -> list[QueryColumn]:
    groups = [QueryColumn(name, UNITS.get(name, "")) for name in asked.group_by]
    return groups + [QueryColumn(figure.name, figure.unit) for figure in chosen]


def _shown(chosen: Sequence[Figure], found: Sequence[Any], seconds: float) -> list[Any]:
    return [figure.shown(each, seconds) for figure, each in zip(chosen, found, strict=True)]
