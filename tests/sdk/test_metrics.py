"""Our metrics, read by the generated protobuf classes, beside what the official SDK makes of the same measurements."""

import threading
from time import time_ns

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import metrics as api
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.metrics import Observation
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric
from opentelemetry.sdk.metrics import MeterProvider as OfficialProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from trivet.sdk import metrics
from trivet.sdk.encode import Encoder
from trivet.sdk.metrics import BOUNDS, BOUNDS_OF_SECONDS, MeterProvider
from trivet.sdk.resource import Resource

RESOURCE = Resource({"service.name": "s"})
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA


@pytest.fixture
def meters() -> MeterProvider:
    return MeterProvider({})


@pytest.fixture
def meter(meters):
    return meters.get_meter("tests", "1.0")


def collected(provider: MeterProvider) -> dict[str, Metric]:
    encoder = Encoder(RESOURCE)
    groups, count = provider.collect(encoder.attributes_of_point)
    if not count:
        return {}
    request = ExportMetricsServiceRequest.FromString(encoder.request(groups))
    found = {metric.name: metric for scope in request.resource_metrics[0].scope_metrics for metric in scope.metrics}
    assert sum(len(points(metric)) for metric in found.values()) == count
    return found


def points(metric: Metric) -> list:
    return list(getattr(metric, metric.WhichOneof("data")).data_points)


def comparable(metric: Metric) -> dict:
    """What a metric says, without times and exemplars: data points by their attributes."""
    kind = metric.WhichOneof("data")
    data = getattr(metric, kind)
    how = (kind, getattr(data, "aggregation_temporality", 0), getattr(data, "is_monotonic", False))
    result = {"how": how, "said": (metric.name, metric.unit, metric.description)}
    for point in data.data_points:
        key = tuple(sorted((pair.key, str(pair.value)) for pair in point.attributes))
        if kind == "histogram":
            bounds, counts = list(point.explicit_bounds), list(point.bucket_counts)
            result[key] = (point.count, pytest.approx(point.sum), point.min, point.max, bounds, counts)
        else:
            result[key] = pytest.approx(point.as_double or point.as_int)
    return result


some_attributes = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "y", 1, True]), max_size=2)
measurements = st.lists(
    st.tuples(
        st.sampled_from(["counter", "updown", "gauge", "histogram", "seconds"]), st.integers(0, 9000), some_attributes
    ),
    max_size=30,
)


@given(measurements)
@settings(max_examples=40)
def test_any_measurements_are_read_as_the_official_sdks(many):
    reader = InMemoryMetricReader()
    official, ours = OfficialProvider([reader]), MeterProvider({})
    for provider in (official, ours):
        meter = provider.get_meter("tests")
        act = {
            "counter": meter.create_counter("counter", "1", "counts").add,
            "updown": meter.create_up_down_counter("updown").add,
            "gauge": meter.create_gauge("gauge").set,
            "histogram": meter.create_histogram("histogram", "ms").record,
            "seconds": meter.create_histogram("seconds", explicit_bucket_boundaries_advisory=BOUNDS_OF_SECONDS).record,
        }
        for kind, amount, attributes in many:
            act[kind](-amount if kind == "updown" else amount, attributes)
    theirs = {}
    if (data := reader.get_metrics_data()) is not None:
        request = encode_metrics(data)
        theirs = {m.name: comparable(m) for r in request.resource_metrics for s in r.scope_metrics for m in s.metrics}
    official.shutdown()
    assert {name: comparable(metric) for name, metric in collected(ours).items()} == theirs


def test_sums_go_on_and_deltas_begin_again():
    for preference, temporality, second in (("", CUMULATIVE, 5), ("delta", DELTA, 2), ("lowmemory", DELTA, 2)):
        provider = MeterProvider({"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": preference})
        meter = provider.get_meter("m")
        counter, updown = meter.create_counter("c"), meter.create_up_down_counter("u")
        counter.add(3)
        updown.add(3)
        first = collected(provider)
        counter.add(2)
        updown.add(2)
        after = collected(provider)
        assert points(first["c"])[0].as_int == 3 and points(after["c"])[0].as_int == second
        assert after["c"].sum.aggregation_temporality == temporality
        assert points(after["u"])[0].as_int == 5 and after["u"].sum.aggregation_temporality == CUMULATIVE
        starts = [points(found["c"])[0].start_time_unix_nano for found in (first, after)]
        assert (starts[0] == starts[1]) is (preference == "")
        assert points(after["c"])[0].time_unix_nano >= starts[1]


def test_observables_report_what_they_observe(meters, meter):
    level = {"value": 10}

    def generator():
        options = yield
        while True:
            assert isinstance(options, api.CallbackOptions)
            options = yield [Observation(level["value"], {"from": "generator"})]

    def broken(options):
        raise RuntimeError("the app's own")

    meter.create_observable_counter("c", [lambda o: [Observation(level["value"], {"from": "function"})], generator()])
    meter.create_observable_gauge("g", [lambda o: [Observation(1.5)], broken])
    meter.create_observable_up_down_counter("u", [lambda o: None])
    for expected in (10, 12):
        level["value"] = expected
        found = collected(meters)
        assert [point.as_int for point in points(found["c"])] == [expected, expected]
        assert points(found["g"])[0].as_double == 1.5 and "u" not in found


def test_observables_as_deltas_subtract_what_they_said_before():
    provider = MeterProvider({"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta"})
    totals = iter([10, 14])
    provider.get_meter("m").create_observable_counter("c", [lambda o: [Observation(next(totals))]])
    first, second = (points(collected(provider)["c"])[0] for _ in range(2))
    assert [first.as_int, second.as_int] == [10, 4]
    assert first.start_time_unix_nano < first.time_unix_nano == second.start_time_unix_nano


def test_observables_began_when_they_were_made(meters, meter):
    """A start of its own at each collection would say that the process began anew each time."""
    before = time_ns()
    meter.create_observable_counter("c", [lambda o: [Observation(1)]])
    made = time_ns()
    first, second = (points(collected(meters)["c"])[0] for _ in range(2))
    assert before <= first.start_time_unix_nano == second.start_time_unix_nano <= made
    meters.begin_again()  # in a forked child
    assert points(collected(meters)["c"])[0].start_time_unix_nano > second.time_unix_nano


def test_a_sampled_span_leaves_an_exemplar_once(meters, meter, tracer):
    counter, histogram = meter.create_counter("c"), meter.create_histogram("h", "s")
    counter.add(1)
    with tracer.start_as_current_span("s") as span:
        counter.add(7)
        histogram.record(0.003)
        histogram.record(0.3)
    found = collected(meters)
    (exemplar,) = points(found["c"])[0].exemplars
    context = span.get_span_context()
    assert int.from_bytes(exemplar.trace_id) == context.trace_id and int.from_bytes(exemplar.span_id) == context.span_id
    assert exemplar.as_int == 7 and [e.as_double for e in points(found["h"])[0].exemplars] == [0.003, 0.3]
    assert not points(collected(meters)["c"])[0].exemplars


def test_bounds_fit_the_unit(meter):
    assert meter.create_histogram("a", "s").bounds == BOUNDS_OF_SECONDS
    assert meter.create_histogram("b", "By").bounds == BOUNDS
    assert meter.create_histogram("c", explicit_bucket_boundaries_advisory=[3, 1, 2]).bounds == (1.0, 2.0, 3.0)


def test_too_many_attribute_sets_go_to_one_point_that_says_so(meters, meter, monkeypatch):
    monkeypatch.setattr(metrics, "MAX_POINTS", 5)
    counter = meter.create_counter("c")
    for number in range(20):
        counter.add(1, {"user": number})
    found = points(collected(meters)["c"])
    assert len(found) == 5 and sum(point.as_int for point in found) == 20
    assert [pair.key for pair in found[-1].attributes] == ["otel.metric.overflow"] and found[-1].as_int == 16


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), "text", None])
def test_nonsense_is_no_measurement(meters, meter, amount, monkeypatch):
    monkeypatch.setenv("TRIVET_RAISE", "0")
    meter.create_counter("c").add(amount)
    meter.create_histogram("h").record(amount)
    assert collected(meters) == {}


def test_attribute_values_may_be_lists(meters, meter):
    counter = meter.create_counter("c")
    counter.add(1, {"tags": ["a", "b"]})
    counter.add(1, {"tags": ["a", "b"]})
    (point,) = points(collected(meters)["c"])
    assert point.as_int == 2 and len(point.attributes[0].value.array_value.values) == 2


def test_the_same_instrument_twice_is_one(meter):
    assert meter.create_counter("c", "1") is meter.create_counter("C", "1")
    assert meter.create_counter("c", "1") is not meter.create_counter("c", "By")
    assert meter.create_counter("c") is not meter.create_up_down_counter("c")


def test_threads_lose_no_count(meters, meter):
    counter, histogram = meter.create_counter("c"), meter.create_histogram("h")

    def work():
        for _ in range(2000):
            counter.add(1, {"k": "v"})
            histogram.record(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = collected(meters)
    assert points(found["c"])[0].as_int == points(found["h"])[0].count == 8000


def test_a_forked_child_begins_again(meters, meter):
    counter = meter.create_counter("c")
    counter.add(5)
    meters.begin_again()
    counter.add(2)
    assert points(collected(meters)["c"])[0].as_int == 2


def test_huge_and_mixed_numbers(meters, meter):
    counter = meter.create_counter("c")
    counter.add(2**70)
    assert points(collected(meters)["c"])[0].as_double == float(2**70)
    gauge = meter.create_gauge("g")
    gauge.set(True)
    assert points(collected(meters)["g"])[0].as_int == 1
