"""The questions of Prometheus' HTTP API. https://prometheus.io/docs/prometheus/latest/querying/api/

Answers are its `data`, as JSON will have it. Invalid and Failed: the expression is wrong; TooExpensive: over a limit.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from trivet.errors import Invalid
from trivet.query.ask import Ask, together
from trivet.query.promql import names
from trivet.query.promql.evaluate import Budget, Evaluator, ordered
from trivet.query.promql.fetch import Fetch, Fetched
from trivet.query.promql.native import Histogram
from trivet.query.promql.parse import parsed, selector
from trivet.query.promql.patterns import Patterns
from trivet.query.promql.plan import SAMPLES, Plan, Wanted
from trivet.query.promql.samples import (
    Grid,
    Labels,
    Line,
    Raw,
    Sample,
    Scalar,
    Value,
    histogram_json,
    key,
    seconds,
    shown,
)
from trivet.query.promql.series import BUCKET, SUMMARY, TARGET, Metric, Series, SeriesQuestions
from trivet.query.promql.tree import Matcher, Node, Selector, walk
from trivet.settings import ServerSettings

MOST_STEPS = 11_000
# Of a subquery that names none: Prometheus' default evaluation interval.
SUBQUERY_STEP = 60_000
# Labels that only points tell.
EDGES = ("le", "quantile")
TYPES = {"gauge": "gauge", "histogram": "histogram", "exponential_histogram": "histogram", "summary": "summary"}


class Limits(NamedTuple):
    """Settings query_series, promql_samples and query_seconds, and the resource attributes that become labels."""

    series: int = 20_000
    samples: int = 10_000_000
    seconds: float = 15.0
    resource_labels: Sequence[str] = ()

    @classmethod
    def of(cls, settings: ServerSettings) -> "Limits":
        labels = [name.strip() for name in settings.promql_resource_labels.split(",") if name.strip()]
        return cls(settings.query_series, settings.promql_samples, settings.query_seconds, labels)


class PromQuestions:
    def __init__(self, ask: Ask, limits: Limits = Limits()):
        self._ask = ask
        self._limits = limits
        self._patterns = Patterns(ask)
        self._series = SeriesQuestions(ask, most_series=limits.series, resource_labels=limits.resource_labels)
        self._fetch = Fetch(ask, self._series, most_samples=limits.samples)

    async def query(self, text: str, at: int) -> dict[str, Any]:
        """The value at one time (ms)."""
        node = parsed(text)
        grid = Grid(at, at, 1)
        if isinstance(node, Selector) and node.window is not None:
            return await self._matrix(node, grid)
        return await self._evaluated(node, grid, _instant)

    async def query_range(self, text: str, grid: Grid) -> dict[str, Any]:
        """The value at every step (ms)."""
        node = parsed(text)
        if isinstance(node, Selector) and node.window is not None:
            raise Invalid("a range of samples has no value at a step: put a function such as rate() around it")
        if grid.count > MOST_STEPS:
            raise Invalid(f"more than {MOST_STEPS} steps", hint="ask for a longer step or less time")
        return await self._evaluated(node, grid, _ranged)

    async def _matrix(self, node: Selector, grid: Grid) -> dict[str, Any]:
        where = Plan(grid, SUBQUERY_STEP, self._limits.samples).shifted(node.shift, grid).grid
        fetched = await self._fetch.fetch(Wanted(node, where, SAMPLES, node.window or 0))
        return {"resultType": "matrix", "result": [_points(each) for each in sorted(fetched.raws, key=_by_labels)]}

    async def _evaluated(self, node: Node, grid: Grid, shown_as: Callable[[Node, Value, Grid], Any]) -> Any:
        """Fetched at once, worked out in a thread of its own."""
        plan = Plan(grid, SUBQUERY_STEP, self._limits.samples)
        plan.add(node, grid)
        fetched: list[Fetched] = await together(*(self._fetch.fetch(each) for each in plan.wanted.values()))
        budget = Budget(self._limits.samples, time.monotonic() + self._limits.seconds)
        regex = self._regex(asyncio.get_running_loop())
        evaluator = Evaluator(plan, dict(zip(plan.wanted, fetched, strict=True)), budget, regex)
        return await asyncio.to_thread(lambda: shown_as(node, evaluator.value(node, grid), grid))

    def _regex(self, loop: asyncio.AbstractEventLoop) -> Callable[[str, Sequence[str]], list[list[str]]]:
        """For the thread that evaluates: asks the engine and waits."""

        def groups(pattern: str, texts: Sequence[str]) -> list[list[str]]:
            return asyncio.run_coroutine_threadsafe(self._patterns.groups(pattern, texts), loop).result()

        return groups

    async def series(self, matches: Sequence[str], start: int, limit: int) -> list[Labels]:
        """The label sets of all series that match one of the selectors."""
        found = await together(*(self._matching(selector(each), start) for each in matches))
        unique = {key(labels): labels for each in found for labels in each}
        return [unique[each] for each in sorted(unique)][:limit]

    async def labels(self, matches: Sequence[str], start: int, limit: int) -> list[str]:
        """The names of labels."""
        if matches:
            return sorted({name for labels in await self.series(matches, start, _ALL) for name in labels})[:limit]
        known = await self._series.label_names(start)
        return sorted(known)[:limit]

    async def values(self, label: str, matches: Sequence[str], start: int, limit: int) -> list[str]:
        """The values of one label."""
        if label == names.NAME and not matches:
            return sorted({each.name for each in await self._series.meant([], start)})[:limit]
        chosen = matches or [f'{{"{names.NAME}"=~".+"}}']
        found = await together(*(self._valued(label, selector(each), start, limit) for each in chosen))
        return sorted({value for each in found for value in each})[:limit]

    async def _valued(self, label: str, asked: Selector, start: int, limit: int) -> set[str]:
        label = label if label == names.NAME else names.label(label)
        if label == names.NAME and all(each.name == names.NAME for each in asked.matchers):
            return {each.name for each in await self._series.meant(asked.matchers, start)}
        if label not in (names.NAME, *EDGES) and not any(each.name in EDGES for each in asked.matchers):
            return await self._series.values(label, asked.matchers, start, limit)
        return {labels[label] for labels in await self._matching(asked, start) if label in labels}

    async def _matching(self, asked: Selector, start: int) -> list[Labels]:
        """Label sets, with the bounds of histograms and the quantiles of summaries that were reported."""
        found = await self._series.series(asked.matchers, start)
        edged = [each for each in found if each.meant.part in (BUCKET, SUMMARY)]
        made = [each.labels for each in found if each.meant.part not in (BUCKET, SUMMARY)]
        for part in (BUCKET, SUMMARY):
            made += await self._edges([each for each in edged if each.meant.part is part], start)
        wanted = [each for each in asked.matchers if each.name in EDGES]
        return [labels for labels in made if await self._fits(labels, wanted)] if wanted else made

    async def _fits(self, labels: Labels, wanted: Sequence[Matcher]) -> bool:
        return all([await self._patterns.fitting([each], [labels.get(each.name, "")]) for each in wanted])

    async def _edges(self, series: Sequence[Series], start: int) -> list[Labels]:
        if not series:
            return []
        part = series[0].meant.part
        params = {
            "metrics": sorted({each.meant.metric.name for each in series}),
            "ids": [each.id for each in series],
            "start": start,
        }
        column = "arrayPushBack(bounds, inf)" if part is BUCKET else "quantiles"
        answer = await self._ask.answer("promql_edges", params, table=part.table, column=column)
        by_id = dict(answer.rows)
        return [each.labels | {part.edge: shown(edge)} for each in series for edge in by_id.get(each.id, ())]

    async def metadata(self, metric: str, limit: int) -> dict[str, list[dict[str, str]]]:
        """Type, help and unit by name."""
        known: dict[str, list[dict[str, str]]] = {}
        for each in await self._series.metrics(0):
            if metric in ("", each.classic):
                told = {"type": _type(each), "help": each.description, "unit": names.unit_words(each.unit)}
                known.setdefault(each.classic, []).append(told)
        return dict(list(known.items())[:limit])

    async def exemplars(self, text: str, start: int, end: int) -> list[dict[str, Any]]:
        """Examples of the series of an expression's selectors, with the traces that they were measured in."""
        chosen = {each.matchers: each for each in walk(parsed(text)) if isinstance(each, Selector)}
        found = await together(*(self._examples(each, start, end) for each in chosen.values()))
        return [each for some in found for each in some]

    async def _examples(self, asked: Selector, start: int, end: int) -> list[dict[str, Any]]:
        matchers = [each for each in asked.matchers if each.name != "le"]
        series = [each for each in await self._series.series(matchers, start) if each.meant.part is not TARGET]
        params = {
            "metrics": sorted({each.meant.metric.name for each in series}),
            "ids": [each.id for each in series],
            "start": start,
            "end": end,
        }
        answer = await self._ask.answer("promql_exemplars", params)
        examples: dict[int, list[dict[str, Any]]] = {}
        for series_id, at, value, trace, span, attributes in answer.rows:
            labels = {names.label(name): text for name, text in attributes.items()}
            labels |= {name: text for name, text in (("trace_id", trace), ("span_id", span)) if text.strip("0")}
            made = {"labels": labels, "value": shown(value), "timestamp": seconds(at)}
            examples.setdefault(series_id, []).append(made)
        return [{"seriesLabels": each.labels, "exemplars": examples[each.id]} for each in series if each.id in examples]


_ALL = 10**9


def _type(metric: Metric) -> str:
    return TYPES.get(metric.kind) or ("counter" if metric.monotonic else "gauge")


def _by_labels(each: Line | Raw) -> Any:
    return key(each.labels)


def _instant(node: Node, value: Value, grid: Grid) -> dict[str, Any]:
    at = seconds(grid.start)
    if isinstance(value, str):
        return {"resultType": "string", "result": [at, value]}
    if isinstance(value, Scalar):
        return {"resultType": "scalar", "result": [at, shown(value.values[0])]}
    result = []
    for line in ordered(node, value):
        sample = line.values[0]
        told: dict[str, Any] = {"metric": line.labels}
        if isinstance(sample, Histogram):
            told["histogram"] = [at, histogram_json(sample)]
        elif sample is not None:
            told["value"] = [at, shown(sample)]
        result.append(told)
    return {"resultType": "vector", "result": result}


def _ranged(_: Node, value: Value, grid: Grid) -> dict[str, Any]:
    if isinstance(value, str):
        raise Invalid("a string has no value over time")
    vector = [Line({}, list(value.values))] if isinstance(value, Scalar) else sorted(value, key=_by_labels)
    times = list(grid.times)
    return {"resultType": "matrix", "result": [_points(Raw(line.labels, times, line.values)) for line in vector]}


def _points(raw: Raw) -> dict[str, Any]:
    told: dict[str, Any] = {"metric": raw.labels}
    known: Iterable[tuple[int, Sample | None]] = zip(raw.times, raw.values, strict=True)
    pairs = [(seconds(at), value) for at, value in known if value is not None]
    numbers = [(at, shown(value)) for at, value in pairs if not isinstance(value, Histogram)]
    histograms = [(at, histogram_json(value)) for at, value in pairs if isinstance(value, Histogram)]
    if numbers:
        told["values"] = numbers
    if histograms:
        told["histograms"] = histograms
    return told
