"""Services, operations and metrics, out of a real store."""

import pytest
from query.conftest import Asking
from telemetry import MS, S, Telemetry

from trivet.query.instant import Range
from trivet.query.metrics.catalogue import MetricQuestions
from trivet.query.services import ServiceQuestions
from trivet.store.client import Client

BEGAN = 1_760_000_000 * S
WITHIN = Range(BEGAN - 60 * S, BEGAN + 40 * S)


@pytest.fixture
def told() -> Telemetry:
    return Telemetry(start=BEGAN)


@pytest.fixture
def services(asking: Asking):
    def ask(limit: int = 100):
        return {row.name: row for row in asking(lambda ask: ServiceQuestions(ask).services(WITHIN, limit)).services}

    return ask


def test_services_are_told_by_what_enters_them(store: Client, told: Telemetry, services):
    for number in range(1, 11):
        told.span(number, 1, "GET /", service="web", kind="server", lasts=number * MS,
                  status="error" if number == 10 else "ok")  # fmt: skip
        told.span(number, 2, "query", parent=1, service="web", kind="client", lasts=900 * MS)
        told.span(number, 3, "run", service="cron", lasts=2 * MS)
        told.span(number, 4, "inner", parent=3, service="library")
    told.load(store)
    found = services()
    web = found["web"]
    assert (web.count, web.errors, web.rate, web.error_rate, web.operations) == (10, 1, 0.1, 0.1, 1)
    assert 5 * MS <= web.p50 <= 6 * MS
    assert 9 * MS <= web.p99 <= 10 * MS
    assert (found["cron"].count, found["cron"].p50) == (10, 2 * MS)
    assert (found["library"].count, found["library"].rate, found["library"].p50) == (0, 0.0, None)
    assert list(found) == ["cron", "web", "library"]


def test_when_a_service_was_last_heard_of(store: Client, told: Telemetry, services):
    told.span(1, 1, service="web")
    told.load(store)
    assert abs(int(services()["web"].last_seen) - told.received) < S


def test_a_list_that_was_cut_says_so(store: Client, told: Telemetry, asking: Asking):
    for number in range(1, 4):
        told.span(number, 1, service=f"s{number}")
    told.load(store)
    answer = asking(lambda ask: ServiceQuestions(ask).services(WITHIN, 2))
    assert (len(answer.services), answer.truncated) == (2, True)
    assert not asking(lambda ask: ServiceQuestions(ask).services(WITHIN, 3)).truncated


def test_operations_by_name_and_kind(store: Client, told: Telemetry, asking: Asking):
    told.span(1, 1, "GET /a", kind="server", lasts=MS)
    told.span(2, 1, "GET /a", kind="server", lasts=MS, status="error")
    told.span(3, 1, "job", kind="consumer", lasts=MS)
    told.span(4, 1, "not an entry")
    told.span(5, 1, "GET /a", kind="server", service="other")
    told.load(store)
    answer = asking(lambda ask: ServiceQuestions(ask).operations("web", WITHIN, 10))
    assert [(row.name, row.kind, row.count, row.errors, row.p95) for row in answer.operations] == [
        ("GET /a", "server", 2, 1, MS),
        ("job", "consumer", 1, 0, MS),
    ]


def test_metrics_by_name_type_and_unit(store: Client, told: Telemetry, asking: Asking):
    metrics = told.metrics.resource_metrics.add().scope_metrics.add().metrics
    gauge = metrics.add(name="queue.depth", unit="{jobs}", description="jobs that wait")
    for number in range(3):
        point = gauge.gauge.data_points.add(time_unix_nano=BEGAN, as_int=1)
        point.attributes.add(key="queue").value.int_value = number
    counter = metrics.add(name="queue.done", unit="1")
    counter.sum.is_monotonic, counter.sum.aggregation_temporality = True, 2
    counter.sum.data_points.add(time_unix_nano=BEGAN, as_int=1)
    other = metrics.add(name="http.duration", unit="s")
    other.histogram.aggregation_temporality = 1
    other.histogram.data_points.add(time_unix_nano=BEGAN, count=0)
    told.load(store)

    def listed(prefix: str, limit: int = 10):
        return asking(lambda ask: MetricQuestions(ask).metrics(prefix, WITHIN, limit))

    depth, done = listed("queue.").metrics
    assert (depth.name, depth.type, depth.unit, depth.description) == (
        "queue.depth",
        "gauge",
        "{jobs}",
        "jobs that wait",
    )
    assert (depth.series, depth.temporality, depth.monotonic) == (3, None, None)
    assert (done.type, done.temporality, done.monotonic, done.series) == ("sum", "cumulative", True, 1)
    assert [(row.name, row.temporality) for row in listed("http").metrics] == [("http.duration", "delta")]
    assert listed("", limit=2).truncated
