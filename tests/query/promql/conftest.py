"""Asking PromQL about metrics that a test has told."""

from collections.abc import Callable
from typing import Any

import pytest
from metrics_by_hand import Metrics
from query.conftest import Asking
from telemetry import S, Telemetry

from trivet.query.promql.questions import Limits, PromQuestions
from trivet.query.promql.samples import Grid
from trivet.store.client import Client

BEGAN = 1_760_000_040 * S  # a multiple of a minute
T0 = 1_760_000_040_000


@pytest.fixture
def told() -> Telemetry:
    return Telemetry(start=BEGAN)


@pytest.fixture
def metrics(told: Telemetry) -> Metrics:
    return Metrics(told)


@pytest.fixture
def prom(store: Client, told: Telemetry, asking: Asking) -> Callable[..., Any]:
    """Loads what was told; `prom(lambda questions: questions.labels(…))`."""

    def ask(work: Callable[[PromQuestions], Any], limits: Limits = Limits()) -> Any:
        told.load(store)
        return asking(lambda ask: work(PromQuestions(ask, limits)))

    return ask


@pytest.fixture
def at(prom: Callable[..., Any]) -> Callable[..., dict[Any, Any]]:
    """The value at a second after the beginning: what tells each line apart (without `job` and scope) → its value."""

    def ask(text: str, second: float = 300, **options: Any) -> Any:
        data = prom(lambda questions: questions.query(text, T0 + round(second * 1000)), **options)
        if data["resultType"] != "vector":
            return data["result"][1]
        return {short(each["metric"]): each.get("value", each.get("histogram"))[1] for each in data["result"]}

    return ask


@pytest.fixture
def over(prom: Callable[..., Any]) -> Callable[..., dict[Any, Any]]:
    """The same over time: lists of (second, value)."""

    def ask(text: str, first: float, last: float, step: float, **options: Any) -> Any:
        grid = Grid(T0 + round(first * 1000), T0 + round(last * 1000), round(step * 1000))
        data = prom(lambda questions: questions.query_range(text, grid), **options)
        return {
            short(each["metric"]): [(at - T0 / 1000, value) for at, value in each.get("values", each.get("histograms"))]
            for each in data["result"]
        }

    return ask


def short(labels: dict[str, str]) -> str:
    """`name{a="b"}` without what every series of these tests has."""
    name = labels.get("__name__", "")
    rest = {key: value for key, value in sorted(labels.items()) if key not in ("__name__", "job", "otel_scope_name")}
    inner = ",".join(f'{key}="{value}"' for key, value in rest.items())
    return f"{name}{{{inner}}}" if inner or not name else name
