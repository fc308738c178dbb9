"""Which fields there are, out of a real store."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from query.conftest import Asking
from telemetry import S, Telemetry

from trivet.query.fields.answers import FieldList, FieldRow
from trivet.query.fields.fields import MOST_FRESH, FieldQuestions, splits
from trivet.query.filter.condition import Condition
from trivet.query.filter.tables import SPANS
from trivet.query.instant import Range
from trivet.query.sample import sample
from trivet.store.client import Client
from trivet.store.steps import Steps

BEGAN = 1_760_000_000 * S
WITHIN = Range(BEGAN - 60 * S, BEGAN + 40 * S)


@pytest.fixture
def told() -> Telemetry:
    told = Telemetry(start=BEGAN)
    told.received = BEGAN
    return told


@pytest.fixture
def fields(asking: Asking) -> Callable[..., dict[str, FieldRow]]:
    def ask(signal="traces", prefix: str = "", limit: int = 1000, filter: str | None = None) -> dict[str, FieldRow]:
        return {row.name: row for row in answer(asking, signal, prefix, limit, filter).fields}

    return ask


def answer(asking: Asking, signal="traces", prefix="", limit=1000, filter=None) -> FieldList:
    return asking(lambda ask: FieldQuestions(ask).fields(signal, prefix, WITHIN, limit, filter))


def catalogue(store: Client) -> None:
    """Runs the step as the server does, two minutes later."""
    loaded = SimpleNamespace(lag=lambda: 0.0)
    Steps(store, [loaded], clock=lambda: BEGAN / S + 120).run_due()


def test_attributes_before_and_after_they_are_catalogued(store: Client, told: Telemetry, fields):
    for number in range(1, 5):
        told.span(number, 1, attributes={"http.route": "/a", "n": number}, resource={"host.name": "h"})
    told.load(store)
    new = fields(prefix="h")
    catalogue(store)
    old = fields(prefix="h")
    assert {name: (row.scope, row.type, row.count) for name, row in new.items()} == {
        "http.route": ("span", "string", 4),
        "host.name": ("resource", "string", 4),
    }
    assert old == new
    assert (fields()["n"].type, fields()["service"].scope, fields()["service"].count) == ("int", "intrinsic", 4)


def test_what_came_since_the_last_step_is_added(store: Client, told: Telemetry, fields):
    told.span(1, 1, attributes={"old": "x", "both": 1})
    told.load(store)
    catalogue(store)
    told.received += 120 * S
    told.span(2, 1, attributes={"new": "x", "both": 2})
    told.load(store)
    assert {name: fields()[name].count for name in ("old", "both", "new", "service")} == {
        "old": 1, "both": 2, "new": 1, "service": 2,
    }  # fmt: skip


def test_a_name_is_as_a_filter_writes_it(store: Client, told: Telemetry, fields):
    span = told.span(1, 1, attributes={"host.name": "client's", "kind": "mine"}, resource={"host.name": "ours"})
    span.events.add(name="exception").attributes.add(key="exception.type").value.string_value = "E"
    told.log("said", attributes={"file": "a.py"})
    told.load(store)
    found = fields(prefix="")
    assert {"host.name", "resource.host.name", "span.kind", "kind", "event.exception.type"} <= set(found)
    assert (found["host.name"].scope, found["resource.host.name"].scope) == ("span", "resource")
    assert fields("logs")["file"].scope == "log"
    assert fields(prefix="log.f")["log.file"].scope == "log"


def test_fields_of_metrics(store: Client, told: Telemetry, fields):
    metric = told.metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="depth")
    metric.gauge.data_points.add(time_unix_nano=BEGAN, as_int=1).attributes.add(key="queue").value.string_value = "q"
    told.load(store)
    assert (fields("metrics")["queue"].scope, fields("metrics", filter="metric:depth")["queue"].scope) == (
        "metric",
        "metric",
    )


def test_fields_of_metrics_are_counted_by_series_however_often_those_report(store: Client, told: Telemetry, fields):
    store.command("SYSTEM STOP MERGES")
    group = told.metrics.resource_metrics.add()
    group.resource.attributes.add(key="host.name").value.string_value = "h"
    gauge = group.scope_metrics.add().metrics.add(name="depth").gauge
    for queue in ("a", "b", "c"):
        gauge.data_points.add(time_unix_nano=BEGAN).attributes.add(key="queue").value.string_value = queue
    for _ in range(3):
        told.load(store)
        told.received += 60 * S
    catalogue(store)
    found = fields("metrics")
    assert (found["queue"].count, found["host.name"].count, found["metric"].count) == (3, 3, 3)
    assert (found["host.name"].scope, found["metric"].scope) == ("resource", "intrinsic")


def test_a_burst_since_the_last_step_is_counted_whole(store: Client, told: Telemetry, fields):
    for number in range(1, MOST_FRESH + 1001):
        told.span(number, 1, attributes={"http.route": "/a"})
    told.load(store)
    assert fields()["http.route"].count == fields()["service"].count == MOST_FRESH + 1000


def test_what_splits_the_matching_rows_comes_first(store: Client, told: Telemetry, asking: Asking):
    for number in range(1, 101):
        told.span(number, 1, attributes={
            "half": number % 2, "rare": "yes" if number == 7 else "no", "id": f"{number:032x}", "same": "x",
            **({"sometimes": True} if number % 4 == 0 else {}),
        })  # fmt: skip
        told.span(number, 2, service="other", attributes={"elsewhere": number % 3})
    told.load(store)
    found = answer(asking, filter="service:web").fields
    scores = {row.name: row.score for row in found}
    assert found[0].name == "half"
    assert scores["half"] == pytest.approx(0.5, abs=0.01)
    assert scores["sometimes"] == pytest.approx(0.375)
    assert 0 < scores["rare"] < 0.05
    assert scores["same"] == scores["service"] == 0
    assert scores["id"] < 0.2
    assert "elsewhere" not in scores


def test_a_list_that_was_cut_says_so(store: Client, told: Telemetry, asking: Asking):
    told.span(1, 1, attributes={"a": 1, "b": 2})
    told.load(store)
    cut = answer(asking, limit=1, filter="")
    assert (len(cut.fields), cut.truncated) == (1, True)
    assert not answer(asking, filter="").truncated


def test_a_facet_splits_best_when_its_lines_are_even():
    assert splits([50, 50], 100) == 0.5
    assert splits([10] * 10, 100) == pytest.approx(0.9)
    assert splits([100], 100) == 0
    assert splits([1] * 10, 10_000) == pytest.approx(0, abs=0.01)
    assert splits([], 0) == 0


def test_a_sample_reads_a_bounded_number_of_granules(store: Client, asking: Asking):
    """Rows read, not time: 400,000 spans over an hour, one in 1,000 of which matches."""
    store.command(
        "INSERT INTO otel_spans (day, start, service, trace_id, span_id) SELECT toDate(start),"
        " fromUnixTimestamp64Nano({began:Int64} + toInt64(number) * 100000, 'UTC') AS start,"
        " if(number % 1000 = 0, 'rare', 'web'), leftPad(toString(number), 16, '0'), '12345678' FROM numbers(400000)",
        params={"began": BEGAN},
    )
    within = Range(BEGAN, BEGAN + 3600 * S)
    for sql, matching in (("service = 'rare'", 400), ("true", 400_000)):
        taken = asking(lambda ask, sql=sql: sample(ask, SPANS, within, Condition(sql, {}), 8))
        read = store.answer(
            f"SELECT count(), uniq(attributes) FROM otel_spans WHERE {taken.rows.sql}", params=taken.rows.parameters
        )
        assert taken.matching == matching
        assert read.rows[0][0] == pytest.approx(taken.share * matching)
        assert read.rows[0][0] >= matching * 8 / 500
        assert read.scanned.rows <= 2 * 8 * 1024 + 2 * 1024
