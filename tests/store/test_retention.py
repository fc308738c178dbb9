from datetime import UTC, datetime, timedelta

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from trivet.spool.record import Record
from trivet.store.client import Client
from trivet.store.insert import insert
from trivet.store.retention import Retention

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def send(store: Client, when: datetime, service: str = "api", spans: int = 10) -> None:
    nanos = int(when.timestamp()) * 10**9
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.add(key="service.name").value.string_value = service
    scope = group.scope_spans.add()
    for number in range(1, spans + 1):
        trace = (nanos + number).to_bytes(16, "big")
        scope.spans.add(
            trace_id=trace, span_id=trace[8:], start_time_unix_nano=nanos, end_time_unix_nano=nanos + number
        )
    insert(store, "traces", [Record(1, nanos, "default", b"", spans, request.SerializeToString())], f"{nanos}{service}")


def measure(store: Client, when: datetime, service: str, points: int) -> None:
    """So many series of a gauge, a point each."""
    nanos = int(when.timestamp()) * 10**9
    request = ExportMetricsServiceRequest()
    group = request.resource_metrics.add()
    group.resource.attributes.add(key="service.name").value.string_value = service
    gauge = group.scope_metrics.add().metrics.add(name="depth").gauge
    for number in range(points):
        point = gauge.data_points.add(time_unix_nano=nanos, as_double=number * 1.1)
        point.attributes.add(key="queue").value.string_value = str(number)
    record = Record(1, nanos, "default", b"", points, request.SerializeToString())
    insert(store, "metrics", [record], f"{nanos}{service}metrics")


def days(store: Client, table: str = "otel_spans") -> list[str]:
    return [str(row["day"]) for row in store.rows(f"SELECT DISTINCT day FROM {table} ORDER BY day")]


def retention(store: Client, *, age: timedelta = 30 * DAY, max_bytes: int = 2**40, now: datetime = NOON) -> Retention:
    return Retention(store, age=age.total_seconds(), max_bytes=max_bytes, directory=None, clock=lambda: now.timestamp())


def test_days_over_the_age_go_from_every_table(store: Client):
    for back in (0, 6, 7, 8, 9):
        send(store, NOON - back * DAY)
    retention(store, age=7 * DAY).apply()
    for table in ("otel_spans", "red", "trace_ranges", "processes"):
        assert days(store, table) == ["2026-03-03", "2026-03-04", "2026-03-10"], table


def test_over_its_size_the_oldest_days_go_and_no_more_than_needed(store: Client):
    for back in range(5):
        send(store, NOON - back * DAY, spans=100)
    one = store.rows("SELECT sum(bytes_on_disk) AS n FROM system.parts WHERE database = currentDatabase() AND active "
                     "AND partition = '2026-03-10'")[0]["n"]  # fmt: skip
    retention(store, max_bytes=int(one * 3.5)).apply()
    assert days(store) == ["2026-03-08", "2026-03-09", "2026-03-10"]


def test_today_and_yesterday_lose_hours_of_the_loudest_service(store: Client):
    for hour in range(4):
        send(store, NOON - timedelta(hours=hour), service="loud", spans=3000)
        send(store, NOON - timedelta(hours=hour), service="quiet", spans=20)
    size = sum(retention(store)._days().values())
    retention(store, max_bytes=int(size * 0.7)).apply()
    hours = store.rows("SELECT service, uniq(toStartOfHour(start)) AS n FROM otel_spans GROUP BY service")
    left = {row["service"]: row["n"] for row in hours}
    assert left["quiet"] == 4 and left["loud"] in (2, 3)
    newest = store.rows("SELECT max(start) AS at FROM otel_spans WHERE service = 'loud'")[0]["at"]
    assert newest.startswith("2026-03-10 12:00:00")


def test_nothing_younger_than_the_age_goes(store: Client):
    midnight = datetime(2026, 3, 10, tzinfo=UTC)
    for hours in (2, 26):
        send(store, midnight - timedelta(hours=hours))
    retention(store, age=timedelta(hours=12), now=midnight + timedelta(minutes=5)).apply()
    assert days(store) == ["2026-03-09"]


def test_an_age_beyond_all_calendars_keeps_everything(store: Client):
    send(store, NOON)
    Retention(store, age=1e15, max_bytes=2**40, directory=None, clock=lambda: NOON.timestamp()).apply()
    assert days(store) == ["2026-03-10"]


def test_metrics_that_fill_the_disk_go_before_the_spans_of_others(store: Client):
    send(store, NOON, service="quiet", spans=50)
    for hour in range(4):
        measure(store, NOON - timedelta(hours=hour), "loud", points=4000)
    size = sum(retention(store)._days().values())
    retention(store, max_bytes=int(size * 0.6)).apply()
    assert store.rows("SELECT count() AS n FROM otel_spans WHERE service = 'quiet'") == [{"n": 50}]
    left = store.rows("SELECT uniq(toStartOfHour(time)) AS hours, max(time) AS newest FROM otel_number_points")[0]
    assert 1 <= left["hours"] < 4 and left["newest"].startswith("2026-03-10 12:00:00")


def test_points_whose_series_is_gone_can_go_too(store: Client):
    measure(store, NOON, "loud", points=10)
    store.command("TRUNCATE TABLE otel_series")
    assert retention(store)._thin()
    assert store.rows("SELECT count() AS n FROM otel_number_points") == [{"n": 0}]


def test_nothing_stored_nothing_dropped(store: Client):
    retention(store, age=timedelta(seconds=1), max_bytes=1).apply()
    assert days(store) == []


@pytest.mark.parametrize("service", ["o'brien", "a\\b", "Ünïcode"])
def test_a_service_may_have_any_name(store: Client, service: str):
    send(store, NOON, service=service, spans=50)
    send(store, NOON, service="other", spans=1)
    assert retention(store)._thin()
    assert [row["service"] for row in store.rows("SELECT DISTINCT service FROM otel_spans")] == ["other"]
