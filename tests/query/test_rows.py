"""Pages of spans and log records, out of a real store."""

from typing import Any

import pytest
from query.conftest import Asking
from telemetry import MS, S, Telemetry, span_id, trace_id

from trivet.errors import Invalid
from trivet.query.instant import Range
from trivet.query.logs import LogQuestions
from trivet.query.origins import Resources
from trivet.query.spans import SpanQuestions
from trivet.store.client import Client

BEGAN = 1_760_000_000 * S
WITHIN = Range(BEGAN - 3600 * S, BEGAN + 3600 * S)


@pytest.fixture
def told() -> Telemetry:
    return Telemetry(start=BEGAN)


@pytest.fixture
def logs(asking: Asking):
    def ask(filter: str = "", order: str = "newest", limit: int = 100, cursor: str | None = None) -> Any:
        return asking(lambda ask: LogQuestions(ask, Resources(ask)).logs(filter, WITHIN, order, limit, cursor))

    return ask


@pytest.fixture
def spans(asking: Asking):
    def ask(filter: str = "", order: str = "newest", limit: int = 100, cursor: str | None = None) -> Any:
        return asking(lambda ask: SpanQuestions(ask, Resources(ask)).spans(filter, WITHIN, order, limit, cursor))

    return ask


def test_a_record_brings_along_where_it_came_from(store: Client, told: Telemetry, logs):
    told.log("hello", at=MS, trace=1, span=2, service="api", resource={"host.name": "h1"}, severity="error")
    told.log({"a": [1]}, at=2 * MS, severity_text="", event_name="started", observed_time_unix_nano=BEGAN)
    told.load(store)
    newest, oldest = logs().logs
    assert (oldest.body, oldest.severity, oldest.trace_id, oldest.span_id) == (
        "hello", "error", trace_id(1), span_id(2),
    )  # fmt: skip
    assert oldest.resource.attributes == {"service.name": "api", "host.name": "h1"}
    assert oldest.scope.name == "tests"
    assert (newest.body, newest.trace_id, newest.span_id, newest.event_name) == ({"a": [1]}, None, None, "started")
    assert (newest.observed_time, oldest.observed_time) == (str(BEGAN), None)


def test_severity_comes_from_the_number_or_the_text_or_is_unknown(store: Client, told: Telemetry, logs):
    for number, text in ((17, "info"), (0, "Warning"), (0, "odd"), (99, "error")):
        told.log(f"{number} {text}", severity_text=text).severity_number = number
    told.load(store)
    assert {row.body: row.severity for row in logs().logs} == {
        "17 info": "error", "0 Warning": "warn", "0 odd": None, "99 error": None,
    }  # fmt: skip
    assert {row.body for row in logs("severity:warn").logs} == {"0 Warning"}
    assert {row.body for row in logs("severity>=warn").logs} == {"0 Warning", "17 info"}
    assert {row.body for row in logs("not has:severity").logs} == {"0 odd", "99 error"}


@pytest.mark.parametrize(("hidden", "shown"), [(3, 3), (200, 3), (3, 200)])
def test_a_value_that_a_nearer_one_hides_is_no_match(store: Client, told: Telemetry, logs, spans, hidden, shown):
    """The index finds the resource's value, too; the row's own decides."""
    for number in range(hidden + shown):
        own = {"env": "test"} if number < hidden else {}
        told.span(number + 1, 1, f"s{number}", at=number * MS, resource={"env": "prod"}, attributes=own)
        told.log(f"l{number}", at=number * MS, resource={"env": "prod"}, attributes=own)
    told.load(store)
    expected = [str(number) for number in range(hidden, hidden + shown)]
    for order, wanted in (("oldest", expected[:9]), ("newest", expected[::-1][:9])):
        assert [row.name[1:] for row in spans("env=prod", order, 9).spans] == wanted
        assert [row.body[1:] for row in logs("env=prod", order, 9).logs] == wanted
    assert len(spans('env in ("prod", "other") name~"^s"', limit=1000).spans) == shown
    assert spans("env=test", limit=1000).spans[0].attributes == {"env": "test"}


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_pages_of_records_show_each_once_also_when_many_have_one_time(store: Client, told: Telemetry, logs, order: str):
    for number in range(20):
        told.log(f"{number}", at=number // 7 * MS)
    told.load(store)
    whole = [row.body for row in logs(order=order).logs]
    assert sorted(whole, key=int) == [str(number) for number in range(20)]
    seen, cursor = [], None
    while True:
        page = logs(order=order, limit=3, cursor=cursor)
        seen += [row.body for row in page.logs]
        cursor = page.next
        if cursor is None:
            break
    assert seen == whole


def test_what_comes_later_is_not_on_later_pages(store: Client, told: Telemetry, logs):
    for number in range(4):
        told.log(f"{number}", at=number * S)
    told.received -= S
    told.load(store)
    page = logs(limit=2)
    late = Telemetry(start=BEGAN)
    late.received += 60 * S
    late.log("late", at=S + MS)
    late.load(store)
    assert [row.body for row in logs(limit=2, cursor=page.next).logs] == ["1", "0"]


def test_resends_of_records_show_once(store: Client, logs):
    for _ in range(3):
        again = Telemetry(start=BEGAN)
        again.log("again")
        again.log("again", at=1)
        again.load(store)
    assert len(logs().logs) == 2


def test_a_span_brings_along_where_it_came_from(store: Client, told: Telemetry, spans):
    told.span(1, 2, "GET /", parent=1, service="api", kind="server", attributes={"n": 1}, lasts=5 * MS)
    told.load(store)
    [row] = spans("n=1").spans
    assert (row.trace_id, row.span_id, row.parent_span_id, row.self_time) == (trace_id(1), span_id(2), span_id(1), None)
    assert (row.kind, row.duration, row.attributes) == ("server", 5 * MS, {"n": 1})
    assert row.resource.attributes == {"service.name": "api"}


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_pages_of_spans_show_each_once(store: Client, told: Telemetry, spans, order: str):
    for number in range(1, 12):
        told.span(number % 3 + 1, number % 4 + 1 + number, at=number // 5 * MS)
    told.load(store)
    whole = [(row.trace_id, row.span_id) for row in spans(order=order).spans]
    assert len(set(whole)) == 11
    seen, cursor = [], None
    while True:
        page = spans(order=order, limit=2, cursor=cursor)
        seen += [(row.trace_id, row.span_id) for row in page.spans]
        cursor = page.next
        if cursor is None:
            break
    assert seen == whole


def test_a_filter_by_id_meets_the_column_and_not_what_is_shown(store: Client, told: Telemetry, spans, logs):
    told.span(1, 2)
    told.span(3, 4)
    told.log("x", trace=1, span=2)
    told.log("y", trace=3, span=4)
    told.load(store)
    assert [row.span_id for row in spans(f"trace:{trace_id(3)}").spans] == [span_id(4)]
    assert [row.span_id for row in spans(f"span:{span_id(2)}").spans] == [span_id(2)]
    assert [row.body for row in logs(f"span:{span_id(4)}").logs] == ["y"]


def test_a_pattern_that_is_none_is_the_askers_mistake(store: Client, told: Telemetry, spans):
    told.span(1, 2)
    told.load(store)
    with pytest.raises(Invalid, match="regular expression") as raised:
        spans('name~"("')
    assert raised.value.code == "bad_filter"
