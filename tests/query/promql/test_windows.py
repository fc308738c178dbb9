"""Functions over windows: in Python, as in the engine."""

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from metrics_by_hand import Metrics
from query.conftest import Asking
from query.promql.conftest import BEGAN, T0
from telemetry import Telemetry

from trivet.query.promql import plan
from trivet.query.promql.questions import PromQuestions
from trivet.query.promql.samples import Grid
from trivet.query.promql.windows import OVER, Window, falls, quantile
from trivet.store.client import Client

ODD = (0.0, math.nan, math.inf, -math.inf, 1e-9, 1e9)


def made(rng: random.Random) -> dict[float, float]:
    """A dozen samples at tenths of seconds: a counter that begins anew, a gauge, or odd values."""
    values = rng.choice((lambda: rng.gauss(0, 100), lambda: float(rng.randint(0, 5)), lambda: rng.choice(ODD)))
    return {tenth / 10: values() for tenth in sorted(rng.sample(range(1, 300, 1), rng.randint(1, 12)))}


@pytest.fixture
def told_many(store: Client) -> None:
    rng, told = random.Random(3), Telemetry(start=BEGAN)
    metrics = Metrics(told)
    for number in range(150):
        metrics.gauge("depth", made(rng), attributes={"n": number})
    told.load(store)


@pytest.mark.usefixtures("told_many")
@pytest.mark.parametrize("function", sorted(plan.ENGINE))
def test_the_engine_and_python_agree(function: str, asking: Asking, monkeypatch: pytest.MonkeyPatch):
    text = f"{function}(depth[7s]{', 30' if function == 'predict_linear' else ''})"
    engine = _over(asking, text)
    with monkeypatch.context() as patched:
        patched.setattr(plan, "ENGINE", {})
        python = _over(asking, text)
    assert engine.keys() == python.keys()
    assert engine
    for at, value in engine.items():
        assert _alike(value, python[at]), (at, value, python[at])


def _over(asking: Asking, text: str) -> dict[tuple[str, float], float]:
    grid = Grid(T0 + 50, T0 + 36_000, 2000)
    data = asking(lambda ask: PromQuestions(ask).query_range(text, grid))
    return {(line["metric"]["n"], at): float(value) for line in data["result"] for at, value in line["values"]}


def _alike(one: float, two: float) -> bool:
    """What infinities cancel out to is nobody's business."""
    return math.isclose(one, two, rel_tol=1e-6, abs_tol=1e-6) or not (math.isfinite(one) and math.isfinite(two))


def over(function: str, values: list[Any], *parameters: float) -> Any:
    times = [1000 * second for second in range(1, len(values) + 1)]
    return OVER[function](Window(times, values, 10_000, 10_000, parameters, falls(values)))


@pytest.mark.parametrize(
    ("function", "values", "parameters", "expected"),
    [
        ("mad_over_time", [1.0, 2.0, 3.0, 4.0, 100.0], (), 1.0),
        ("first_over_time", [4.0, 2.0], (), 4.0),
        ("ts_of_max_over_time", [1.0, 9.0, 9.0, 2.0], (), 3.0),
        ("ts_of_min_over_time", [1.0, 9.0], (), 1.0),
        ("ts_of_last_over_time", [1.0, 9.0], (), 2.0),
        ("quantile_over_time", [1.0, 2.0, 4.0], (0.75,), 3.0),
        ("stdvar_over_time", [1.0, 3.0], (), 1.0),
        ("stdvar_over_time", [1e300, -1e300], (), math.inf),
        ("deriv", [1.0], (), None),
        ("rate", [1.0], (), None),
        ("min_over_time", [math.nan, 2.0], (), 2.0),
        ("sum_over_time", [math.inf, -math.inf], (), math.nan),
    ],
)
def test_by_hand(function: str, values: list[float], parameters: tuple[float, ...], expected: float | None):
    found = over(function, values, *parameters)
    assert found == expected or (found != found and expected != expected)


def test_two_samples_of_one_millisecond_have_no_rate():
    window = Window([5, 5], [1.0, 2.0], 10, 10, ())
    assert OVER["rate"](window) is OVER["irate"](window) is None


@given(st.floats(allow_nan=True), st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=6))
def test_a_quantile_is_always_a_number(level: float, values: list[float]):
    found = quantile(level, values)
    known = [value for value in values if math.isfinite(value)]
    if known == values and values and 0 <= level <= 1:
        assert (
            min(values) <= found <= max(values) or math.isclose(found, min(values)) or math.isclose(found, max(values))
        )
