from datetime import UTC, datetime, timedelta

import pytest
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


def days(store: Client, table: str = "otel_spans") -> list[str]:
    return [str(row["day"]) for row in store.rows(f"SELECT DISTINCT day FROM {table} ORDER BY day")]


def retention(store: Client, *, age: timedelta = 30 * DAY, max_bytes: int = 2**40) -> Retention:
    return Retention(
        store, age=age.total_seconds(), max_bytes=max_bytes, directory=None, clock=lambda: NOON.timestamp()
    )


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


def test_nothing_stored_nothing_dropped(store: Client):
    retention(store, age=timedelta(seconds=1), max_bytes=1).apply()
    assert days(store) == []


@pytest.mark.parametrize("service", ["o'brien", "a\\b", "Ünïcode"])
def test_a_service_may_have_any_name(store: Client, service: str):
    send(store, NOON, service=service, spans=50)
    send(store, NOON, service="other", spans=1)
    assert retention(store)._thin()
    assert [row["service"] for row in store.rows("SELECT DISTINCT service FROM otel_spans")] == ["other"]
