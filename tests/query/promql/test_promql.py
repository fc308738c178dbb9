"""PromQL over a real store, against figures worked out by hand. Samples lie 5 s off the steps, so that no window's edge
falls on one."""

from collections.abc import Callable
from typing import Any

import pytest
from metrics_by_hand import DELTA, Metrics
from query.promql.conftest import BEGAN, T0
from telemetry import S, Telemetry, pairs

from trivet.errors import Invalid, TooExpensive
from trivet.query.promql.questions import Limits
from trivet.query.promql.samples import Failed, Grid
from trivet.store.client import Client

At = Callable[..., Any]
EVERY_TEN = range(5, 600, 10)


def rising(slope: float) -> dict[float, float]:
    return {second: second * slope for second in EVERY_TEN}


def test_a_counter_by_its_classic_and_its_own_name(metrics: Metrics, at: At):
    metrics.sum("http.requests", rising(2), unit="s", attributes={"http.method": "GET"})
    metrics.sum("http.requests", rising(1), unit="s", attributes={"http.method": "POST"})
    get, post = '{http_method="GET"}', '{http_method="POST"}'
    assert at("http_requests_seconds_total") == {
        f"http_requests_seconds_total{get}": "590", f"http_requests_seconds_total{post}": "295",
    }  # fmt: skip
    assert at('{"http.requests"}') == {f"http.requests{get}": "590", f"http.requests{post}": "295"}
    assert at('{__name__="http.requests_seconds_total", "http.method"!="POST"}') == {
        f"http.requests_seconds_total{get}": "590"
    }
    assert at('{__name__=~"http.*", http_method=~"P.+"}') == {f"http_requests_seconds_total{post}": "295"}
    assert at("http_requests") == {}


def test_labels_are_as_opentelemetry_says(metrics: Metrics, prom: At):
    metrics.gauge("depth", {5: 1}, service="api", scope="lib", resource={
        "service.namespace": "shop", "service.instance.id": "i-1", "host.name": "h",
    }, attributes={"a.b": "1", "a_b": "2", "n": 5, "yes": True, "none": ""})  # fmt: skip
    data = prom(lambda questions: questions.query("depth", T0 + 10_000))
    assert data["result"][0]["metric"] == {
        "__name__": "depth", "job": "shop/api", "instance": "i-1", "otel_scope_name": "lib",
        "a_b": "1;2", "n": "5", "yes": "true",
    }  # fmt: skip
    assert prom(lambda questions: questions.query('depth{job="shop/api",a_b="1;2",none="",host_name=""}', T0 + 10_000))[
        "result"
    ]


def test_a_resource_attribute_becomes_a_label_when_told_so(metrics: Metrics, at: At):
    metrics.gauge("depth", {5: 1}, resource={"cloud.region": "eu"})
    promoted = Limits(resource_labels=["cloud.region"])
    assert at('depth{cloud_region=~"e."}', 10, limits=promoted) == {'depth{cloud_region="eu"}': "1"}
    assert at('depth{cloud_region=~"e."}', 10) == {}


def test_processes_without_an_instance_id_are_told_apart_by_what_they_say(metrics: Metrics, at: At):
    for pid, slope in ((1, 1), (2, 3)):
        metrics.sum("done", rising(slope), resource={"host.name": "h", "process.pid": pid})
    assert at("rate(done_total[1m])") == {'{instance="h:1"}': "1", '{instance="h:2"}': "3"}


def test_series_of_equal_labels_are_one(metrics: Metrics, over: At):
    metrics.sum("done", {5: 10, 15: 20}, resource={"service.version": "1"})
    metrics.sum("done", {25: 4, 35: 14}, resource={"service.version": "2"})
    assert over("increase(done_total[40s])", 40, 40, 1) == {"{}": [(40, "32")]}  # (10 + 4 + 10) · 40/30


def test_rate_extrapolates_and_sees_resets(metrics: Metrics, at: At):
    metrics.sum("done", {5: 10, 15: 20, 25: 5, 35: 15})
    # 10 + 5 + 10 of 30 s; the window begins 25 s before the first sample, which is carried back half a distance
    assert float(at("increase(done_total[60s])", 40)["{}"]) == pytest.approx(100 / 3)
    assert float(at("rate(done_total[60s])", 40)["{}"]) == pytest.approx(5 / 9)
    assert at("resets(done_total[60s])", 40) == {"{}": "1"}
    assert at("irate(done_total[60s])", 40) == {"{}": "1"}


def test_deltas_are_accumulated(metrics: Metrics, at: At, over: At):
    metrics.sum("done", dict.fromkeys(EVERY_TEN, 3), temporality=DELTA)
    assert at("rate(done_total[1m])") == {"{}": "0.3"}
    # from the beginning of the UTC day, which lies before all of these
    assert over("done_total", 0, 40, 20) == {"done_total": [(20, "6"), (40, "12")]}
    assert at("increase(done_total[1m])", 600) == {"{}": "18"}


def test_a_resend_counts_once(metrics: Metrics, at: At, told: Telemetry, store: Client):
    metrics.sum("done", {5: 1, 15: 1}, temporality=DELTA)
    told.load(store)
    Metrics(told).sum("done", {5: 1, 15: 1, 25: 1}, temporality=DELTA)
    assert at("done_total", 30) == {"done_total": "3"}
    assert at("count_over_time(done_total[1m])", 30) == {"{}": "3"}


def test_no_recorded_value_ends_a_series(metrics: Metrics, over: At):
    metrics.gauge("depth", {5: 4, 15: None, 45: 6})
    assert over("depth", 10, 50, 10) == {"depth": [(10, "4"), (50, "6")]}
    assert over("sum(depth)", 10, 50, 10) == {"{}": [(10, "4"), (50, "6")]}
    assert over("count_over_time(depth[1m])", 50, 50, 10) == {"{}": [(50, "2")]}


def test_no_recorded_value_ends_all_buckets(metrics: Metrics, at: At):
    points = metrics.histogram("took", {5: [1, 2], 15: [2, 3], 25: []}, [4])
    points[-1].flags = 1
    points[-1].ClearField("explicit_bounds")
    assert len(at("took_bucket", 20)) == 2
    assert at("took_bucket", 30) == {}
    assert at("took_count", 30) == {}


def test_a_series_is_looked_for_five_minutes_back(metrics: Metrics, over: At):
    metrics.gauge("depth", {5: 4})
    assert over("depth", 300, 310, 5) == {"depth": [(300, "4")]}


def test_a_histogram_as_a_classic_one(metrics: Metrics, at: At):
    metrics.histogram("took", {second: [second, 3 * second, 0] for second in EVERY_TEN}, [0.5, 2], unit="s",
                      sums=[2.0 * second for second in EVERY_TEN])  # fmt: skip
    assert at("took_seconds_bucket", 10) == {
        'took_seconds_bucket{le="0.5"}': "5", 'took_seconds_bucket{le="2"}': "20",
        'took_seconds_bucket{le="+Inf"}': "20",
    }  # fmt: skip
    assert at("took_seconds_count", 10) == {"took_seconds_count": "20"}
    assert at("took_seconds_sum", 10) == {"took_seconds_sum": "10"}
    assert at('took_seconds_bucket{le="2.0"}', 10) == {'took_seconds_bucket{le="2"}': "20"}
    assert at('took_seconds_bucket{le=~"[+].*"}', 10) == {'took_seconds_bucket{le="+Inf"}': "20"}
    assert at("histogram_quantile(0.5, sum by (le) (rate(took_seconds_bucket[1m])))") == {"{}": "1"}
    assert at("histogram_quantile(0.75, rate(took_seconds_bucket[1m]))") == {"{}": "1.5"}
    assert at("histogram_quantile(2, rate(took_seconds_bucket[1m]))") == {"{}": "+Inf"}
    assert at("histogram_fraction(0, 1.25, rate(took_seconds_bucket[1m]))") == {"{}": "0.625"}
    assert at('{"took_bucket", le="0.5"}', 10) == {'took_bucket{le="0.5"}': "5"}


def test_delta_histograms_are_accumulated(metrics: Metrics, at: At):
    metrics.histogram("took", {second: [1, 3] for second in EVERY_TEN}, [4], temporality=DELTA)
    assert at("took_bucket", 20) == {'took_bucket{le="4"}': "2", 'took_bucket{le="+Inf"}': "8"}
    assert at("sum without (le) (rate(took_bucket[1m]))") == {"{}": "0.5"}
    assert at("sum by (le) (rate(took_bucket[1m]))") == {'{le="4"}': "0.1", '{le="+Inf"}': "0.4"}
    assert at("rate(took_count[1m])") == {"{}": "0.4"}


def test_an_exponential_histogram_is_a_native_one(metrics: Metrics, at: At):
    metrics.exponential("size", {
        second: {"scale": 0, "offset": 0, "counts": [second, 3 * second], "sum": 9 * second, "zero": second,
        "threshold": 0.5}
        for second in EVERY_TEN
    }, unit="By")  # fmt: skip
    assert at("size_bytes", 10) == {"size_bytes": {"count": "25", "sum": "45", "buckets": [
        [3, "0", "0.5", "5"], [0, "1", "2", "5"], [0, "2", "4", "15"]]}}  # fmt: skip
    assert at("histogram_count(rate(size_bytes[1m]))") == {"{}": "5"}
    assert at("histogram_sum(rate(size_bytes[1m]))") == {"{}": "9"}
    assert at("histogram_avg(size_bytes)") == {"{}": "1.8"}
    assert at("histogram_quantile(0.4, rate(size_bytes[1m]))") == {"{}": "2"}
    assert float(at("histogram_quantile(0.7, sum(rate(size_bytes[1m])))")["{}"]) == pytest.approx(2 * 2**0.5)
    assert at("histogram_fraction(0, 2, size_bytes)") == {"{}": "0.4"}
    assert at("size_bytes * 2", 10)["{}"]["count"] == "50"
    assert at("size_bytes + 1", 10) == {}


def test_native_histograms_meet_at_the_lower_scale_and_the_wider_zero(metrics: Metrics, at: At):
    metrics.exponential("size", {5: {"scale": 1, "offset": 0, "counts": [1, 1, 1, 1], "sum": 9}}, service="a")
    metrics.exponential("size", {5: {"scale": 0, "offset": -1, "counts": [2, 0, 2], "sum": 5, "zero": 2,
                            "threshold": 0.6}},
                        service="b")  # fmt: skip
    # zero reaches into (1/2, 1], which it swallows
    assert at("sum(size)", 10) == {"{}": {"count": "10", "sum": "14", "buckets": [
        [3, "0", "1", "4"], [0, "1", "2", "2"], [0, "2", "4", "4"]]}}  # fmt: skip
    assert at("count(size)", 10) == {"{}": "2"}


def test_a_native_histogram_that_begins_anew_and_ends(metrics: Metrics, at: At):
    points = metrics.exponential("size", {
        5: {"counts": [4], "sum": 4}, 15: {"counts": [6], "sum": 6}, 25: {"counts": [1],
        "sum": 1}, 35: {"counts": [], "sum": 0},
    })  # fmt: skip
    points[-1].flags = 1
    assert at("histogram_count(increase(size[30s]))", 30) == {"{}": "4.5"}  # (2 + 1) · 30/20
    assert at("size", 40) == {}
    assert at("resets(size[1m])", 40) == {"{}": "1"}


def test_delta_native_histograms_are_accumulated(metrics: Metrics, at: At):
    metrics.exponential("size", {second: {"counts": [1, 1], "sum": 3} for second in EVERY_TEN}, temporality=DELTA)
    assert at("histogram_count(size)", 20) == {"{}": "4"}
    assert at("histogram_sum(rate(size[1m]))") == {"{}": "0.3"}


def test_a_summary(metrics: Metrics, at: At):
    metrics.summary("took", {second: (second, 2.0 * second, {0.5: 1.5, 0.99: 3}) for second in EVERY_TEN})
    assert at("took", 10) == {'took{quantile="0.5"}': "1.5", 'took{quantile="0.99"}': "3"}
    assert at('took{quantile="0.990"}', 10) == {'took{quantile="0.99"}': "3"}
    assert at("rate(took_sum[1m]) / rate(took_count[1m])") == {"{}": "2"}


def test_offset_and_at(metrics: Metrics, at: At, over: At):
    metrics.gauge("depth", rising(1))
    assert at("depth offset 1m") == {"depth": "235"}
    assert at(f"depth @ {T0 // 1000 + 100}") == {"depth": "95"}
    assert over("depth @ end() - depth @ start()", 100, 200, 50) == {"{}": [(100, "100"), (150, "100"), (200, "100")]}
    assert over("rate(depth[1m] @ start())", 100, 200, 100) == {"{}": [(100, "1"), (200, "1")]}
    assert over("timestamp(depth)", 100, 110, 10) == {"{}": [(100, str(T0 // 1000 + 95)), (110, str(T0 // 1000 + 105))]}


def test_subqueries(metrics: Metrics, at: At):
    metrics.sum("done", rising(2))
    assert at("max_over_time(rate(done_total[1m])[5m:30s])") == {"{}": "2"}
    assert at("count_over_time(done_total[2m:30s])") == {"{}": "4"}
    assert at("sum_over_time(vector(2)[2m:1m])") == {"{}": "4"}
    assert at("avg_over_time(vector(time())[1m:30s])") == {"{}": str(T0 // 1000 + 285)}
    assert at("quantile_over_time(0.5, done_total[1m:10s])") == {"{}": "540"}


def test_aggregations(metrics: Metrics, at: At):
    for queue, host, value in (("a", "x", 1), ("a", "y", 3), ("b", "x", 8)):
        metrics.gauge("depth", {5: value}, attributes={"queue": queue, "host": host})
    assert at("sum by (queue) (depth)", 10) == {'{queue="a"}': "4", '{queue="b"}': "8"}
    assert at("avg without (host) (depth)", 10) == {'{queue="a"}': "2", '{queue="b"}': "8"}
    assert at("min(depth)", 10) == {"{}": "1"}
    assert at("max by (host) (depth)", 10) == {'{host="x"}': "8", '{host="y"}': "3"}
    assert at("count(depth)", 10) == {"{}": "3"}
    assert at("group(depth)", 10) == {"{}": "1"}
    assert at("stdvar by (queue) (depth)", 10) == {'{queue="a"}': "1", '{queue="b"}': "0"}
    assert at("quantile(0.5, depth)", 10) == {"{}": "3"}
    assert list(at("topk(2, depth)", 10).values()) == ["8", "3"]
    assert sorted(at("bottomk by (host) (1, depth)", 10).values()) == ["1", "3"]
    assert at('count_values by (queue) ("v", depth > 1)', 10) == {'{queue="a",v="3"}': "1", '{queue="b",v="8"}': "1"}
    assert list(at("sort_desc(depth)", 10).values()) == ["8", "3", "1"]


def test_vectors_meet(metrics: Metrics, at: At):
    for method, code, value in (("GET", "200", 8), ("GET", "500", 2), ("PUT", "500", 1)):
        metrics.gauge("answers", {5: value}, attributes={"method": method, "code": code})
    metrics.gauge("all", {5: 10}, attributes={"method": "GET", "team": "t"})
    assert at('answers{code="500"} / on(method) all', 10) == {'{method="GET"}': "0.2"}
    assert at("answers / on(method) group_left(team) all", 10) == {
        '{code="200",method="GET",team="t"}': "0.8", '{code="500",method="GET",team="t"}': "0.2",
    }  # fmt: skip
    assert at("all - on(method) group_right answers", 10) == {
        '{code="200",method="GET"}': "2", '{code="500",method="GET"}': "8",
    }  # fmt: skip
    assert at('answers{code="500"} > 1', 10) == {'answers{code="500",method="GET"}': "2"}
    assert at('answers{code="500"} > bool 1', 10) == {
        '{code="500",method="GET"}': "1", '{code="500",method="PUT"}': "0",
    }  # fmt: skip
    assert at("answers and on(method) all", 10).keys() == {
        'answers{code="200",method="GET"}', 'answers{code="500",method="GET"}',
    }  # fmt: skip
    assert at("answers unless on(method) all", 10) == {'answers{code="500",method="PUT"}': "1"}
    assert at("absent(nothing) or vector(2)", 10) == {"{}": "1"}
    with pytest.raises(Failed, match="many-to-one"):
        at("answers / on(method) all", 10)
    with pytest.raises(Failed, match="many-to-many"):
        at("all / on(method) answers", 10)
    with pytest.raises(Failed, match="same labelset"):
        at('label_replace(answers, "code", "", "", "") * 1', 10)


def test_labels_are_replaced_and_joined(metrics: Metrics, at: At):
    metrics.gauge("depth", {5: 1}, attributes={"host": "web-1.eu"})
    metrics.gauge("long", {5: 1}, attributes={"a": "a" * 60})
    assert at('label_replace(depth, "n", "$1:${where}$2", "host", "web-(\\\\d)\\\\.(?P<where>.*)")', 10) == {
        'depth{host="web-1.eu",n="1:eueu"}': "1"
    }
    assert at('label_replace(depth, "n", "x", "host", "web")', 10) == {'depth{host="web-1.eu"}': "1"}
    assert at('label_join(depth, "j", "/", "job", "host")', 10) == {'depth{host="web-1.eu",j="web/web-1.eu"}': "1"}
    # a pattern that takes Python's own engine for ever
    assert at('label_replace(long, "n", "x", "a", "(a+)+b")', 10)


def test_absent(metrics: Metrics, over: At):
    metrics.gauge("depth", {5: 1})
    assert over('absent(depth{queue="a",host=~"b"})', 0, 10, 10) == {'{queue="a"}': [(0, "1"), (10, "1")]}
    assert over("absent(depth)", 0, 10, 10) == {"{}": [(0, "1")]}
    assert over("absent_over_time(depth[5s])", 5, 15, 5) == {"{}": [(10, "1"), (15, "1")]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 ^ 2 ^ 0", "7"), ("-2 ^ 2", "-4"), ("1 / 0", "+Inf"), ("0 / 0", "NaN"), ("5 % 3", "2"),
        ("-5 % 3", "-2"),
        ("1 > bool 2", "0"), ("2 == bool 2", "1"), ("0.1 + 0.2", "0.30000000000000004"), ("1e300 * 1e300", "+Inf"),
        ("1e21", "1000000000000000000000"), ("1e-7", "0.0000001"), ("pi()", "3.141592653589793"),
        ("scalar(vector(4))", "4"),
        ("(-8) ^ 0.5", "NaN"), ("0 ^ -1", "+Inf"), ("1 atan2 1", "0.7853981633974483"),
        ("time()", str(T0 // 1000 + 300)),
    ],
)  # fmt: skip
def test_scalars(at: At, text: str, value: str):
    assert at(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ceil(vector(1.2))", "2"), ("floor(vector(-1.2))", "-2"), ("round(vector(2.5))", "3"),
        ("round(vector(-2.5))", "-2"),
        ("round(vector(7), 5)", "5"), ("clamp(vector(5), 1, 3)", "3"), ("clamp_min(vector(5), 7)", "7"),
        ("abs(vector(-1))", "1"),
        ("ln(vector(0))", "-Inf"), ("sqrt(vector(-1))", "NaN"), ("exp(vector(1000))", "+Inf"),
        ("sgn(vector(-3))", "-1"),
        ("hour(vector(3600))", "1"), ("day_of_week(vector(0))", "4"), ("days_in_month(vector(5184000))", "31"),
        ("year(vector(0))", "1970"), ("month()", "10"), ("deg(vector(pi()))", "180"), ("vector(1) + vector(2)", "3"),
    ],
)  # fmt: skip
def test_functions_of_one_value(at: At, text: str, value: str):
    assert at(text) == {"{}": value}


def test_a_string_and_a_range_of_samples(metrics: Metrics, at: At, prom: At):
    metrics.gauge("depth", {5: 1.5, 15: 2})
    assert at('"abc"') == "abc"
    data = prom(lambda questions: questions.query("depth[1m]", T0 + 20_000))
    assert data["resultType"] == "matrix"
    assert data["result"][0]["values"] == [(T0 // 1000 + 5, "1.5"), (T0 // 1000 + 15, "2")]


def test_limits_are_told(metrics: Metrics, at: At, over: At):
    for number in range(3):
        metrics.gauge("depth", rising(1), attributes={"n": number})
    with pytest.raises(TooExpensive, match="more than 2 series") as raised:
        at("depth", limits=Limits(series=2))
    assert "query_series" in raised.value.hint
    for text in ("depth", "quantile_over_time(0.5, depth[5m])", "max_over_time(vector(1)[1y:1s])"):
        with pytest.raises(TooExpensive) as raised:
            over(text, 0, 600, 10, limits=Limits(samples=100))
        assert "promql_samples" in raised.value.hint, text
    with pytest.raises(Invalid, match="11000 steps"):
        over("1", 0, 12_000, 1)
    with pytest.raises(Invalid, match="put a function"):
        over("depth[1m]", 0, 10, 1)


def test_names_values_and_series(metrics: Metrics, prom: At):
    metrics.histogram("took", {5: [1, 2]}, [4], unit="s", attributes={"http.route": "/a"})
    metrics.gauge("depth", {5: 1}, service="queue", attributes={"queue": "q"}, unit="1")
    start = T0
    assert prom(lambda questions: questions.values("__name__", [], start, 100)) == [
        "depth_ratio", "target_info", "took_seconds_bucket", "took_seconds_count", "took_seconds_sum",
    ]  # fmt: skip
    assert prom(lambda questions: questions.values("job", [], start, 100)) == ["queue", "web"]
    assert prom(lambda questions: questions.values("job", ["depth_ratio"], start, 100)) == ["queue"]
    assert prom(lambda questions: questions.values("http.route", [], start, 100)) == ["/a"]
    few = Limits(series=1)
    assert prom(lambda questions: questions.values("job", [], start, 100), few) == ["queue", "web"]
    assert prom(lambda questions: questions.values("job", ['{queue="q"}'], start, 100)) == ["queue"]
    assert prom(lambda questions: questions.values("queue", ['{job="web"}'], start, 100)) == []
    assert prom(lambda questions: questions.values("le", ["took_seconds_bucket"], start, 100)) == ["+Inf", "4"]
    assert prom(lambda questions: questions.values("__name__", ['{job="web"}'], start, 100)) == [
        "target_info", "took_seconds_bucket", "took_seconds_count", "took_seconds_sum",
    ]  # fmt: skip
    assert {"__name__", "job", "http_route", "queue", "le", "otel_scope_name"} <= set(
        prom(lambda questions: questions.labels([], start, 100))
    )
    assert prom(lambda questions: questions.labels(["depth_ratio"], start, 100)) == [
        "__name__", "job", "otel_scope_name", "queue",
    ]  # fmt: skip
    found = prom(lambda questions: questions.series(['{__name__=~"took.*", le!="4"}', "depth_ratio"], start, 100))
    assert [(each["__name__"], each.get("le")) for each in found] == [
        ("depth_ratio", None), ("took_seconds_bucket", "+Inf"), ("took_seconds_count", None),
        ("took_seconds_sum", None),
    ]  # fmt: skip
    assert prom(lambda questions: questions.metadata("took_seconds", 10)) == {
        "took_seconds": [{"type": "histogram", "help": "", "unit": "seconds"}]
    }


def test_target_info_is_there_while_its_process_is(store: Client, told: Telemetry, prom: At):
    told.received = BEGAN + 100 * S
    Metrics(told).gauge("depth", {5: 1}, resource={"service.instance.id": "i", "cloud.region": "eu"})
    data = prom(lambda questions: questions.query_range("target_info", Grid(T0 + 40_000, T0 + 640_000, 120_000)))
    (line,) = data["result"]
    assert line["metric"] == {"__name__": "target_info", "job": "web", "instance": "i", "cloud_region": "eu"}
    assert [at - T0 / 1000 for at, _ in line["values"]] == [160, 280]
    joined = 'depth * on(job, instance) group_left(cloud_region) target_info{cloud_region=~"e.*"}'
    data = prom(lambda questions: questions.query(joined, T0 + 160_000))
    assert data["result"][0]["metric"]["cloud_region"] == "eu"


def test_exemplars_lead_to_traces(metrics: Metrics, prom: At):
    (point,) = metrics.histogram("took", {5: [1, 2]}, [4], unit="s")
    point.exemplars.add(time_unix_nano=BEGAN + 3 * S, as_double=4.5, trace_id=b"\1" * 16, span_id=b"\2" * 8,
                        filtered_attributes=pairs({"user.id": 7}))  # fmt: skip
    text = "histogram_quantile(0.9, sum by (le) (rate(took_seconds_bucket[1m])))"
    (found,) = prom(lambda questions: questions.exemplars(text, T0, T0 + 60_000))
    assert found["seriesLabels"]["__name__"] == "took_seconds_bucket"
    assert found["exemplars"] == [{
        "labels": {"trace_id": "01" * 16, "span_id": "02" * 8, "user_id": "7"}, "value": "4.5",
        "timestamp": T0 // 1000 + 3,
    }]  # fmt: skip
    assert prom(lambda questions: questions.exemplars(text, T0 + 10_000, T0 + 60_000)) == []


def test_many_series_go_into_the_statement(metrics: Metrics, at: At):
    """So many ids do not fit a URL: they, and the grid, are written as literals."""
    for number in range(300):
        metrics.sum("done", rising(1), attributes={"n": number})
    assert at("sum(rate(done_total[1m]))") == {"{}": "300"}
    assert at("count(rate(done_total[1m]))") == {"{}": "300"}
    assert at("sum(predict_linear(done_total[1m], -10))")["{}"].startswith("87000")
