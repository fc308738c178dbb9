"""Figures of spans and log records, out of a real store, against figures worked out by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from query.conftest import Asking
from telemetry import MS, S, Telemetry

from trivet.errors import Invalid, TooExpensive
from trivet.query.figures.answers import QueryAnswer
from trivet.query.figures.asked import Asked, Limits
from trivet.query.figures.sums import SumQuestions
from trivet.query.instant import Range
from trivet.store.client import Client

BEGAN = 1_760_000_040 * S  # a multiple of a minute
WITHIN = Range(BEGAN, BEGAN + 120 * S)
Querying = Callable[..., QueryAnswer]


@pytest.fixture
def told() -> Telemetry:
    return Telemetry(start=BEGAN)


@pytest.fixture
def query(store: Client, told: Telemetry, asking: Asking) -> Querying:
    """Loads what was told, and asks."""

    def ask(*calculate: str, signal="traces", within=WITHIN, limits: Limits = Limits(), **more: Any) -> QueryAnswer:
        told.load(store)
        asked = Asked(signal, within, calculate=calculate, **more)
        return asking(lambda ask: SumQuestions(ask, limits).query(asked))

    return ask


def points(answer: QueryAnswer, figure: str = "", **group: Any) -> list[tuple[float, Any]]:
    """The one line of a figure and a group, in seconds after the beginning."""
    (line,) = [line for line in answer.series if figure in ("", line.calculate) and group in ({}, line.group)]
    return [((int(at) - BEGAN) / S, value) for at, value in line.points]


def test_figures_of_all_spans(told: Telemetry, query: Querying):
    for number, (lasts, status) in enumerate([(10, "ok"), (20, "error"), (30, "unset"), (40, "ok")]):
        told.span(1 + number // 3, number + 1, lasts=lasts * MS, status=status, attributes={"n": number, "who": "a"})
    asked = ("count", "rate", "errors", "error_rate", "count(traces)", "sum(n)", "avg(n)", "min(n)", "max(n)",
             "p50(duration)", "uniq(n)", "uniq(who)", "max(nothing)")  # fmt: skip
    answer = query(*asked)
    assert answer.rows == [[4, 4 / 120, 1, 0.25, 2, 6, 1.5, 0, 3, 20 * MS, 4, 1, None]]
    assert answer.samples == [4]
    units = {column.name: column.unit for column in answer.columns}
    assert [units[name] for name in ("count", "rate", "error_rate", "p50(duration)", "avg(n)")] == [
        "", "1/s", "ratio", "ns", "",
    ]  # fmt: skip


def test_nothing_is_said_where_there_is_nothing(query: Querying):
    answer = query("count", "error_rate", "p95(duration)", "uniq(n)", every=60 * S)
    assert (answer.rows, answer.samples) == ([[0, None, None, 0]], [0])
    assert points(answer, "count") == [(0, 0), (60, 0)]
    assert points(answer, "error_rate") == points(answer, "p95(duration)") == []
    assert query("count", group_by=["service"]).rows == []


def test_groups_keep_the_types_of_their_values(told: Telemetry, query: Querying):
    for number, held in enumerate([200, 200, 200, "200", "200", True, 0.5]):
        told.span(number + 1, 1, attributes={"code": held})
    told.span(9, 1, "GET", service="api", kind="server", status="error")
    assert query(group_by=["code"]).rows[:2] == [[200, 3], ["200", 2]]
    assert sorted(query(group_by=["code"]).rows[2:], key=str) == [[0.5, 1], [None, 1], [True, 1]]
    answer = query("count", group_by=["service", "kind", "status", "root", "span.code"], filter="status:error")
    assert answer.rows == [["api", "server", "error", True, None, 1]]
    assert [column.name for column in answer.columns] == ["service", "kind", "status", "root", "span.code", "count"]


def test_stretches_begin_at_multiples_and_empty_ones_count_nothing(told: Telemetry, query: Querying):
    for at, lasts in [(31, 10), (35, 30), (119, 50)]:
        told.span(at, at, at=at * S, lasts=lasts * MS)
    within = Range(BEGAN + 31 * S, BEGAN + 120 * S)
    answer = query("count", "rate", "max(duration)", within=within, every=30 * S)
    assert points(answer, "count") == [(30, 2), (60, 0), (90, 1)]
    assert points(answer, "rate") == [(30, 2 / 29), (60, 0), (90, 1 / 30)]
    assert points(answer, "max(duration)") == [(30, 30 * MS), (90, 50 * MS)]


def test_the_leading_groups_and_all_others_together(told: Telemetry, query: Querying):
    for number in range(1, 11):
        for span in range(1, number + 1):
            told.span(number, span, lasts=number * MS, attributes={"shard": number})
    answer = query("count", "max(duration)", group_by=["shard"], limit=2, every=60 * S)
    assert answer.rows == [[10, 10, 10 * MS], [9, 9, 9 * MS]]
    assert (answer.other.groups, answer.other.samples) == (8, 36)
    assert answer.other.values == {"count": 36, "max(duration)": 8 * MS}
    assert [line.group["shard"] for line in answer.series if line.calculate == "count"] == [10, 9]
    assert points(answer, "count", shard=9) == [(0, 9), (60, 0)]
    by_name = [row[0] for row in query("count", group_by=["shard"], order="shard").rows]
    assert by_name == list(range(1, 11))
    assert query("count", group_by=["shard"], order="count", limit=1).rows == [[1, 1]]


def test_a_sampled_span_counts_as_many_as_it_stands_for(told: Telemetry, query: Querying):
    told.span(1, 1, lasts=10 * MS, status="error", attributes={"n": 10}, trace_state="ot=th:c")  # one in four
    told.span(2, 1, lasts=30 * MS, attributes={"n": 5})
    answer = query("count", "errors", "error_rate", "avg(n)", "sum(n)", "p25(duration)", "max(n)", every=60 * S)
    assert answer.rows == [[5, 4, 0.8, 9, 45, 10 * MS, 10]]
    assert answer.samples == [2]
    assert points(answer, "count") == [(0, 5), (60, 0)]


def test_a_resend_counts_once(told: Telemetry, query: Querying, store: Client):
    told.span(1, 1, lasts=MS)
    told.log("said", trace=1)
    told.load(store)
    again = Telemetry(start=BEGAN)
    again.span(1, 1, lasts=MS)
    again.log("said", trace=1)
    again.load(store)
    assert query("count", "sum(duration)", every=120 * S).rows == [[1, MS]]
    assert query("count", signal="logs").rows == [[1]]


def test_log_records(told: Telemetry, query: Querying):
    told.log("slow", severity="warn", trace=1, attributes={"size": 10}, event_name="e")
    told.log("broke", severity="error", trace=1, attributes={"size": 30})
    told.log("gone", severity="fatal", at=70 * S)
    answer = query("count", "errors", "avg(size)", "count(traces)", "max(severity_number)", signal="logs", every=60 * S)
    assert answer.rows == [[3, 2, 20, 1, 21]]
    assert points(answer, "errors") == [(0, 1), (60, 1)]
    by = query("count", signal="logs", group_by=["severity", "event"], order="severity").rows
    assert by == [["error", None, 1], ["fatal", None, 1], ["warn", "e", 1]]


def test_a_span_is_in_the_group_of_each_of_its_events(told: Telemetry, query: Querying):
    for number, names in enumerate([["retry", "retry", "exception"], ["retry"], []]):
        span = told.span(number + 1, 1)
        for name in names:
            span.events.add(time_unix_nano=BEGAN, name=name)
    answer = query(group_by=["event"], every=60 * S)
    assert answer.rows == [["retry", 2], [None, 1], ["exception", 1]]
    assert points(answer, event="exception") == [(0, 1), (60, 0)]


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ({"calculate": ["median(duration)"]}, "bad_calculate", "p95"),
        ({"calculate": ["p95"]}, "bad_calculate", "p95(duration)"),
        ({"calculate": ["p101(duration)"]}, "bad_calculate", "p95"),
        ({"calculate": ["avg(duration))"]}, "bad_calculate", "quotes"),
        ({"calculate": ["avg(avg(duration))"]}, "bad_calculate", "quotes"),
        ({"calculate": ["avg(service)"]}, "bad_calculate", "uniq(service)"),
        ({"calculate": ["count(service)"]}, "bad_calculate", "uniq(service)"),
        ({"calculate": [""]}, "bad_calculate", "count"),
        ({"calculate": ["count"], "order": "-rate"}, "bad_order", "count"),
        ({"calculate": ["count"], "filter": "a==1"}, "bad_filter", "="),
    ],
)
def test_mistakes_are_explained(query: Querying, asked: dict[str, Any], code: str, said: str):
    with pytest.raises(Invalid) as raised:
        query(*asked.pop("calculate"), **asked)
    assert raised.value.code == code
    assert said in raised.value.hint


def test_too_many_points_are_refused(told: Telemetry, query: Querying):
    with pytest.raises(TooExpensive, match="120 points") as raised:
        query("count", every=S, limits=Limits(points=119))
    assert "query_points" in raised.value.hint


def test_over_time_a_trace_counts_once_where_it_begins(told: Telemetry, query: Querying):
    for number, at in enumerate((5, 65, 95)):
        told.span(1, number + 1, at=at * S)
        told.span(number + 2, 9, at=at * S, service="api")
    answer = query("count(traces)", "count", every=60 * S)
    assert points(answer, "count(traces)") == [(0, 2), (60, 2)]
    assert points(answer, "count") == [(0, 2), (60, 4)]
    assert answer.rows == [[4, 6]]
    by_service = query("count(traces)", every=60 * S, group_by=["service"])
    assert points(by_service, service="web") == [(0, 1), (60, 0)]
    assert points(by_service, service="api") == [(0, 1), (60, 2)]
