"""One metric over time, out of a real store, against figures worked out by hand."""

import math
from typing import Any

import pytest
from metrics_by_hand import DELTA, Metrics
from query.conftest import Asking
from telemetry import S, Telemetry, any_value

from trivet.errors import Invalid, TooExpensive
from trivet.query.figures.answers import QueryAnswer
from trivet.query.figures.asked import Asked, Limits
from trivet.query.instant import Range
from trivet.query.metrics.series import MetricSeries
from trivet.store.client import Client

BEGAN = 1_760_000_040 * S  # a multiple of a minute
WITHIN = Range(BEGAN, BEGAN + 120 * S)


@pytest.fixture
def told() -> Telemetry:
    return Telemetry(start=BEGAN)


@pytest.fixture
def metrics(told: Telemetry) -> Metrics:
    return Metrics(told)


@pytest.fixture
def query(store: Client, told: Telemetry, asking: Asking):
    """Loads what was told, and asks."""

    def ask(metric: str, *calculate: str, within: Range = WITHIN, most_series: int = 100, **more: Any) -> QueryAnswer:
        told.load(store)
        asked = Asked("metrics", within, metric, calculate=calculate, **more)
        return asking(lambda ask: MetricSeries(ask, Limits(series=most_series)).query(asked))

    return ask


def row(answer: QueryAnswer) -> list[Any]:
    (only,) = answer.rows
    return only


def points(answer: QueryAnswer, figure: str = "") -> list[tuple[float, Any]]:
    """The one line of a figure, in seconds after the beginning."""
    (line,) = [line for line in answer.series if figure in ("", line.calculate)]
    return [((int(at) - BEGAN) / S, value) for at, value in line.points]


def test_a_gauge(metrics: Metrics, query):
    metrics.gauge("depth", {10: 4, 20: 8.5, 70: 2}, unit="{jobs}")
    answer = query("depth", "count", "avg", "min", "max", "last", "sum", "p50", every=60 * S)
    assert row(answer) == [3, 14.5 / 3, 2, 8.5, 2, 14.5 / 3, 4]
    assert [(column.name, column.unit) for column in answer.columns[:2]] == [("count", ""), ("avg", "{jobs}")]
    assert points(answer, "max") == [(0, 8.5), (60, 2)]


def test_a_gauge_of_several_series_by_an_attribute(metrics: Metrics, query):
    metrics.gauge("depth", {10: 1, 20: 3}, attributes={"queue": 1, "host": "a"})
    metrics.gauge("depth", {15: 5}, attributes={"queue": 1, "host": "b"})
    metrics.gauge("depth", {15: 7}, attributes={"queue": True})
    metrics.gauge("depth", {15: 0})
    answer = query("depth", "sum", "last", "max", group_by=["queue"])
    assert [column.name for column in answer.columns] == ["queue", "sum", "last", "max"]
    assert answer.rows == [[1, 7, 3, 5], [True, 7, 7, 7], [None, 0, 0, 0]]


def test_the_default_is_what_suits_the_kind(metrics: Metrics, query):
    metrics.gauge("depth", {10: 4})
    metrics.sum("done", {10: 4})
    metrics.histogram("took", {10: [1]}, [])
    assert [column.name for column in query("depth").columns] == ["avg"]
    assert [column.name for column in query("done").columns] == ["rate"]
    assert [column.name for column in query("took").columns] == ["p50", "p95", "p99"]


def test_a_cumulative_counter_and_a_process_that_began_anew(metrics: Metrics, query):
    metrics.sum("done", {-20: 100, 10: 130, 40: 160, 70: 5, 100: 25}, began=-500, unit="{jobs}")
    answer = query("done", "increase", "rate", "sum", every=60 * S)
    assert row(answer) == [30 + 30 + 5 + 20, 85 / 120, 85]
    assert points(answer, "increase") == [(0, 60), (60, 25)]
    assert [column.unit for column in answer.columns] == ["{jobs}", "{jobs}/s", "{jobs}"]


def test_a_new_start_is_a_reset_even_when_the_value_is_higher(metrics: Metrics, query):
    metrics.sum("done", {10: 10, 40: 20}, began=-500)
    metrics.sum("done", {70: 50}, began=50)
    assert row(query("done", "increase")) == [10 + 50]


def test_a_counter_that_began_inside_the_time_counts_from_zero(metrics: Metrics, query):
    metrics.sum("done", {30: 7, 60: 9}, began=5)
    assert row(query("done", "increase")) == [9]


def test_a_cumulative_counter_per_second_from_point_to_point(metrics: Metrics, query):
    metrics.sum("done", {-20: 100, 10: 130, 40: 160, 70: 5, 100: 25}, began=-500)
    average, middle = (1 + 1 + 5 / 30 + 20 / 30) / 4, (1 + 20 / 30) / 2
    assert row(query("done", "avg", "min", "max", "p50")) == [average, 5 / 30, 1, middle]


def test_a_start_after_the_point_is_none(metrics: Metrics, query):
    for second, value in {10: 100, 20: 105, 30: 110}.items():
        metrics.sum("done", {second: value}, began=second + 0.001)
        metrics.histogram("took", {second: [value, 0]}, [2], began=second + 0.001)
        metrics.sum("sent", {second: value}, temporality=DELTA, began=second + 0.001)
    assert row(query("done", "increase", "avg", "p50")) == [10, 0.5, 0.5]
    assert row(query("took", "increase")) == [10]
    assert row(query("sent", "increase", "max")) == [315, 11]


def test_the_first_point_of_an_old_counter_tells_nothing(metrics: Metrics, query):
    metrics.sum("done", {30: 1000, 60: 1002}, began=-10_000)
    assert row(query("done", "increase", "last")) == [2, 1002]


def test_deltas_are_added_up(metrics: Metrics, query):
    metrics.sum("done", {-10: 50, 10: 4, 30: 6, 70: 3}, temporality=DELTA, began=-30)
    answer = query("done", "increase", "rate", "max", "p50", every=60 * S)
    assert row(answer)[:2] == [13, 13 / 120]
    assert points(answer, "rate") == [(0, 10 / 60), (60, 3 / 60)]
    assert row(answer)[2:] == [6 / 20, 4 / 20]  # per second from point to point: 0.2, 0.3, 0.075


def test_delta_and_cumulative_series_of_one_metric(metrics: Metrics, query):
    metrics.sum("done", {10: 4, 30: 6}, temporality=DELTA, began=0, service="a")
    metrics.sum("done", {10: 100, 30: 107}, began=-100, service="b")
    assert row(query("done", "increase")) == [17]
    assert query("done", "increase", group_by=["service"], order="increase").rows == [["b", 7], ["a", 10]]


def test_a_sum_that_goes_both_ways(metrics: Metrics, query):
    metrics.sum("open", {-10: 3, 10: 5, 40: 2}, monotonic=False, service="a")
    metrics.sum("open", {10: 10, 70: 11}, monotonic=False, service="b")
    assert row(query("open", "last", "increase", "max", "sum")) == [13, -1 + 1, 11, 3.5 + 10.5]


def test_a_resend_counts_once(metrics: Metrics, query, told: Telemetry, store: Client):
    metrics.sum("done", {10: 4}, temporality=DELTA, began=0)
    told.load(store)
    Metrics(told).sum("done", {10: 4, 20: 1}, temporality=DELTA, began=0)
    assert row(query("done", "increase", "count")) == [5, 2]


def test_a_histogram(metrics: Metrics, query):
    metrics.histogram("took", {-20: [5, 5, 5], 10: [6, 5, 5], 40: [10, 9, 5], 70: [0, 2, 0]}, [1, 2],
                      sums=[10, 10.5, 20, 3], unit="s")  # fmt: skip
    answer = query("took", "count", "increase", "rate", "sum", "avg", "p50", "p100", every=60 * S)
    assert row(answer) == [3, 9 + 2, 11 / 120, 13, 13 / 11, 1 + 0.5 / 6, 2]
    assert points(answer, "increase") == [(0, 9), (60, 2)]
    assert points(answer, "avg") == [(0, 10 / 9), (60, 1.5)]
    assert points(answer, "p50") == [(0, 0.9), (60, 1.5)]
    assert [column.unit for column in answer.columns] == ["", "", "1/s", "s", "s", "s", "s"]


def test_histograms_of_different_bounds_are_added(metrics: Metrics, query):
    metrics.histogram("took", {10: [2, 2]}, [4], temporality=DELTA, began=0, service="a")
    metrics.histogram("took", {10: [4, 4, 0]}, [2, 4], temporality=DELTA, began=0, service="b")
    # at most 2: 1 + 4 of 12; at most 4: 2 + 8; the point at 4 holds 2 more
    assert row(query("took", "p25", "p75")) == pytest.approx([1 + 0.2, 2 + 2 * 4 / 5])


def test_the_extremes_of_delta_histograms_are_exact(metrics: Metrics, query):
    (point,) = metrics.histogram("took", {10: [0, 4, 0]}, [1, 8], temporality=DELTA, began=0)
    point.min, point.max = 2, 6
    assert row(query("took", "min", "max", "p50")) == [2, 6, 4]


def test_exponential_histograms_meet_at_the_lower_scale(metrics: Metrics, query):
    metrics.exponential("took", {10: {"scale": 1, "offset": 0, "counts": [1, 1, 1, 1], "sum": 9}},
                        temporality=DELTA, began=0, service="a")  # fmt: skip
    metrics.exponential("took", {10: {"scale": 0, "offset": -1, "counts": [2, 0, 2], "sum": 5, "zero": 2}},
                        temporality=DELTA, began=0, service="b")  # fmt: skip
    # scale 0: (1/2, 1] 2, (1, 2] 2, (2, 4] 2 + 2, and 2 zeros
    answer = query("took", "increase", "sum", "p40", "p80", "p90", "p100")
    assert row(answer) == pytest.approx([10, 14, 1, 2 * 2**0.5, 2 * 2**0.75, 4])


def test_a_cumulative_exponential_histogram_that_lowers_its_scale(metrics: Metrics, query):
    metrics.exponential("took", {
        10: {"scale": 1, "offset": 0, "counts": [4, 4]},
        40: {"scale": 0, "offset": 0, "counts": [9, 3]},
        70: {"scale": 0, "offset": 0, "counts": [0, 1]},
    }, began=-100)  # fmt: skip
    # added: 1 in (1, 2], 3 in (2, 4]; after the reset 1 in (2, 4]
    assert row(query("took", "increase", "p20", "p100")) == [5, 2, 4]


def test_zero_thresholds_swallow_what_they_reach_into(metrics: Metrics, query):
    metrics.exponential("took", {10: {"counts": [1, 1], "zero": 1, "threshold": 0.1}}, temporality=DELTA, service="a")
    metrics.exponential("took", {10: {"counts": [1, 1], "zero": 1, "threshold": 1.5}}, temporality=DELTA, service="b")
    # (1, 2] is within reach of 1.5, so zero is (0, 2] with 4
    assert row(query("took", "p50", "p100")) == [2 * 3 / 4, 4]


def test_negative_values(metrics: Metrics, query):
    metrics.exponential("skew", {10: {"counts": [1], "negative": [2], "negative_offset": 1}}, temporality=DELTA)
    assert row(query("skew", "p0", "max")) == [-4, 2]


def test_a_summary(metrics: Metrics, query):
    metrics.summary("took", {-10: (10, 5.0, {}), 10: (12, 7.0, {0.5: 1.0, 0.99: 3.0}), 40: (18, 13.0, {0.5: 2.0})})
    answer = query("took", "increase", "sum", "avg", "p50", "p99", "p95")
    assert row(answer) == [8, 8, 1, (2 * 1 + 6 * 2) / 8, 3, None]


def test_no_recorded_value_is_no_value(metrics: Metrics, query):
    metrics.gauge("depth", {10: 4, 20: None, 30: 8})
    assert row(query("depth", "count", "avg")) == [2, 6]


def test_filters_speak_of_series(metrics: Metrics, query):
    metrics.gauge("depth", {10: 1}, attributes={"queue": "mail"}, service="a", resource={"host.name": "h1"})
    metrics.gauge("depth", {10: 2}, attributes={"queue": "video"}, service="b")
    assert row(query("depth", "last", filter="queue:mail")) == [1]
    assert row(query("depth", "last", filter="service:b or queue:none")) == [2]
    assert row(query("depth", "last", filter="host.name:h1")) == [1]
    assert query("depth", "last", filter="service:c").rows == []
    assert query("depth", "last", group_by=["resource.host.name", "service"]).rows == [[None, "b", 2], ["h1", "a", 1]]


def test_what_is_left_out_is_taken_together(metrics: Metrics, query):
    for number in range(4):
        metrics.sum("done", {10: number + 1}, temporality=DELTA, began=0, attributes={"queue": number})
    answer = query("done", "increase", "rate", group_by=["queue"], order="-increase", limit=2, every=60 * S)
    assert answer.rows == [[3, 4, 4 / 120], [2, 3, 3 / 120]]
    assert (answer.other.groups, answer.other.values) == (2, {"increase": 3, "rate": 3 / 120})
    assert [line.group for line in answer.series if line.calculate == "rate"] == [{"queue": 3}, {"queue": 2}]


def test_exemplars_lead_to_traces(metrics: Metrics, query):
    (point,) = metrics.histogram("took", {10: [1, 1]}, [1], temporality=DELTA, attributes={"route": "/a"})
    for number, value in ((1, 0.5), (2, 1.5), (0, 9.0)):
        exemplar = point.exemplars.add(time_unix_nano=BEGAN + number * S, as_double=value)
        if number:
            exemplar.trace_id, exemplar.span_id = bytes([number]) * 16, bytes([number]) * 8
    answer = query("took", "p99", group_by=["route"], every=60 * S)
    assert [(each.value, each.trace_id, each.span_id, each.group) for each in answer.exemplars] == [
        (1.5, "02" * 16, "02" * 8, {"route": "/a"}),
        (0.5, "01" * 16, "01" * 8, {"route": "/a"}),
    ]


def test_one_name_of_several_metrics_must_be_told_apart(metrics: Metrics, query):
    metrics.gauge("load", {10: 1}, unit="%")
    metrics.sum("load", {10: 1, 20: 5}, began=0, unit="s")
    with pytest.raises(Invalid) as raised:
        query("load", "last")
    assert raised.value.code == "ambiguous_metric"
    assert "gauge in '%'" in raised.value.message
    assert row(query("load", "last", filter="type:sum")) == [5]
    assert row(query("load", "last", filter='unit:"%"')) == [1]


@pytest.mark.parametrize(
    ("kind", "figure", "code"),
    [("gauge", "rate", "bad_calculate"), ("gauge", "median", "bad_calculate"), ("gauge", "p101", "bad_calculate"),
     ("histogram", "last", "bad_calculate"), ("summary", "max", "bad_calculate")],
)  # fmt: skip
def test_what_a_kind_does_not_have_is_refused(metrics: Metrics, query, kind: str, figure: str, code: str):
    metrics.gauge("gauge", {10: 1})
    metrics.histogram("histogram", {10: [1]}, [])
    metrics.summary("summary", {10: (1, 1.0, {})})
    with pytest.raises(Invalid) as raised:
        query(kind, figure)
    assert raised.value.code == code
    assert raised.value.hint


def test_too_much_is_refused(metrics: Metrics, query):
    for number in range(3):
        metrics.gauge("depth", {10: 1}, attributes={"n": number})
    with pytest.raises(TooExpensive, match="more than 2 series"):
        query("depth", most_series=2)
    with pytest.raises(TooExpensive, match="points"):
        query("depth", every=1)
    with pytest.raises(Invalid, match="cannot order"):
        query("depth", order="max")


def test_infinite_values_are_strict_json(metrics: Metrics, query, told: Telemetry):
    metrics.gauge("odd", {10: math.inf}).gauge.data_points[0].attributes.add(key="b").value.CopyFrom(any_value(b"\1"))
    assert query("odd", "max", group_by=["b"]).rows == [[{"$bytes": "AQ=="}, {"$double": "Infinity"}]]
