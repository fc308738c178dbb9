"""Heatmaps out of a real store, and the scales that they are drawn on."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from query.conftest import Asking
from telemetry import MS, S, Telemetry

from trivet.errors import Invalid, TooExpensive
from trivet.query.figures.answers import QueryAnswer
from trivet.query.figures.asked import Asked, Limits
from trivet.query.figures.heatmap import HeatmapQuestions, Linear, Logarithmic, scale
from trivet.query.instant import Range
from trivet.store.client import Client

BEGAN = 1_760_000_040 * S
WITHIN = Range(BEGAN, BEGAN + 60 * S)


@pytest.fixture
def heatmap(store: Client, asking: Asking) -> Callable[..., QueryAnswer]:
    """Of a span a second, every tenth slow and wrong, and a record of each."""
    told = Telemetry(start=BEGAN)
    for number in range(60):
        slow = number % 10 == 0
        told.span(number + 1, 1, at=number * S, lasts=(1000 if slow else 10) * MS, status="error" if slow else "unset",
                  attributes={"depth": number % 4, "size": 10 ** (number % 6), "who": "a"})  # fmt: skip
        told.log("line", at=number * S, attributes={"took": -0.5 + number / 60})
    told.span(1, 1, lasts=1000 * MS, status="error")  # a resend
    told.load(store)

    def ask(field="duration", levels: int = 20, limits: Limits = Limits(), signal="traces", **more: Any) -> QueryAnswer:
        asked = Asked(signal, WITHIN, **({"every": 10 * S} | more))
        return asking(lambda ask: HeatmapQuestions(ask, limits).heatmap(asked, field, levels))

    return ask


def test_every_span_is_counted_once_where_it_belongs(heatmap):
    answer = heatmap()
    assert [int(at) for at in answer.x] == [BEGAN + n * 10 * S for n in range(6)]
    assert len(answer.y) == len(answer.cells[0]) + 1
    assert answer.y[0] <= 10 * MS < answer.y[1]
    assert answer.y[-2] <= 1000 * MS < answer.y[-1]
    assert all((column[0], column[-1], sum(column)) == (9, 1, 10) for column in answer.cells)
    assert all((column[0], column[-1], sum(column)) == (0, 1, 1) for column in answer.errors)


def test_few_whole_numbers_have_a_level_each(heatmap):
    answer = heatmap("depth", every=60 * S, filter="depth<3")
    assert (answer.y, answer.cells) == ([0, 1, 2, 3], [[15, 15, 15]])


def test_numbers_far_apart_lie_on_a_logarithmic_scale(heatmap):
    answer = heatmap("size", 6, every=60 * S)
    assert answer.y == pytest.approx([10**n for n in range(7)])
    assert answer.cells == [[10] * 6]


def test_records_and_numbers_below_zero(heatmap):
    answer = heatmap("took", 10, signal="logs", every=60 * S)
    assert answer.y[0] == -0.5
    assert answer.y[-1] == pytest.approx(0.5 - 1 / 60)
    assert sum(answer.cells[0]) == 60
    assert all(5 <= count <= 7 for count in answer.cells[0])


def test_nothing_there(heatmap):
    answer = heatmap(filter="service:nobody")
    assert (answer.x, answer.y, answer.cells) == ([], [], [])


def test_what_is_refused(heatmap):
    with pytest.raises(Invalid, match="service is not a number"):
        heatmap("service")
    with pytest.raises(TooExpensive) as raised:
        heatmap(limits=Limits(points=10))
    assert "query_points" in raised.value.hint


@given(st.floats(1, 1e15), st.floats(1, 1e6), st.integers(2, 100))
def test_a_scale_reaches_from_the_smallest_to_the_largest(least: float, times: float, levels: int):
    most = least * times
    for made in (
        Logarithmic.of(least, most, levels),
        Linear.of(least, most, levels),
        scale("n", least, most, least, levels),
    ):
        bounds = made.bounds()
        assert 1 <= made.levels <= levels
        assert bounds[0] <= least * (1 + 1e-6)
        assert most <= bounds[-1] * (1 + 1e-6)
        assert bounds == sorted(bounds)


def test_durations_of_nothing_but_zero_have_a_scale():
    assert scale("duration", 0.0, 0.0, 0.0, 40).levels == 1
    assert scale("n", 0.0, 0.0, 0.0, 40).bounds() == [0, 1]
