"""One trace, whole, out of a real store."""

import base64

import pytest
from query.conftest import Asking
from telemetry import MS, S, Telemetry, span_id, trace_id

from trivet.errors import Invalid, NotFound
from trivet.query.answers import Trace
from trivet.query.ask import Ask
from trivet.query.origins import Resources
from trivet.query.trace.trace import TraceQuestions
from trivet.store.client import Client


def questions(ask: Ask) -> TraceQuestions:
    return TraceQuestions(ask, Resources(ask), lost_after=30 * S)


@pytest.fixture
def whole(asking: Asking):
    def read(trace: int, **options: int) -> Trace:
        return asking(lambda ask: questions(ask).whole(trace_id(trace), **options))

    return read


def test_a_trace_with_everything_on_it(store: Client, whole):
    told = Telemetry()
    told.span(1, 1, "POST /videos", kind="server", lasts=100 * MS, trace_state="a=b", flags=257)
    failed = told.span(
        1, 2, "SELECT", parent=1, at=10 * MS, lasts=50 * MS, service="api", kind="client", status="error",
        message="it broke", attributes={"db.system": "postgresql", "rows": 3, "ratio": 0.5, "ok": True},
    )  # fmt: skip
    event = failed.events.add(time_unix_nano=told.start + 20 * MS, name="exception", dropped_attributes_count=2)
    event.attributes.add(key="exception.type").value.string_value = "ValueError"
    link = failed.links.add(
        trace_id=(9).to_bytes(16, "big"), span_id=(8).to_bytes(8, "big"), trace_state="x=y", flags=1
    )
    link.attributes.add(key="why").value.string_value = "batch"
    failed.dropped_attributes_count, failed.dropped_events_count, failed.dropped_links_count = 1, 2, 3
    told.log("stored", at=15 * MS, trace=1, span=2, service="api", severity="warn", attributes={"n": 3})
    told.load(store)

    trace = whole(1)
    root, select = trace.spans
    assert (trace.trace_id, trace.root, trace.start) == (trace_id(1), "received", str(told.start))
    assert (trace.duration, trace.truncated) == (100 * MS, False)
    assert (trace.extent.start, trace.extent.end) == (str(told.start), str(told.start + 100 * MS))
    assert (root.span_id, root.parent_span_id, root.kind, root.flags, root.trace_state) == (
        span_id(1), None, "server", 257, "a=b",
    )  # fmt: skip
    assert (root.self_time, select.self_time) == (50 * MS, 50 * MS)
    assert (select.parent_span_id, select.service, select.name) == (span_id(1), "api", "SELECT")
    assert (select.status.code, select.status.message) == ("error", "it broke")
    assert select.attributes == {"db.system": "postgresql", "rows": 3, "ratio": 0.5, "ok": True}
    [event] = select.events
    assert (event.time, event.name, event.dropped) == (str(told.start + 20 * MS), "exception", 2)
    assert event.attributes == {"exception.type": "ValueError"}
    [link] = select.links
    assert (link.trace_id, link.span_id, link.trace_state, link.flags) == (trace_id(9), span_id(8), "x=y", 1)
    assert link.attributes == {"why": "batch"}
    assert (select.dropped.attributes, select.dropped.events, select.dropped.links) == (1, 2, 3)
    assert trace.resources[select.resource].attributes == {"service.name": "api"}
    assert trace.scopes[select.scope].name == "tests"
    [record] = trace.logs
    assert (record.time, record.body, record.severity) == (str(told.start + 15 * MS), "stored", "warn")
    assert (record.span_id, record.service, record.attributes) == (span_id(2), "api", {"n": 3})
    assert trace.resources[record.resource].attributes == {"service.name": "api"}
    assert trace.facts.first_error == span_id(2)
    assert [share.service for share in trace.facts.services] == ["api", "web"]
    assert trace.scanned.rows > 0


def test_unknown_and_malformed_ids(store: Client, whole):
    with pytest.raises(NotFound):
        whole(404)


def test_what_cannot_be_a_trace_id(asking: Asking):
    with pytest.raises(Invalid, match="32 hexadecimal"):
        asking(lambda ask: questions(ask).whole("xyz"))


def test_resends_show_once(store: Client, whole):
    for _ in range(2):
        told = Telemetry(start=1_760_000_000 * S)
        told.span(2, 1, "root", lasts=9 * MS)
        told.log("once", trace=2, span=1)
        told.load(store)
    trace = whole(2)
    assert len(trace.spans) == 1
    assert len(trace.logs) == 1
    assert trace.facts.services[0].spans == 1


def test_few_rows_and_many_are_read_alike(store: Client, whole, monkeypatch):
    """Few come as they lie and are put in order here, many by the engine."""
    for shift in (30, 0):
        told = Telemetry(start=1_760_000_000 * S)
        for number in (1, 2, 3):
            told.span(6, number, "step", at=(30 * number + shift) * MS, lasts=MS)
            told.log(f"record {number}", at=(99 - number) * MS, trace=6, span=number)
            told.span(7, number, "later", at=(5 - number) * MS).links.add(
                trace_id=(6).to_bytes(16, "big"), span_id=(1).to_bytes(8, "big")
            )
        told.load(store)
    few = whole(6)
    assert [int(span.start) // MS % S for span in few.spans] == [30, 60, 90]
    assert [record.body for record in few.logs] == ["record 3", "record 2", "record 1"]
    assert [link.span_id for link in few.linked_from] == [span_id(3), span_id(2), span_id(1)]
    monkeypatch.setattr("trivet.query.trace.rows.FEW", 2)
    many = whole(6)
    assert (many.spans, many.logs, many.linked_from) == (few.spans, few.logs, few.linked_from)
    assert len(many.spans) == 3
    assert many.scanned.rows > few.scanned.rows


def test_a_trace_known_by_its_log_records_alone(store: Client, whole):
    told = Telemetry()
    told.log("first", at=0, trace=3)
    told.log("last", at=5 * MS, trace=3)
    told.load(store)
    trace = whole(3)
    assert trace.spans == []
    assert [record.body for record in trace.logs] == ["first", "last"]
    assert (trace.root, trace.start, trace.duration) == (None, str(told.start), 0)


def test_above_the_limit_the_earliest_spans_and_all_errors_come_and_facts_know_the_rest(store: Client, whole):
    told = Telemetry()
    told.span(4, 1, "root", lasts=S)
    for number in range(2, 41):
        told.span(4, number, "child", parent=1, at=number * MS, status="error" if number == 40 else "unset")
    told.load(store)
    trace = whole(4, max_spans=10)
    assert trace.truncated
    assert [span.span_id for span in trace.spans] == [*(span_id(n) for n in range(1, 11)), span_id(40)]
    assert trace.facts.services[0].spans == 40
    assert trace.spans[0].self_time == S - 39 * MS


def test_a_running_span_is_shown_with_where_it_is_until_its_end_arrives(store: Client, whole):
    told = Telemetry()
    told.span(5, 1, "request", lasts=2 * S)
    told.running(5, 2, "migrate", parent=1, at=MS, seen=S + MS, stack=("app.py:1 main", "db.py:7 copy"),
                 attributes={"rows": 10, "tables": ["a", "b"]}, report=1)  # fmt: skip
    told.running(5, 2, "migrate", parent=1, at=MS, seen=3 * S, stack=("app.py:1 main", "db.py:9 copy"),
                 attributes={"rows": 20, "tables": ["a", "b"]}, report=2)  # fmt: skip
    told.load(store)
    [_, span] = whole(5).spans
    assert (span.name, span.parent_span_id, span.duration) == ("migrate", span_id(1), 3 * S - MS)
    assert span.attributes == {"rows": 20, "tables": ["a", "b"]}
    assert span.running is not None
    assert (span.running.state, span.running.stack[-1]) == ("running", "db.py:9 copy")
    assert span.running.last_seen == str(told.start + 3 * S)
    told.span(5, 2, "migrate", parent=1, at=MS, lasts=4 * S)
    told.load(store)
    [_, span] = whole(5).spans
    assert (span.running, span.duration) == (None, 4 * S)


def test_a_running_span_is_lost_when_its_process_is_silent(store: Client, whole):
    told = Telemetry()
    told.received -= 60 * S
    told.running(6, 1, next_after=S)
    told.load(store)
    assert whole(6).spans[0].running.state == "lost"
    heard = Telemetry()
    heard.log("alive")  # the same resource, now
    heard.load(store)
    assert whole(6).spans[0].running.state == "running"


def test_the_way_back_along_links_and_exemplars(store: Client, whole):
    told = Telemetry()
    told.span(7, 1, "fan out")
    worker = told.span(70, 2, "batch", service="worker")
    worker.links.add(trace_id=(7).to_bytes(16, "big"), span_id=(1).to_bytes(8, "big"))
    metric = told.metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="duration")
    point = metric.gauge.data_points.add(time_unix_nano=told.start, as_int=2**60)
    point.exemplars.add(
        time_unix_nano=told.start, as_int=2**60, trace_id=(7).to_bytes(16, "big"), span_id=(1).to_bytes(8, "big")
    )
    told.load(store)
    trace = whole(7)
    [linked] = trace.linked_from
    assert (linked.trace_id, linked.span_id, linked.service, linked.name) == (
        trace_id(70), span_id(2), "worker", "batch",
    )  # fmt: skip
    [exemplar] = trace.exemplars
    assert (exemplar.metric, exemplar.value, exemplar.span_id) == ("duration", {"$int": str(2**60)}, span_id(1))


def test_every_kind_of_value_comes_back(store: Client, whole):
    values = {
        "string": "ü\n\t'\"", "empty": "", "int": 2**63 - 1, "small": -5, "double": 0.1, "whole": 3.0, "huge": 1e300,
        "nan": float("nan"), "inf": float("-inf"), "yes": True, "no": False, "bytes": b"\x00\xff", "nothing": None,
        "array": ["a", 1, 1.0, True, None, b"x"], "none": [], "list": {"b": 1, "a": {"deep": [1, {"er": 2**60}]}},
    }  # fmt: skip
    told = Telemetry()
    told.span(8, 1, attributes=values)
    told.log(values["list"], trace=8, attributes=values)
    told.load(store)
    trace = whole(8)
    shown = values | {
        "int": {"$int": str(2**63 - 1)},
        "nan": {"$double": "NaN"},
        "inf": {"$double": "-Infinity"},
        "bytes": {"$bytes": base64.b64encode(b"\x00\xff").decode()},
        "array": ["a", 1, 1.0, True, None, {"$bytes": "eA=="}],
        "list": {"b": 1, "a": {"deep": [1, {"er": {"$int": str(2**60)}}]}},
    }
    for got in (trace.spans[0].attributes, trace.logs[0].attributes):
        assert got == shown
        assert [type(value) for value in got.values()] == [type(value) for value in shown.values()]
    assert trace.logs[0].body == shown["list"]


def test_the_percentile_of_a_root_among_its_like(store: Client, whole):
    told = Telemetry()
    for number in range(1, 101):
        told.span(1000 + number, 1, "GET /", lasts=number * MS)
    told.load(store)
    slow, fast = whole(1100).facts.percentile, whole(1010).facts.percentile
    assert slow is not None
    assert fast is not None
    assert (slow.count, slow.window) == (100, "24h")
    assert slow.value >= 98
    assert 8 <= fast.value <= 12
