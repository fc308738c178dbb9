"""Which series a selector means: names and labels as OpenTelemetry's Prometheus compatibility page makes them.

First the metrics whose name matches, in any of its spellings; then their series by labels, in the engine, every value
bound. A metric stands for several names when it is a histogram or a summary; which one was asked for is a `Part`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from trivet.errors import TooExpensive
from trivet.query.ask import Ask
from trivet.query.filter.condition import Parameters
from trivet.query.promql import names
from trivet.query.promql.patterns import Patterns
from trivet.query.promql.samples import Labels
from trivet.query.promql.tree import Matcher

MS = 10**6
NUMBERS = "otel_number_points"
TARGET_INFO = "target_info"
DELTA = 1


class Part(NamedTuple):
    """What of a metric's points a name stands for: `suffix` of the name, and the label that tells its lines apart."""

    suffix: str
    table: str
    value: str
    edge: str = ""


NUMBER = Part("", NUMBERS, "number")
EXPONENTIAL = Part("", "otel_exponential_points", "exponential")
SUMMARY = Part("", "otel_summary_points", "quantile", "quantile")
BUCKET = Part("_bucket", "otel_histogram_points", "bucket", "le")
PARTS = {
    "gauge": (NUMBER,),
    "sum": (NUMBER,),
    "histogram": (BUCKET, Part("_sum", BUCKET.table, "sum"), Part("_count", BUCKET.table, "count")),
    "exponential_histogram": (EXPONENTIAL,),
    "summary": (SUMMARY, Part("_sum", SUMMARY.table, "sum"), Part("_count", SUMMARY.table, "count")),
}
TARGET = Part("", "", "target")


class Metric(NamedTuple):
    """One metric of the store; name, type, unit and monotonicity together identify it."""

    name: str
    kind: str
    unit: str
    monotonic: bool
    description: str = ""

    @property
    def classic(self) -> str:
        return names.metric(self.name, self.unit, self.kind, self.monotonic)

    def spellings(self, part: Part) -> list[str]:
        """The classic name first, then OpenTelemetry's own, then that one with unit and `_total`."""
        stems = (self.classic, self.name, names.suffixed(self.name, self.unit, self.kind, self.monotonic))
        return list(dict.fromkeys(stem + part.suffix for stem in stems))

    @property
    def identity(self) -> tuple[str, str, str, bool]:
        return self[:4]


class Meant(NamedTuple):
    """A metric by one of its names."""

    metric: Metric
    part: Part
    name: str


@dataclass(frozen=True, slots=True)
class Series:
    """A series of the store under one name; `labels` has all but `le` and `quantile`, which its points tell."""

    id: int | str
    meant: Meant
    delta: bool
    labels: Labels


TARGETS = Meant(Metric(TARGET_INFO, "info", "", False), TARGET, TARGET_INFO)


class Names(NamedTuple):
    """The keys of attributes behind a label."""

    attributes: Sequence[str] = ()
    scope: Sequence[str] = ()


class SeriesQuestions:
    """`resource_labels`: resource attributes that are labels, too, beside `job` and `instance`."""

    def __init__(self, ask: Ask, *, most_series: int, resource_labels: Sequence[str] = ()):
        self._ask = ask
        self._patterns = Patterns(ask)
        self._most_series = most_series
        self._resource_labels = {names.label(each): each for each in resource_labels}

    async def metrics(self, start: int) -> list[Metric]:
        """The metrics that sent anything since `start` (ms)."""
        answer = await self._ask.answer("promql_metrics", {"start": max(0, start) * MS})
        return [Metric(*row) for row in answer.rows]

    async def meant(self, matchers: Sequence[Matcher], start: int) -> list[Meant]:
        """The metrics that the matchers on the name let through, under the first spelling that does."""
        asked = [each for each in matchers if each.name == names.NAME]
        known = [(metric, part) for metric in await self.metrics(start) for part in PARTS[metric.kind]]
        spelled = {name for metric, part in known for name in metric.spellings(part)} | {TARGET_INFO}
        fitting = await self._patterns.fitting(asked, sorted(spelled))
        found = [Meant(*each, name) for each in known for name in each[0].spellings(each[1]) if name in fitting]
        first = {(meant.metric.identity, meant.part): meant for meant in reversed(found)}
        return [*reversed(first.values()), *([TARGETS] if TARGET_INFO in fitting else [])]

    async def label_names(self, start: int) -> set[str]:
        """Of all series since `start` (ms)."""
        known = await self.metrics(start)
        keys = await self._keys({"metrics": [each.name for each in known], "start": max(0, start) * MS})
        edges = {part.edge for each in known for part in PARTS[each.kind] if part.edge}
        return {names.NAME, *FIXED, *keys, *self._resource_labels, *edges}

    async def series(self, matchers: Sequence[Matcher], start: int) -> list[Series]:
        """The series that sent anything since `start` (ms) and match; `le` and `quantile` are left to their points."""
        meant = await self.meant(matchers, start)
        on_labels = [each for each in matchers if each.name not in (names.NAME, "le", "quantile")]
        stored = [each for each in meant if each.part is not TARGET]
        found = await self._stored(stored, on_labels, start) if stored else []
        if len(stored) < len(meant):
            found += await self._targets(meant[-1], on_labels, start)
        if len(found) > self._most_series:
            raise self._too_many()
        return found

    async def values(self, label: str, matchers: Sequence[Matcher], start: int, limit: int) -> set[str]:
        """Of a label that is neither the name nor told by points, however many series have it."""
        meant = await self.meant(matchers, start)
        on_labels = [each for each in matchers if each.name != names.NAME]
        stored = sorted({each.metric.name for each in meant if each.part is not TARGET})
        params = {"metrics": stored, "start": max(0, start) * MS}
        keys, bound = await self._keys(params), Parameters("m")
        expression, matching = self._expression(label, keys, bound), self._matching(on_labels, keys, bound)
        answer = await self._ask.answer(
            "promql_values", params | bound.values | {"limit": limit}, expression=expression, matching=matching
        )
        found = {value for (value,) in answer.rows}
        if TARGETS in meant and (on_labels or label not in FIXED or not stored):
            targets = await self._targets(TARGETS, on_labels, start)
            found |= {each.labels[label] for each in targets if label in each.labels}
        return found

    def _matching(self, matchers: Sequence[Matcher], keys: Mapping[str, Names], bound: Parameters) -> str:
        return " AND ".join([self._condition(each, keys, bound) for each in matchers]) or "true"

    def _too_many(self) -> TooExpensive:
        return TooExpensive(
            f"more than {self._most_series} series match",
            hint="name more labels or less time; the setting is query_series",
        )

    async def _stored(self, meant: Sequence[Meant], matchers: Sequence[Matcher], start: int) -> list[Series]:
        params = {"metrics": sorted({each.metric.name for each in meant}), "start": max(0, start) * MS}
        keys = await self._keys(params) if matchers else {}
        bound = Parameters("m")
        condition = self._matching(matchers, keys, bound)
        params |= bound.values | {"limit": self._most_series + 1, "promoted": list(self._resource_labels.values())}
        answer = await self._ask.answer("promql_series", params, matching=condition)
        if len(answer.rows) > self._most_series:
            raise self._too_many()
        by_metric: dict[tuple[str, str, str, bool], list[Meant]] = {}
        for each in meant:
            by_metric.setdefault(each.metric.identity, []).append(each)
        found = []
        for row in map(Row._make, answer.rows):
            labels = self._labels(row)
            found += [
                Series(row.id, each, row.temporality == DELTA, {names.NAME: each.name} | labels)
                for each in by_metric.get((row.metric, row.kind, row.unit, row.monotonic), ())
            ]
        return found

    async def _keys(self, params: Mapping[str, Any]) -> dict[str, Names]:
        """Attribute keys by the label that they become."""
        answer = await self._ask.answer("promql_keys", params)
        ((attributes, scope),) = answer.rows
        keys: dict[str, Names] = {}
        for each in sorted(attributes):
            of = keys.setdefault(names.label(each), Names([], []))
            of.attributes.append(each)
        for each in sorted(scope):
            of = keys.setdefault(f"otel_scope_{names.label(each)}", Names([], []))
            of.scope.append(each)
        return keys

    def _condition(self, matcher: Matcher, keys: Mapping[str, Names], bound: Parameters) -> str:
        value = bound.bind(matcher.value if matcher.op in ("=", "!=") else f"^(?s:{matcher.value})$")
        expression = self._expression(matcher.name, keys, bound)
        match matcher.op:
            case "=" | "!=":
                return f"{expression} {matcher.op} {value}"
            case "=~":
                return f"match({expression}, {value})"
        return f"NOT match({expression}, {value})"

    def _expression(self, label: str, keys: Mapping[str, Names], bound: Parameters) -> str:
        """A label's value in SQL, '' where a series has none."""
        if label in FIXED:
            return FIXED[label]
        if label in self._resource_labels:
            return f"resource[{bound.bind(self._resource_labels[label])}]"
        known = keys.get(label, Names())
        parts = [f"attributes[{bound.bind(each)}]" for each in known.attributes]
        parts += [f"scope_attributes[{bound.bind(each)}]" for each in known.scope]
        if len(parts) == 1:
            return parts[0]
        return f"arrayStringConcat(arrayFilter(each -> each != '', [{', '.join(parts)}]), ';')" if parts else "''"

    def _labels(self, row: "Row") -> Labels:
        labels = joined(row.attributes)
        scope = {"name": row.scope, "version": row.scope_version, "schema_url": row.scope_schema}
        scope = joined(row.scope_attributes) | scope
        labels |= {f"otel_scope_{name}": value for name, value in scope.items() if value}
        labels |= {names.label(name): value for name, value in row.promoted.items() if value}
        labels |= {name: value for name, value in (("job", row.job), ("instance", row.instance)) if value}
        return labels

    async def _targets(self, meant: Meant, matchers: Sequence[Matcher], start: int) -> list[Series]:
        """`target_info`: a resource as a series whose labels are its attributes."""
        answer = await self._ask.answer("promql_targets", {"start": max(0, start) * MS, "limit": self._most_series + 1})
        if len(answer.rows) > self._most_series:
            raise self._too_many()
        found = []
        for resource_id, job, instance, resource in answer.rows:
            rest = {name: value for name, value in resource.items() if name not in IDENTITY}
            labels = {names.NAME: TARGET_INFO} | joined(rest)
            labels |= {name: value for name, value in (("job", job), ("instance", instance)) if value}
            found.append(Series(resource_id, meant, False, labels))
        fitting = [await self._patterns.fitting([each], sorted({series.labels.get(each.name, "") for series in found}))
                   for each in matchers]  # fmt: skip
        return [
            series for series in found
            if all(series.labels.get(each.name, "") in fits for each, fits in zip(matchers, fitting, strict=True))
        ]  # fmt: skip


IDENTITY = ("service.name", "service.namespace", "service.instance.id")
FIXED = {
    "job": "job",
    "instance": "instance",
    "otel_scope_name": "scope",
    "otel_scope_version": "scope_version",
    "otel_scope_schema_url": "JSONExtractString(origin, 'scope_schema_url')",
}


class Row(NamedTuple):
    """A row of questions/promql_series.sql."""

    id: int
    metric: str
    kind: str
    unit: str
    monotonic: bool
    temporality: int
    job: str
    instance: str
    attributes: dict[str, str]
    scope: str
    scope_version: str
    scope_schema: str
    scope_attributes: dict[str, str]
    promoted: dict[str, str]


def joined(attributes: Mapping[str, str]) -> Labels:
    """Attributes as labels; the values of keys that become one label stand together, in the order of the keys."""
    labels: Labels = {}
    for key in attributes if len(attributes) < 2 else sorted(attributes):
        if value := attributes[key]:
            name = names.label(key)
            labels[name] = f"{labels[name]};{value}" if name in labels else value
    return labels
