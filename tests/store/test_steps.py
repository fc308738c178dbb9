"""Edges and the catalogue, worked out from what was received in a minute."""

from dataclasses import dataclass

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from trivet.spool.record import Record
from trivet.store import steps
from trivet.store.client import Client
from trivet.store.insert import insert
from trivet.store.steps import Steps

MINUTE = 60 * 10**9
T0 = 1_760_000_040_000_000_000  # a whole minute
INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = range(1, 6)


@dataclass
class AllLoaded:
    behind: float = 0.0

    def lag(self) -> float:
        return self.behind


class Feed:
    """Sends spans as if they were received at a given minute."""

    def __init__(self, store: Client):
        self.store = store
        self.records = 0

    def spans(self, minute: int, service: str, *spans: tuple[int, int, int, dict[str, str]]) -> None:
        request = ExportTraceServiceRequest()
        group = request.resource_spans.add()
        group.resource.attributes.add(key="service.name").value.string_value = service
        scope = group.scope_spans.add()
        for number, parent, kind, attributes in spans:
            span = scope.spans.add(
                trace_id=bytes(15) + b"\1", span_id=number.to_bytes(8, "big"), kind=kind, name="work"
            )
            span.parent_span_id = parent.to_bytes(8, "big") if parent else b""
            span.start_time_unix_nano, span.end_time_unix_nano = T0, T0 + 1000
            for key, value in attributes.items():
                span.attributes.add(key=key).value.string_value = value
        self.send("traces", request.SerializeToString(), minute)

    def send(self, signal: str, body: bytes, minute: int) -> None:
        self.records += 1
        record = Record(self.records, T0 + minute * MINUTE, "default", b"", 1, body)
        insert(self.store, signal, [record], f"{signal}:{self.records}")


@pytest.fixture
def feed(store: Client) -> Feed:
    return Feed(store)


def run(store: Client, *, minute: int, behind: float = 0.0) -> int:
    """What is due half a minute into `minute`."""
    return Steps(store, [AllLoaded(behind)], clock=lambda: (T0 + minute * MINUTE) / 1e9 + 30).run_due()


def edges(store: Client) -> list[tuple]:
    rows = store.rows("SELECT caller, callee, kind, count, errors FROM edges FINAL ORDER BY minute, caller, callee")
    return [tuple(row.values()) for row in rows]


def test_a_call_is_counted_once_whichever_end_comes_first(store: Client, feed: Feed):
    feed.spans(0, "web", (1, 0, CLIENT, {}))
    feed.spans(1, "api", (2, 1, SERVER, {}), (3, 2, INTERNAL, {}), (5, 4, SERVER, {}))
    feed.spans(2, "cron", (4, 0, CLIENT, {}))
    assert run(store, minute=3) > 0
    assert edges(store) == [("web", "api", "call", 1.0, 0.0), ("cron", "api", "call", 1.0, 0.0)]


def test_databases_and_queues_are_nodes(store: Client, feed: Feed):
    feed.spans(0, "api", (1, 0, CLIENT, {"db.system.name": "postgresql"}), (2, 0, CLIENT, {"db.system": "redis"}))
    feed.spans(0, "api", (3, 0, PRODUCER, {"messaging.destination.name": "videos"}))
    feed.spans(0, "worker", (4, 3, CONSUMER, {"messaging.destination.name": "videos"}))
    run(store, minute=1)
    assert edges(store) == [
        ("api", "postgresql", "database", 1.0, 0.0),
        ("api", "redis", "database", 1.0, 0.0),
        ("api", "videos", "queue", 1.0, 0.0),
        ("api", "worker", "queue", 1.0, 0.0),
        ("videos", "worker", "queue", 1.0, 0.0),
    ]


def test_a_step_run_again_changes_nothing(store: Client, feed: Feed):
    feed.spans(0, "web", (1, 0, CLIENT, {"user": "ada"}))
    feed.spans(0, "api", (2, 1, SERVER, {}))
    assert run(store, minute=1) == len(steps.STEPS)
    before = edges(store), store.rows("SELECT sum(count) AS n FROM catalogue")
    assert run(store, minute=1) == 0
    store.command("TRUNCATE TABLE steps")
    assert run(store, minute=1) == len(steps.STEPS)
    assert (edges(store), store.rows("SELECT sum(count) AS n FROM catalogue")) == before


def test_the_minute_under_way_and_what_is_not_loaded_yet_wait(store: Client, feed: Feed):
    feed.spans(0, "api", (1, 0, CLIENT, {"db.system": "redis"}))
    assert run(store, minute=0) == 0
    assert run(store, minute=2, behind=200.0) == 0
    assert run(store, minute=2, behind=20.0) == len(steps.STEPS)


def test_the_catalogue_lists_values_until_a_key_has_too_many(store: Client, feed: Feed):
    feed.spans(0, "api", *((n, 0, SERVER, {"plan": "pro", "id": f"{n:05}"}) for n in range(1, 1201)))
    feed.spans(1, "api", *((n, 0, SERVER, {"plan": "team", "id": f"{n:05}"}) for n in range(2001, 2101)))
    feed.spans(1, "api", (3000, 0, SERVER, {"long": "x" * 129}))
    run(store, minute=2)
    rows = store.rows(
        "SELECT key, listed, count() AS n, sum(count) AS spans FROM catalogue FINAL WHERE place = 'span' GROUP BY ALL"
    )
    found = {(row["key"], row["listed"]): (row["n"], row["spans"]) for row in rows}
    assert found == {
        ("plan", True): (2, 1300),
        ("plan", False): (1, 1300),
        ("id", True): (1000, 1000),
        ("id", False): (1, 1300),
        ("long", False): (1, 1),
    }


def test_logs_are_catalogued_too(store: Client, feed: Feed):
    request = ExportLogsServiceRequest()
    group = request.resource_logs.add()
    group.resource.attributes.add(key="service.name").value.string_value = "api"
    group.scope_logs.add().log_records.add(time_unix_nano=T0).attributes.add(key="user").value.int_value = 7
    feed.send("logs", request.SerializeToString(), 0)
    run(store, minute=1)
    rows = store.rows("SELECT place, key, type, value FROM catalogue WHERE listed ORDER BY place")
    assert [tuple(row.values()) for row in rows] == [
        ("log", "user", "int", "7"),
        ("resource", "service.name", "string", "api"),
    ]
