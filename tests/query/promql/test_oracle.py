"""The same samples in Prometheus and here: hundreds of answers over time must be the same, labels and figures.

Where Prometheus 2 and 3 differ we do as 3 does, and the samples keep out of that: windows have their beginning in them
in 2 only (samples lie off the steps), and a rate is carried back to zero by another rule (counters are far from zero).
"""

import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from emptied import empty
from metrics_by_hand import Metrics
from query.conftest import Asking
from query.promql.conftest import BEGAN, T0
from query.promql.prometheus import INSTALLED, Told, data, open_metrics, prometheus
from telemetry import Telemetry

from trivet.query.promql.questions import PromQuestions
from trivet.query.promql.samples import Grid
from trivet.store.client import Address, Client

pytestmark = pytest.mark.skipif(not INSTALLED, reason="no prometheus and promtool here")

LAST = 1200
BOUNDS = (0.1, 0.5, 2.5)
TYPES = {
    "requests": "counter",
    "depth": "gauge",
    "took": "histogram",
    "limit": "gauge",
    "flat": "gauge",
    "odd": "gauge",
}
NAMED = {"job": "web", "otel_scope_name": "tests"}


class Corpus:
    """Counters that begin anew, gauges with holes, histograms, gauges of odd values; the same every time."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        self.series: list[Told] = []

    def told(self, metrics: Metrics) -> None:
        for method in ("GET", "POST", "PUT"):
            for code in ("200", "500"):
                self._counter(metrics, {"method": method, "code": code})
        for queue in ("a", "b", "c"):
            for host in ("x", "y"):
                self._gauge(
                    metrics, "depth", {"queue": queue, "host": host}, lambda: round(self._random.gauss(10, 8), 3)
                )
            self._gauge(metrics, "limit", {"queue": queue, "team": f"team-{queue}"}, lambda: 20.0)
        self._gauge(metrics, "flat", {}, lambda: 3.5)
        odd = (1e-9, 1e12, -1e12, 0.0, -0.5, 12345678.9, 2.0**40)
        self._gauge(metrics, "odd", {}, lambda: self._random.choice(odd))
        for route in ("/", "/videos"):
            self._histogram(metrics, {"route": route})

    def _times(self) -> Iterator[float]:
        """Every 15 s or so, with a hole of six minutes."""
        second, hole = 3.0 + self._random.random(), self._random.uniform(200, 900)
        while second < LAST:
            if not hole < second < hole + 360:
                yield round(second, 3)
            second += 15 + self._random.uniform(-1, 1)

    def _add(self, name: str, labels: dict[str, str], values: dict[float, float]) -> None:
        self.series.append(Told(name, NAMED | labels, values))

    def _counter(self, metrics: Metrics, labels: dict[str, str]) -> None:
        value, values = 9000.0, {}
        for second in self._times():
            value = 4000.0 if self._random.random() < 0.03 else value + self._random.randint(0, 30)
            values[second] = value
        metrics.sum("requests", values, attributes=labels)
        self._add("requests_total", labels, values)

    def _gauge(self, metrics: Metrics, name: str, labels: dict[str, str], value: Any) -> None:
        values = {second: value() for second in self._times()}
        metrics.gauge(name, values, attributes=labels)
        self._add(name, labels, values)

    def _histogram(self, metrics: Metrics, labels: dict[str, str]) -> None:
        counts, total, points, sums = [900] * 4, 9000.0, {}, []
        for second in self._times():
            if self._random.random() < 0.02:
                counts, total = [400] * 4, 4000.0
            counts = [count + self._random.randint(0, 9) for count in counts]
            total += self._random.randint(1, 50)
            points[second] = counts
            sums.append(total)
        metrics.histogram("took", points, BOUNDS, sums=sums, attributes=labels)
        for place, bound in enumerate(("0.1", "0.5", "2.5", "+Inf")):
            below = {second: float(sum(each[: place + 1])) for second, each in points.items()}
            self._add("took_bucket", labels | {"le": bound}, below)
        self._add("took_sum", labels, dict(zip(points, sums, strict=True)))
        self._add("took_count", labels, {second: float(sum(each)) for second, each in points.items()})


EXPRESSIONS = (Path(__file__).parent / "expressions.txt").read_text().splitlines()


class Both:
    def __init__(self, theirs: httpx.Client, asking: Asking):
        self._theirs = theirs
        self._asking = asking

    def over(self, text: str, grid: Grid) -> tuple[Any, Any]:
        when = {"start": grid.start / 1000, "end": grid.end / 1000, "step": grid.step / 1000}
        ours = self._asking(lambda ask: PromQuestions(ask).query_range(text, grid))
        return _lines(data(self._theirs, "query_range", query=text, **when)), _lines(ours)

    def at(self, text: str, at: int) -> tuple[Any, Any]:
        ours = self._asking(lambda ask: PromQuestions(ask).query(text, at))
        return data(self._theirs, "query", query=text, time=at / 1000), ours


def _lines(answer: Any) -> dict[Any, dict[float, float]]:
    return {
        tuple(sorted(line["metric"].items())): {float(at): float(value) for at, value in line["values"]}
        for line in answer["result"]
    }


@pytest.fixture(scope="module")
def served(database: Address, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    store = Client(database)
    empty(store)
    told, corpus = Telemetry(start=BEGAN), Corpus()
    corpus.told(Metrics(told))
    told.load(store)
    store.close()
    with prometheus(
        tmp_path_factory.mktemp("prometheus"), open_metrics(corpus.series, BEGAN // 10**9, TYPES)
    ) as client:
        yield client


@pytest.fixture
def address(database: Address) -> Address:
    """Not emptied: all tests here read the same samples."""
    return database


@pytest.fixture
def both(served: httpx.Client, asking: Asking) -> Both:
    return Both(served, asking)


GRIDS = [Grid(T0, T0 + LAST * 1000 + 420_000, 20_000), Grid(T0 + 100_500, T0 + 700_500, 61_000)]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_same_over_time(both: Both, text: str):
    for grid in GRIDS:
        theirs, ours = both.over(text, grid)
        assert ours.keys() == theirs.keys()
        for labels, points in theirs.items():
            assert ours[labels].keys() == points.keys(), labels
            for at, value in points.items():
                assert same(ours[labels][at], value), (labels, at - T0 / 1000, ours[labels][at], value)


def same(one: float, two: float) -> bool:
    return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9) or (one != one and two != two)


@pytest.mark.parametrize(
    "text", ["sort(depth)", "sort_desc(depth)", "topk(3, depth)", "bottomk(3, depth)", "depth[2m]", "'abc'", "1"]
)
def test_the_same_at_one_time(both: Both, text: str):
    theirs, ours = both.at(text, T0 + 600_000)
    assert theirs["resultType"] == ours["resultType"]
    if ours["resultType"] == "vector":
        assert [each["value"][1] for each in ours["result"]] == [each["value"][1] for each in theirs["result"]]
    elif ours["resultType"] == "matrix":
        assert _lines(ours) == _lines(theirs)
    else:
        assert list(ours["result"]) == theirs["result"]
