"""A trace as columns, out of a real store."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from query.conftest import Asking
from telemetry import MS, S, Telemetry, span_id, trace_id

from trivet.errors import Invalid, NotFound
from trivet.query.answers import Shape
from trivet.query.origins import Resources
from trivet.query.trace.trace import TraceQuestions
from trivet.store.client import Client

T = TypeVar("T")


@pytest.fixture
def questions(asking: Asking):
    """Asks one of `TraceQuestions`."""

    def ask_for(question: Callable[[TraceQuestions], Awaitable[T]]) -> T:
        return asking(lambda ask: question(TraceQuestions(ask, Resources(ask), lost_after=30 * S)))

    return ask_for


@pytest.fixture
def shape(questions):
    def read(trace: int, *, facts: bool = True) -> Shape:
        return questions(lambda traces: traces.shapes.shape(trace_id(trace), facts=facts))

    return read


def test_rows_names_services_marks_and_facts(store: Client, shape):
    told = Telemetry()
    told.span(1, 1, "root", lasts=100 * MS, kind="server")
    told.span(1, 2, "child", parent=1, at=10 * MS, lasts=20 * MS, service="api", status="error")
    told.span(1, 3, "child", parent=2, at=12 * MS, lasts=5 * MS, service="api")
    told.span(1, 4, "orphan", parent=99, at=50 * MS)
    told.running(1, 5, "slow", parent=1, at=60 * MS, seen=90 * MS)
    told.log("in", at=11 * MS, trace=1, span=2, severity="error")
    told.log("out", at=13 * MS, trace=1)
    told.load(store)
    drawn = shape(1)
    assert (drawn.trace_id, drawn.start) == (trace_id(1), str(told.start))
    columns = drawn.columns
    assert columns.span_id == [span_id(n) for n in (1, 2, 3, 4, 5)]
    assert columns.parent == [-1, 0, 1, -1, 0]
    assert [drawn.names[place] for place in columns.name] == ["root", "child", "child", "orphan", "slow"]
    assert [drawn.services[place] for place in columns.service] == ["web", "api", "api", "web", "web"]
    assert columns.start == [0, 10 * MS, 12 * MS, 50 * MS, 60 * MS]
    assert columns.duration == [100 * MS, 20 * MS, 5 * MS, MS, 30 * MS]
    assert columns.kind == ["server", "internal", "internal", "internal", "internal"]
    assert columns.status == ["unset", "error", "unset", "unset", "unset"]
    assert columns.logs == [0, 1, 0, 0, 0]
    assert columns.running == [None, None, None, None, "running"]
    assert [(row, at, severity) for row, at, severity, _ in drawn.log_marks] == [
        (1, 11 * MS, "error"),
        (-1, 13 * MS, "info"),
    ]
    assert drawn.facts.orphans == [span_id(4)]
    assert drawn.facts.first_error == span_id(2)


def test_no_spans_is_not_found(store: Client, shape):
    with pytest.raises(NotFound):
        shape(404)


def test_a_shape_without_facts_is_the_same_picture(store: Client, shape):
    told = Telemetry()
    told.span(1, 1, "root", lasts=100 * MS)
    told.span(1, 2, "child", parent=1, lasts=MS)
    told.span(1, 3, "orphan", parent=99, lasts=MS)
    told.load(store)
    whole, bare = shape(1), shape(1, facts=False)
    assert bare.facts is None
    assert bare.columns == whole.columns


def test_a_shape_holds_what_its_facts_are_made_of(store: Client, shape):
    """Which spans have one clock, and whose parent has not arrived."""
    told = Telemetry()
    told.span(1, 1, "root", lasts=100 * MS)
    told.span(1, 2, "elsewhere", parent=1, at=MS, service="api")
    told.span(1, 3, "orphan", parent=99, at=2 * MS, service="api")
    told.load(store)
    bare = shape(1, facts=False)
    first, second, third = bare.columns.process
    assert first != second == third
    assert bare.orphans == [(2, span_id(99))]


def test_a_roots_rank_among_its_like(store: Client, questions):
    told = Telemetry()
    for number in range(1, 101):
        told.span(number, 1, "GET /", lasts=number * MS)
    told.load(store)
    found = questions(lambda traces: traces.rank("web", "GET /", told.start, 10 * MS)).percentile
    assert (found.count, found.window) == (100, "24h")
    assert 8 <= found.value <= 12
    assert questions(lambda traces: traces.rank("web", "GET /other", told.start, MS)).percentile is None


def test_one_span_brings_everything_along(store: Client, questions):
    told = Telemetry()
    told.span(1, 1, "root", lasts=100 * MS)
    told.span(1, 2, "query", parent=1, service="api", attributes={"db.system.name": "postgresql"})
    told.log("first", at=MS, trace=1, span=2, service="api")
    told.log("elsewhere", at=MS, trace=1, span=1)
    told.running(1, 3, "slow", parent=1, seen=2 * S)
    told.load(store)
    alone = questions(lambda traces: traces.span(trace_id(1), span_id(2).upper()))
    assert (alone.trace_id, alone.name, alone.parent_span_id) == (trace_id(1), "query", span_id(1))
    assert alone.attributes == {"db.system.name": "postgresql"}
    assert alone.resource.attributes["service.name"] == "api"
    assert alone.scope.name == "tests"
    assert [log.body for log in alone.logs] == ["first"]
    slow = questions(lambda traces: traces.span(trace_id(1), span_id(3)))
    assert (slow.name, slow.running.stack) == ("slow", ["app.py:1 main"])


def test_no_such_span_is_not_found(store: Client, questions):
    told = Telemetry()
    told.span(1, 1)
    told.load(store)
    with pytest.raises(NotFound):
        questions(lambda traces: traces.span(trace_id(1), span_id(7)))
    with pytest.raises(Invalid):
        questions(lambda traces: traces.span(trace_id(1), "7"))
