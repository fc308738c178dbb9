"""Where in a trace a filter matches, out of a real store."""

from collections.abc import Callable

import pytest
from query.conftest import Asking
from telemetry import MS, S, Telemetry, span_id, trace_id

from trivet.errors import Invalid, NotFound
from trivet.query.origins import Resources
from trivet.query.trace.find import FindQuestions, Found
from trivet.query.trace.trace import TraceQuestions
from trivet.store.client import Client

BEGAN = 1_760_000_000 * S
Finding = Callable[..., Found]


@pytest.fixture
def told() -> Telemetry:
    told = Telemetry(start=BEGAN)
    told.received = BEGAN
    return told


@pytest.fixture
def finding(asking: Asking) -> Finding:
    async def find(ask, number: int, filter: str) -> Found:
        shapes = TraceQuestions(ask, Resources(ask), lost_after=30 * S).shapes
        found = await FindQuestions(ask, shapes).find(trace_id(number), filter)
        shape = await shapes.shape(trace_id(number), facts=False)
        assert [shape.columns.span_id[row] for row in found.rows] == found.spans
        assert set(found.logs) <= {record for *_, record in shape.log_marks}
        return found

    return lambda filter, number=1: asking(lambda ask: find(ask, number, filter))


def test_spans_by_themselves_in_the_order_of_the_shape(store: Client, told: Telemetry, finding: Finding):
    told.span(1, 1, "GET /")
    for number in range(2, 40):  # all at once: their order is by id alone
        told.span(1, number, "query", parent=1, status="error" if number % 3 == 0 else "ok", attributes={"n": number})
    told.span(2, 3, "query", status="error")
    told.load(store)
    failed = [number for number in range(2, 40) if number % 3 == 0]
    assert finding("status:error").spans == [span_id(number) for number in failed]
    assert finding("status:error n>30 name:query").spans == [span_id(number) for number in failed if number > 30]
    assert finding("root:true").rows == [0]
    assert len(finding("").rows) == 39
    assert finding("n=404").rows == []


def test_log_records_too(store: Client, told: Telemetry, finding: Finding):
    told.span(1, 1, "GET /")
    told.span(1, 2, "lock", parent=1, at=MS)
    told.log("lock wait", trace=1, span=2, at=2 * MS, severity="warn")
    told.log("done", trace=1, span=1, at=3 * MS)
    told.log("lock wait", trace=2, span=2, severity="warn")
    told.load(store)
    assert [len(finding("lock").rows), len(finding("lock").logs)] == [1, 1]
    assert [len(finding("severity:warn").rows), len(finding("severity:warn").logs)] == [0, 1]
    found = finding("log.severity:warn")
    assert (found.spans, len(found.logs)) == ([span_id(2)], 1)


def test_spans_that_still_run(store: Client, told: Telemetry, finding: Finding):
    told.span(1, 1, "GET /")
    told.running(1, 2, "migrate", parent=1, attributes={"table": "videos"})
    told.running(1, 3, "ended", parent=1, attributes={"table": "videos"})
    told.span(1, 3, "ended", parent=1)
    told.load(store)
    assert finding("name:migrate").spans == [span_id(2)]
    assert finding("table:videos").spans == [span_id(2)]
    assert finding("running:lost").spans == finding("not running:false").spans == [span_id(2)]


def test_what_cannot_be_found(store: Client, told: Telemetry, finding: Finding):
    told.span(1, 1, attributes={"severity": "high"})
    told.load(store)
    with pytest.raises(NotFound):
        finding("status:error", 404)
    with pytest.raises(Invalid):
        finding("status:bad")
    with pytest.raises(Invalid, match="eror"):
        finding("severity:eror")
    assert finding("severity:high").spans == [span_id(1)]
