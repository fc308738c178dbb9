"""Figures of spans and log records: by group, over time, as a heatmap; held against what was sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from query.conftest import Asking
from telemetry import MS, S, Telemetry

from trivet.errors import Invalid
from trivet.query.aggregate import Aggregates, Asked, Scale
from trivet.query.filter.tables import LOGS, SPANS
from trivet.query.instant import Range
from trivet.store.client import Client

BEGAN = 1_760_000_000 * S - 1_760_000_000 * S % (60 * S)
WITHIN = Range(BEGAN, BEGAN + 60 * S)


@pytest.fixture
def query(asking: Asking, store: Client):
    tell().load(store)

    def query(table=SPANS, **asked):
        return asking(lambda ask: Aggregates(ask).query(Asked(table, WITHIN, **asked)))

    return query


def tell() -> Telemetry:
    """A span a second: every tenth slow and wrong, services in turn; half of those of web have a plan."""
    told = Telemetry(start=BEGAN)
    for number in range(60):
        slow = number % 10 == 0
        told.span(
            1 + number // 2,
            1 + number,
            "slow" if slow else "quick",
            at=number * S,
            lasts=(1000 if slow else 10) * MS,
            service="api" if number % 2 else "web",
            status="error" if slow else "unset",
            attributes={"depth": number % 4} | ({"plan": "team"} if number % 4 == 0 else {}),
        )
        told.log("line", at=number * S, severity="error" if number < 3 else "info")
    return told


def test_figures_by_group_with_their_units(query):
    answer = query(
        calculate=["count", "rate", "error_rate", "max(duration)", "avg(depth)", "count(traces)"],
        group_by=["service"],
    )
    assert [(column.name, column.unit) for column in answer.columns] == [
        ("service", ""), ("count", ""), ("rate", "1/s"), ("error_rate", "ratio"),
        ("max(duration)", "ns"), ("avg(depth)", ""), ("count(traces)", ""),
    ]  # fmt: skip
    by_service = {row[0]: row[1:] for row in answer.rows}
    assert by_service["web"] == [30, 0.5, 0.2, 1000 * MS, 1.0, 30]
    assert by_service["api"] == [30, 0.5, 0.0, 10 * MS, 2.0, 30]


def test_what_is_absent_is_a_group_of_its_own_and_no_number(query):
    answer = query(calculate=["count", "avg(plan)"], group_by=["plan"], filter="service:web")
    assert sorted(answer.rows, key=repr) == [["team", 15, None], [None, 15, None]]


def test_values_keep_their_type_and_filters_hold(query):
    answer = query(calculate=["count"], group_by=["depth"], filter="service:api")
    assert sorted(answer.rows) == [[1, 15], [3, 15]]


def test_lines_of_the_groups_that_are_shown_and_the_others_as_one(query):
    answer = query(calculate=["count", "p50(duration)"], group_by=["name"], every=20 * S, limit=1)
    assert answer.rows == [["quick", 54, 10 * MS]]
    assert (answer.other.groups, answer.other.values) == (1, {"count": 6, "p50(duration)": 1000 * MS})
    lines = {line.calculate: line for line in answer.series}
    assert lines["count"].group == {"name": "quick"}
    assert [int(at) for at, _ in lines["count"].points] == [BEGAN, BEGAN + 20 * S, BEGAN + 40 * S]
    assert [number for _, number in lines["count"].points] == [18, 18, 18]


def test_rates_over_time_are_by_the_second(query):
    answer = query(calculate=["rate"], every=30 * S)
    assert answer.rows == [[1.0]]
    assert [number for _, number in answer.series[0].points] == [1.0, 1.0]


def test_order_says_which_groups_come_first(query):
    assert query(calculate=["count"], group_by=["name"], order="count").rows == [["slow", 6], ["quick", 54]]
    with pytest.raises(Invalid, match="cannot order by"):
        query(calculate=["count"], order="-rate")


def test_log_records_by_severity(query):
    answer = query(LOGS, calculate=["count", "error_rate"], group_by=["severity"])
    assert answer.rows == [["info", 57, 0.0], ["error", 3, 1.0]]


def test_nothing_there_is_an_empty_answer(query):
    answer = query(calculate=["count"], group_by=["name"], filter="service:nobody", every=S)
    assert (answer.rows, answer.series) == ([], [])


@pytest.mark.parametrize("wrong", ["p95", "p101(duration)", "median(duration)", "count()", "; DROP TABLE otel_spans"])
def test_what_cannot_be_calculated_is_said(query, wrong: str):
    with pytest.raises(Invalid, match="cannot be calculated"):
        query(calculate=[wrong])


def test_a_heatmap_holds_every_span_once_where_it_belongs(asking: Asking, store: Client):
    tell().load(store)
    asked = Asked(SPANS, WITHIN, every=10 * S)
    answer = asking(lambda ask: Aggregates(ask).heatmap(asked, "duration", 20))
    assert [int(at) for at in answer.x] == [BEGAN + n * 10 * S for n in range(6)]
    assert len(answer.y) == len(answer.cells[0]) + 1
    assert answer.y[0] <= 10 * MS < answer.y[1]
    assert answer.y[-2] <= 1000 * MS < answer.y[-1]
    assert all((column[0], column[-1], sum(column)) == (9, 1, 10) for column in answer.cells)


def test_a_heatmap_of_nothing(asking: Asking, store: Client):
    asked = Asked(SPANS, WITHIN, filter="service:nobody")
    answer = asking(lambda ask: Aggregates(ask).heatmap(asked, "duration", 20))
    assert (answer.x, answer.y, answer.cells) == ([], [], [])


@given(st.floats(1, 1e15), st.floats(1, 1e6), st.integers(2, 100))
def test_a_scale_reaches_from_the_smallest_to_the_largest(least: float, times: float, levels: int):
    most = least * times
    scale = Scale.of(least, most, levels)
    bounds = scale.bounds()
    assert 1 <= scale.levels <= levels
    assert bounds[0] <= least * (1 + 1e-6)
    assert most <= bounds[-1] * (1 + 1e-6)
