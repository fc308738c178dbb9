"""A metric over time: figures of its series by group, in all and by stretches of time, and exemplars.

First the series that match are found, with the values that they are grouped by; then their points are asked for, by
their numbers. Counters need no care of whoever asks: deltas are added up, of cumulative ones the differences, and a
process that began anew counts from zero.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from trivet.errors import Invalid, TooExpensive
from trivet.query.ask import Ask, together
from trivet.query.attributes import double
from trivet.query.figures.answers import QueryAnswer, QueryColumn, QueryExemplar, QueryLine, Rest
from trivet.query.figures.asked import Asked, Limits, Stretches, order, stretches
from trivet.query.filter.compile import compiled
from trivet.query.filter.condition import Parameters
from trivet.query.filter.fields import Context
from trivet.query.filter.tables import SERIES
from trivet.query.instant import NS
from trivet.query.metrics import figures
from trivet.query.metrics.figures import Cell, Kind
from trivet.query.metrics.groups import grouped, shown
from trivet.query.scanned import total
from trivet.store.client import Answer

# A cumulative point is measured against the one before it, which may lie this far before the asked time.
LOOK_BACK = 300 * NS
EXEMPLARS_EACH = 3
DELTA = 1
TABLES = {
    "gauge": ("metric_numbers", figures.Numbers),
    "sum": ("metric_numbers", figures.Numbers),
    "counter": ("metric_numbers", figures.Numbers),
    "histogram": ("metric_histograms", figures.Distributed),
    "exponential_histogram": ("metric_exponentials", figures.Distributed),
    "summary": ("metric_summaries", figures.Summaries),
}


@dataclass(slots=True)
class Found:
    """The series of an answer: each has its group's number."""

    kind: Kind
    ids: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    deltas: list[int] = field(default_factory=list)
    groups: list[list[Any]] = field(default_factory=list)

    def only(self, places: Sequence[int], number: dict[int, int]) -> "Found":
        """The series of some groups, these numbered anew."""
        chosen = [(each, number[place]) for each, place in zip(self.ids, self.places, strict=True) if place in number]
        ids = {each for each, _ in chosen}
        return Found(
            self.kind,
            [each for each, _ in chosen],
            [place for _, place in chosen],
            [each for each in self.deltas if each in ids],
            [self.groups[place] for place in places],
        )


class MetricSeries:
    def __init__(self, ask: Ask, limits: Limits):
        self._ask = ask
        self._limits = limits

    async def query(self, asked: Asked) -> QueryAnswer:
        """Figures of one metric by group, and over time with `every`; no rows when no series of it matches."""
        began = time.perf_counter()
        found, read = await self._found(asked)
        if not found.ids:
            return QueryAnswer(_columns(asked, asked.calculate, found.kind), [], [], [], [], total([read], began))
        wanted = figures.understood(asked.calculate, found.kind)
        by = order(asked, wanted)
        whole = Stretches.whole(asked.within)
        cells, answer = await self._cells(asked, found, wanted, whole)
        rows = {
            place: [*found.groups[place], *self._figures(cell, wanted, asked, whole, 0)]
            for (place, _), cell in cells.items()
        }
        ranked = sorted(rows, key=lambda place: _rank(rows[place][by.column]), reverse=by.down)
        known = [place for place in ranked if _is_known(rows[place][by.column])]
        ranked = known + sorted(set(ranked) - set(known))
        top = ranked[: asked.limit]
        lines, examples, other, more = await self._beside(asked, found, wanted, whole, top, ranked[asked.limit :])
        made = QueryAnswer(
            _columns(asked, wanted, found.kind),
            [[*found.groups[place], *map(_json, rows[place][len(asked.group_by) :])] for place in top],
            [cells[place, 0].counted for place in top],
            lines,
            examples,
            total([read, answer, *more], began),
        )
        if other:
            made.other = other
        return made

    async def _found(self, asked: Asked) -> tuple[Found, Answer]:
        bound = Parameters("g")
        group = grouped(asked.group_by, bound)
        matching = compiled(asked.filter, Context(SERIES, asked.within, self._ask.clock()))
        params = {"metric": asked.metric, "start": asked.within.start, "limit": self._limits.series + 1}
        answer = await self._ask.answer(
            "metric_series", params | bound.values | matching.parameters, group=group, filter=matching.sql
        )
        if len(answer.rows) > self._limits.series:
            raise TooExpensive(
                f"{asked.metric!r} has more than {self._limits.series} series here",
                hint="narrow the filter or the time; the setting is query_series",
            )
        return _sorted_out(asked.metric, answer), answer

    async def _cells(
        self, asked: Asked, found: Found, wanted: Sequence[str], cut: Stretches
    ) -> tuple[dict[tuple[int, int], Cell], Answer]:
        """What is known by group and stretch."""
        question, cell = TABLES[found.kind.word]
        levels = figures.levels(wanted)
        params = _params(asked, found, cut) | {
            "before": max(0, asked.within.start - LOOK_BACK),
            "deltas": found.deltas,
            "monotonic": found.kind.word == "counter",
        }
        answer = await self._ask.answer(question, params, levels=", ".join(map(str, levels or [0.5])))
        by_place = groupby(answer.dicts(), lambda row: (row["place"], row["stretch"]))
        return {key: cell(list(rows), found.kind, levels) for key, rows in by_place}, answer

    def _figures(
        self, cell: Cell, wanted: Sequence[str], asked: Asked, cut: Stretches, number: int
    ) -> list[float | None]:
        seconds = cut.seconds(number, asked.within, self._ask.clock())
        return [figures.value(cell, figure, seconds) for figure in wanted]

    async def _beside(
        self,
        asked: Asked,
        found: Found,
        wanted: Sequence[str],
        whole: Stretches,
        top: Sequence[int],
        rest: Sequence[int],
    ) -> tuple[list[QueryLine], list[QueryExemplar], Rest | None, list[Answer]]:
        """Lines and examples of the groups that are shown, and the others as one."""
        shown_groups = found.only(top, {place: at for at, place in enumerate(top)})
        left_out = found.only(rest[:1], dict.fromkeys(rest, 0))
        (lines, drawn), (examples, told), (other, merged) = await together(
            self._lines(asked, shown_groups, wanted),
            self._examples(asked, shown_groups),
            self._rest(asked, left_out, wanted, whole, len(rest)),
        )
        return lines, examples, other, [*drawn, *told, *merged]

    async def _lines(self, asked: Asked, found: Found, wanted: Sequence[str]) -> tuple[list[QueryLine], list[Answer]]:
        if not asked.every:
            return [], []
        cut = stretches(asked, len(found.groups) * len(wanted), self._limits)
        cells, answer = await self._cells(asked, found, wanted, cut)
        lines = {
            (place, figure): QueryLine(_group(asked, found.groups[place]), figure, [])
            for place in range(len(found.groups))
            for figure in wanted
        }
        for (place, number), cell in cells.items():
            values = self._figures(cell, wanted, asked, cut, number)
            for figure, number_there in zip(wanted, values, strict=True):
                if number_there is not None:
                    lines[place, figure].points.append((str(cut.begin(number)), double(number_there)))
        return list(lines.values()), [answer]

    async def _examples(self, asked: Asked, found: Found) -> tuple[list[QueryExemplar], list[Answer]]:
        cut = Stretches(0, asked.every or max(1, (asked.within.end - asked.within.start) // 60))
        answer = await self._ask.answer("metric_exemplars", _params(asked, found, cut) | {"most": EXEMPLARS_EACH})
        examples = [
            QueryExemplar(
                _group(asked, found.groups[place]),
                str(at),
                double(number),
                trace_id,
                span_id if span_id.strip("0") else None,
            )
            for place, _, at, number, trace_id, span_id in answer.rows
        ]
        return examples, [answer]

    async def _rest(
        self, asked: Asked, found: Found, wanted: Sequence[str], whole: Stretches, groups: int
    ) -> tuple[Rest | None, list[Answer]]:
        if not groups:
            return None, []
        cells, answer = await self._cells(asked, found, wanted, whole)
        values = self._figures(cells[0, 0], wanted, asked, whole, 0)
        return Rest(groups, dict(zip(wanted, map(_json, values), strict=True)), cells[0, 0].counted), [answer]


def _is_known(each: Any) -> bool:
    return each is not None and each == each


def _rank(each: Any) -> tuple[bool, float, str]:
    """Numbers before texts."""
    if isinstance(each, int | float):
        return False, each, ""
    return True, 0.0, str(each)


def _sorted_out(metric: str, answer: Answer) -> Found:
    """Series by group, when they all are of one kind."""
    kinds = {(_word(row), row[2]) for row in map(list, answer.rows)}
    if len(kinds) > 1:
        named = ", ".join(f"{word} in {unit!r}" if unit else word for word, unit in sorted(kinds))
        raise Invalid(
            f"{metric!r} is the name of several metrics: {named}",
            code="ambiguous_metric",
            hint='add type:gauge, type:sum …, unit:"s" or a service to the filter',
        )
    found = Found(Kind(*kinds.pop()) if kinds else Kind("gauge", ""))
    numbers: dict[str, int] = {}
    for series_id, _, _, temporality, _, group in answer.rows:
        place = numbers.setdefault(repr(group), len(numbers))
        if place == len(found.groups):
            found.groups.append(shown(group))
        found.ids.append(series_id)
        found.places.append(place)
        if temporality == DELTA:
            found.deltas.append(series_id)
    return found


def _word(row: list[Any]) -> str:
    return "counter" if row[1] == "sum" and row[4] else row[1]


def _params(asked: Asked, found: Found, cut: Stretches) -> dict[str, Any]:
    return {
        "metric": asked.metric,
        "ids": found.ids,
        "places": found.places,
        "start": asked.within.start,
        "end": asked.within.end,
        "origin": cut.origin,
        "every": cut.every,
    }


def _columns(asked: Asked, wanted: Sequence[str], kind: Kind) -> list[QueryColumn]:
    groups = [QueryColumn(name, "") for name in asked.group_by]
    return groups + [QueryColumn(figure, kind.unit_of(figure)) for figure in wanted]


def _group(asked: Asked, values: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(asked.group_by, values, strict=True))


def _json(number: float | None) -> Any:
    return None if number is None else double(number)
