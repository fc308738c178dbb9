"""How well a field tells two sets apart, as pure functions."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.query.compare.separation import Shares, Sizes, bins, by_threshold, by_values, interval

EVEN = Sizes(1000, 1000)


@pytest.mark.parametrize(
    ("held", "size", "low", "high"),
    [(0, 100, 0.0, 0.0826), (50, 100, 0.3563, 0.6437), (100, 100, 0.9174, 1.0), (1, 1, 0.1, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson_at_three_deviations(held: float, size: int, low: float, high: float):
    """By hand: for none of n the upper end is z² / (n + z²)."""
    assert interval(held, size) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


@given(size=st.integers(1, 10**6), share=st.floats(0, 1))
def test_an_interval_holds_what_was_counted(size: int, share: float):
    low, high = interval(share * size, size)
    assert 0 <= low <= share + 1e-9 and share - 1e-9 <= high <= 1


@given(st.integers(1, 5000), st.integers(1, 5000), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=40))
def test_a_score_is_a_share(selection: int, baseline: int, held: list[tuple[float, float]]):
    sizes = Sizes(selection, baseline)
    whole = [max(1.0, sum(each[side] for each in held)) for side in (0, 1)]
    values = [Shares(a / whole[0] * selection, b / whole[1] * baseline) for a, b in held]
    present = Shares(sum(each.selection for each in values), sum(each.baseline for each in values))
    assert (
        0
        <= by_values(sizes, values, present, exclusive=False)
        <= by_values(sizes, values, present, exclusive=True)
        <= 1
    )
    distance = sum(max(0.0, s.selection - s.baseline) for s in map(sizes.shares, [*values, sizes.without(present)]))
    assert by_values(sizes, values, present, exclusive=True) <= distance + 1e-9


def test_the_same_on_both_sides_is_nothing():
    values = [Shares(300, 300), Shares(200, 200)]
    assert by_values(EVEN, values, Shares(500, 500), exclusive=True) == 0


def test_a_value_that_only_the_selection_has():
    assert by_values(EVEN, [Shares(1000, 0)], Shares(1000, 0), exclusive=True) > 0.98
    assert by_values(EVEN, [Shares(500, 0), Shares(500, 1000)], Shares(1000, 1000), exclusive=True) == pytest.approx(
        0.44, abs=0.01
    )


def test_absence_tells_too():
    assert by_values(EVEN, [Shares(0, 1000)], Shares(0, 1000), exclusive=True) > 0.98


def test_ids_and_rare_values_are_nothing():
    ids = [Shares(1, 0)] * 1000 + [Shares(0, 1)] * 1000
    assert by_values(EVEN, ids, Shares(1000, 1000), exclusive=True) == 0
    assert by_values(EVEN, [Shares(3, 0)], Shares(3, 0), exclusive=True) == 0
    assert by_values(EVEN, [Shares(30, 0)], Shares(30, 0), exclusive=True) > 0


def test_many_values_together():
    """A hundred values of the selection that the baseline never has: each one little, together everything."""
    values = [Shares(500, 0)] * 100
    sizes = Sizes(50_000, 50_000)
    assert by_values(sizes, values, Shares(50_000, 0), exclusive=True) > 0.8
    assert by_values(sizes, values, Shares(50_000, 50_000), exclusive=False) < 0.01


def test_a_threshold_between_numbers():
    points = [(float(number), Shares(0, 10)) for number in range(100)] + [(200.0, Shares(1000, 0))]
    score, at = by_threshold(EVEN, points)
    assert (score, at) == (pytest.approx(0.98, abs=0.01), 99)
    made = bins(EVEN, points, at)
    assert len(made) <= 10
    assert (made[-1].low, made[-1].high, made[-1].held) == (200.0, 200.0, Shares(1000, 0))
    assert sum(each.held.baseline for each in made) == 1000


@given(st.integers(0, 10**6))
def test_no_threshold_divides_what_is_drawn_alike(seed: int):
    chance = Random(seed)
    selection, baseline = (Counter(chance.choices(range(100), k=1000)) for _ in range(2))
    points = [(float(number), Shares(selection[number], baseline[number])) for number in range(100)]
    assert by_threshold(EVEN, points)[0] < 0.05


def test_the_least_that_could_tell():
    least = Sizes(500, 1000).least()
    sizes = Sizes(500, 1000)
    assert sizes.certain(Shares(least.selection, 0)) > 0
    assert sizes.certain(Shares(least.selection - 1, 0)) == 0
    assert Sizes(1, 1).least() == Shares(1, 1)
