"""The samples of selectors, out of the engine: one statement for each kind of points."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from trivet.errors import TooExpensive
from trivet.query.ask import Ask, statement, together
from trivet.query.promql.aggregate import group_labels
from trivet.query.promql.native import Histogram
from trivet.query.promql.patterns import Patterns
from trivet.query.promql.plan import ENGINE, LAST, LOOK_BACK, SAMPLES, TIMESTAMP, Wanted
from trivet.query.promql.samples import Labels, Line, Raw, key, shown
from trivet.query.promql.series import BUCKET, EXPONENTIAL, SUMMARY, TARGET, Part, Series, SeriesQuestions
from trivet.query.promql.tree import Matcher

DAY = 86_400_000
# Where Prometheus has its smallest zero bucket.
ZERO_THRESHOLD = 1e-128


@dataclass(slots=True)
class Fetched:
    """`lines` are on the grid that was asked for; `raws` are samples over which the function has yet to go."""

    lines: list[Line] = field(default_factory=list)
    raws: list[Raw] = field(default_factory=list)

    def add(self, other: "Fetched") -> "Fetched":
        self.lines += other.lines
        self.raws += other.raws
        return self


@dataclass(slots=True)
class Places:
    """Series by place: those of equal labels share one."""

    series: list[Series]
    labels: list[Labels] = field(default_factory=list)
    of: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        known: dict[Any, int] = {}
        for each in self.series:
            place = known.setdefault(key(each.labels), len(known))
            if place == len(self.labels):
                self.labels.append(each.labels)
            self.of.append(place)

    @property
    def deltas(self) -> list[int]:
        return [each.id for each in self.series if each.delta]


class Fetch:
    """`most_samples`: how many samples one selector may bring into Python."""

    def __init__(self, ask: Ask, series: SeriesQuestions, *, most_samples: int):
        self._ask = ask
        self._series = series
        self._patterns = Patterns(ask)
        self._most = most_samples

    async def fetch(self, wanted: Wanted) -> Fetched:
        if not wanted.grid.count:
            return Fetched()
        matchers = wanted.selector.matchers
        found = await self._series.series(matchers, wanted.grid.start - wanted.window)
        by_part: dict[Part, list[Series]] = {}
        for each in found:
            by_part.setdefault(each.meant.part, []).append(each)
        parts = await together(*(self._part(part, Places(series), wanted) for part, series in by_part.items()))
        fetched = Fetched()
        for each in parts:
            fetched.add(each)
        return await self._by_edge(fetched, [each for each in matchers if each.name in ("le", "quantile")])

    async def _part(self, part: Part, places: Places, wanted: Wanted) -> Fetched:
        if part is TARGET:
            return await self._targets(places, wanted)
        if part is EXPONENTIAL:
            return await self._histograms(places, wanted)
        if wanted.function == SAMPLES:
            return await self._samples(part, places, wanted)
        return await self._grid(part, places, wanted)

    async def _grid(self, part: Part, places: Places, wanted: Wanted) -> Fetched:
        """A function of the engine at every time of the grid; `sums` are made there, too."""
        pieces = {"grid": function(wanted.function), "points": _points(part, places, wanted)}
        pieces["alive"] = "true" if wanted.function in (LAST, TIMESTAMP) else "NOT stale"
        params = self._params(places, wanted) | _times(wanted) | {"most": self._most // wanted.grid.count + 1}
        by_edge = any(each.name == part.edge for each in wanted.selector.matchers)
        labels = places.labels
        if wanted.sums is None or by_edge:
            answer = await self._ask.answer("promql_grid", params, **pieces)
        else:
            groups = [group_labels(each | {part.edge: "?"} if part.edge else each, wanted.sums) for each in labels]
            numbers: dict[Any, int] = {}
            params["groups"] = [numbers.setdefault(key(each), len(numbers)) for each in groups]
            labels = [dict(each) for each in numbers]
            kept = part.edge and any(part.edge in each for each in groups)
            answer = await self._ask.answer("promql_sums", params, edge="edge" if kept else "toFloat64(0)", **pieces)
            part = part if kept else part._replace(edge="")
        self._bounded(len(answer.rows) * wanted.grid.count)
        return Fetched([Line(_edged(labels[place], part, edge), _floats(grid)) for place, edge, grid in answer.rows])

    async def _samples(self, part: Part, places: Places, wanted: Wanted) -> Fetched:
        pieces = {"points": _points(part, places, wanted), "alive": "NOT stale"}
        answer = await self._ask.answer("promql_samples", self._params(places, wanted), **pieces)
        self._bounded(sum(len(times) for _, _, times, _, _ in answer.rows))
        return Fetched(
            raws=[Raw(_edged(places.labels[place], part, edge), times, _floats(values))
                  for place, edge, times, values, _ in answer.rows]
        )  # fmt: skip

    async def _histograms(self, places: Places, wanted: Wanted) -> Fetched:
        answer = await self._ask.answer("promql_exponentials", self._params(places, wanted))
        self._bounded(sum(1 + len(row[9]) + len(row[11]) for row in answer.rows))
        raws = []
        for place, rows in groupby(answer.rows, key=lambda row: row[0]):
            raws.append(_series_of(places.labels[place], [row[1:] for row in rows], wanted))
        return Fetched(raws=raws)

    async def _targets(self, places: Places, wanted: Wanted) -> Fetched:
        """1 while a process is heard of; the ids of these series are names of processes."""
        answer = await self._ask.answer("promql_presence", {"processes": [each.id for each in places.series]})
        heard: dict[int, list[tuple[int, int]]] = {}
        of = dict(zip((each.id for each in places.series), places.of, strict=True))
        for process, first, last in answer.rows:
            heard.setdefault(of[process], []).append((first, last))
        if wanted.function not in (LAST, TIMESTAMP):
            times = {place: sorted({each for pair in pairs for each in pair}) for place, pairs in heard.items()}
            return Fetched(raws=[Raw(places.labels[place], at, [1.0] * len(at)) for place, at in times.items()])
        made = []
        for place, pairs in heard.items():
            there = (any(first <= at < last + LOOK_BACK for first, last in pairs) for at in wanted.grid.times)
            made.append(Line(places.labels[place], [1.0 if each else None for each in there]))
        return Fetched(made)

    async def _by_edge(self, fetched: Fetched, matchers: Sequence[Matcher]) -> Fetched:
        """Only the lines whose `le` or `quantile` matches; `1.0` and `1` are the same bound."""
        for each in matchers:
            value = shown(float(each.value)) if each.op in ("=", "!=") and _number(each.value) else each.value
            texts = sorted({line.labels.get(each.name, "") for line in (*fetched.lines, *fetched.raws)})
            fits = await self._patterns.fitting([Matcher(each.name, each.op, value)], texts)
            fetched = Fetched(
                [line for line in fetched.lines if line.labels.get(each.name, "") in fits],
                [line for line in fetched.raws if line.labels.get(each.name, "") in fits],
            )
        return fetched

    def _params(self, places: Places, wanted: Wanted) -> dict[str, Any]:
        return {
            "metrics": sorted({each.meant.metric.name for each in places.series}),
            "ids": [each.id for each in places.series],
            "places": places.of,
            "deltas": places.deltas,
            "after": _after(places, wanted),
            "until": wanted.grid.end,
            "most": self._most + 1,
        }

    def _bounded(self, samples: int) -> None:
        if samples > self._most:
            raise TooExpensive(
                f"the expression needs more than {self._most} samples",
                hint="a longer step, less time or fewer series; the setting is promql_samples",
            )


def _after(places: Places, wanted: Wanted) -> int:
    """Where reading begins: deltas are added up from the beginning of their day, so that a value is the same in every
    question."""
    after = wanted.grid.start - wanted.window
    return after // DAY * DAY - 1 if wanted.function == LAST and places.deltas else after


def _points(part: Part, places: Places, wanted: Wanted) -> str:
    """The statement for the points of a part, deltas accumulated."""
    accumulated = "value"
    if places.deltas:
        day = ", toDate(time, 'UTC')" if wanted.function == LAST else ""
        accumulated = (
            f"if(delta, sum(if(stale, 0, value)) OVER (PARTITION BY place, edge{day} ORDER BY time"
            " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), value)"
        )
    if part is BUCKET:
        bounds = BOUNDS_BEFORE if wanted.function == LAST else "bounds"
        return statement("promql_buckets", accumulated=accumulated, bounds=bounds)
    if part is SUMMARY:
        return statement("promql_quantiles")
    number, known = {
        "number": ("value", "value_type != 'none'"),
        "sum": ("ifNull(sum, 0)", "sum IS NOT NULL"),
        "count": ("count", "true"),
    }[part.value]
    return statement("promql_points", accumulated=accumulated, table=part.table, number=number, known=known)


# A point without recorded value has no bounds: it ends the buckets of the point before.
BOUNDS_BEFORE = (
    "if(stale AND empty(bounds), any(bounds) OVER (PARTITION BY series_id ORDER BY time"
    " ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING), bounds)"
)
GRID = "({start:Decimal(18, 3)}, {end:Decimal(18, 3)}, {step:Decimal(18, 3)}, {window:Decimal(18, 3)})"
PREDICTED = GRID.removesuffix(")") + ", {p0:Float64})"


def function(name: str) -> str:
    """What makes the grid of a line in SQL."""
    if name in (LAST, TIMESTAMP):
        value = "value" if name == LAST else "toUnixTimestamp64Milli(time) / 1000"
        gone = f"timeSeriesLastToGrid{GRID}(time, toFloat64(stale))"
        return f"arrayMap((last, gone) -> if(gone > 0, NULL, last), timeSeriesLastToGrid{GRID}(time, {value}), {gone})"
    grid = PREDICTED if name == "predict_linear" else GRID
    made = f"timeSeries{ENGINE[name]}ToGrid{grid}(time, value)"
    return f"arrayMap(count -> if(isNull(count), NULL, 1.), {made})" if name == "present_over_time" else made


def _times(wanted: Wanted) -> dict[str, Any]:
    grid = wanted.grid
    times = {"start": grid.start, "end": grid.end, "step": grid.step, "window": wanted.window}
    made = {name: f"{value // 1000}.{value % 1000:03}" for name, value in times.items()}
    return made | {f"p{at}": value for at, value in enumerate(wanted.parameters)}


def _floats(values: Sequence[float | None]) -> list[Any]:
    """Whole numbers come as integers out of JSON."""
    return [None if value is None else float(value) for value in values]


def _edged(labels: Labels, part: Part, edge: float) -> Labels:
    return labels | {part.edge: shown(edge)} if part.edge else labels


def _series_of(labels: Labels, rows: Iterable[Sequence[Any]], wanted: Wanted) -> Raw:
    """A series of histograms; deltas are added up, and nothing recorded ends it until the next one."""
    times: list[int] = []
    values: list[Histogram | float] = []
    summed: Histogram | None = None
    day = None
    for at, stale, *told, delta in rows:
        if stale:
            if wanted.function in (LAST, TIMESTAMP):
                times.append(at)
                values.append(math.nan)
            continue
        histogram = _histogram(told)
        if delta:
            if wanted.function == LAST and at // DAY != day:
                summed, day = None, at // DAY
            histogram = summed = histogram if summed is None else summed + histogram
        times.append(at)
        values.append(histogram)
    return Raw(labels, times, values)


def _histogram(told: Sequence[Any]) -> Histogram:
    count, total, scale, zero, threshold, positive_offset, positive, negative_offset, negative = told
    return Histogram(
        scale,
        float(count),
        math.nan if total is None else total,
        float(zero),
        threshold or ZERO_THRESHOLD,
        {index: float(each) for index, each in enumerate(positive, positive_offset) if each},
        {index: float(each) for index, each in enumerate(negative, negative_offset) if each},
    )


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
