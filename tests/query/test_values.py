"""What fields hold, out of a real store."""

from collections.abc import Callable
from typing import Any

import pytest
from query.conftest import Asking
from query.test_fields import BEGAN, WITHIN, catalogue
from telemetry import MS, Telemetry

from trivet.errors import Invalid
from trivet.query.fields.values import ValueQuestions
from trivet.store.client import Client


@pytest.fixture
def told() -> Telemetry:
    told = Telemetry(start=BEGAN)
    told.received = BEGAN
    return told


@pytest.fixture
def values(asking: Asking) -> Callable[..., list[tuple[Any, int]]]:
    def ask(field: str, signal="traces", prefix="", limit=100, filter: str | None = None) -> list[tuple[Any, int]]:
        answer = asking(lambda ask: ValueQuestions(ask).values(signal, field, prefix, WITHIN, limit, filter))
        return [(row.value, row.count) for row in answer.values]

    return ask


def test_values_keep_their_types_before_and_after_they_are_catalogued(store: Client, told: Telemetry, values):
    for number, held in enumerate([200, 200, 200, 404, 404, "200", True, 0.5]):
        told.span(number + 1, 1, attributes={"code": held})
    told.load(store)
    new = values("code")
    catalogue(store)
    assert set(map(repr, values("code"))) == {
        "(200, 3)", "(404, 2)", "('200', 1)", "(True, 1)", "(0.5, 1)",
    }  # fmt: skip
    assert new[:2] == [(200, 4), (404, 2)]


def test_the_beginning_of_a_value_whatever_its_case(store: Client, told: Telemetry, values):
    for number, route in enumerate(["/Videos", "/videos/:id", "/users"]):
        told.span(number + 1, 1, route, attributes={"http.route": route})
    told.load(store)
    assert values("http.route", prefix="/v") == [("/Videos", 1), ("/videos/:id", 1)]
    assert values("name", prefix="/v") == [("/Videos", 1), ("/videos/:id", 1)]
    catalogue(store)
    assert values("http.route", prefix="/V") == [("/Videos", 1), ("/videos/:id", 1)]


def test_the_most_frequent_first_and_no_more_than_wanted(store: Client, told: Telemetry, values, asking: Asking):
    for number in range(6):
        told.span(number + 1, 1, attributes={"n": "often" if number < 4 else f"once {number}"})
    told.load(store)
    assert values("n", limit=2) == [("often", 4), ("once 4", 1)]
    answer = asking(lambda ask: ValueQuestions(ask).values("traces", "n", "", WITHIN, 2, None))
    assert answer.truncated


def test_where_a_name_is_looked_up(store: Client, told: Telemetry, values):
    told.span(1, 1, attributes={"host.name": "span's"}, resource={"host.name": "resource's"})
    told.span(2, 1, resource={"host.name": "resource's"})
    told.span(3, 1).events.add(name="retry").attributes.add(key="why").value.string_value = "timeout"
    told.load(store)
    for _ in range(2):
        assert values("resource.host.name") == [("resource's", 2)]
        assert values("span.host.name") == [("span's", 1)]
        assert values("event.why") == [("timeout", 1)]
        assert values("host.name", filter="has:host.name") == [("resource's", 1), ("span's", 1)]
        catalogue(store)


def test_intrinsics(store: Client, told: Telemetry, values):
    told.span(1, 1, "GET /", kind="server", status="error", message="it broke").events.add(name="exception")
    told.span(1, 2, "query", parent=1, kind="client")
    told.log("hello", severity="warn")
    told.load(store)
    assert values("service") == [("web", 2)]
    assert values("kind", filter="") == [("client", 1), ("server", 1)]
    assert values("kind", prefix="c") == [("client", 1), ("consumer", 0)]
    assert values("status") == [("error", 1), ("unset", 1), ("ok", 0)]
    assert values("status.message") == [("it broke", 1)]
    assert values("root") == [(False, 1), (True, 1)]
    assert values("event") == [("exception", 1)]
    assert values("severity", "logs", filter="") == [("warn", 1)]
    assert values("severity", "logs", prefix="e") == [("error", 0)]
    assert values("trace") == []


def test_only_what_matches(store: Client, told: Telemetry, values):
    for number in range(1, 9):
        told.span(number, 1, service="web" if number < 6 else "api", lasts=number * MS, attributes={"n": number % 2})
    told.load(store)
    assert values("n", filter="service:web duration>1ms") == [(0, 2), (1, 2)]
    assert values("service", filter="n=1") == [("web", 3), ("api", 1)]
    with pytest.raises(Invalid):
        values("n", filter="service:")


def test_fields_of_the_rest_of_the_trace(store: Client, told: Telemetry, values):
    told.span(1, 1, "GET /slow")
    told.span(1, 2, "query", parent=1, service="db", status="error")
    told.span(2, 1, "GET /")
    told.log("lock wait", trace=1, severity="warn", attributes={"table": "videos"})
    told.log("elsewhere", trace=2, severity="info")
    told.load(store)
    assert values("root.name", filter="status:error") == [("GET /slow", 1)]
    assert values("log.severity", filter="service:db") == [("warn", 1)]
    assert values("log.table", filter="service:db") == [("videos", 1)]
    assert values("log.body", filter="") == [("elsewhere", 1), ("lock wait", 1)]
    assert values("trace.service", filter="status:error") == [("db", 1), ("web", 1)]


def test_values_of_metrics(store: Client, told: Telemetry, values):
    metric = told.metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="depth", unit="1")
    metric.gauge.data_points.add(time_unix_nano=BEGAN, as_int=1).attributes.add(key="queue").value.string_value = "q"
    told.load(store)
    assert values("queue", "metrics") == [("q", 1)]
    assert values("type", "metrics", filter="") == [("gauge", 1)]
    assert values("queue", "metrics", filter="metric:depth") == [("q", 1)]
