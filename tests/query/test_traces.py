"""Lists of traces: what is in a line, orders, pages, and what runs."""

from collections.abc import Callable

import pytest
from query.conftest import Asking
from telemetry import MS, S, Telemetry, trace_id

from trivet.errors import Invalid
from trivet.query.answers import TraceList
from trivet.query.instant import Range
from trivet.query.origins import Resources
from trivet.query.trace import few as few_traces
from trivet.query.trace import lines as trace_lines
from trivet.query.trace import stored
from trivet.query.traces import TraceLists
from trivet.store.client import Client

BEGAN = 1_760_000_000 * S
HOUR = 3600 * S
List = Callable[..., TraceList]


@pytest.fixture
def told() -> Telemetry:
    return Telemetry(start=BEGAN)


@pytest.fixture(params=["few spans", "many spans"])
def traces(asking: Asking, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> List:
    """Asked as of a small store, and as of one where the times of traces are found out first."""
    if request.param == "many spans":
        monkeypatch.setattr(stored, "FEW", 0)

    def ask(
        filter: str = "", *, order: str = "newest", limit: int = 100, cursor: str | None = None,
        start: int = BEGAN - HOUR, end: int = BEGAN + HOUR,
    ) -> TraceList:  # fmt: skip
        return asking(
            lambda ask: TraceLists(ask, Resources(ask), lost_after=30 * S).traces(
                filter, Range(start, end), order, limit, cursor
            )
        )

    return ask


def numbers(found: TraceList) -> list[int]:
    return [int(row.trace_id, 16) for row in found.traces]


def paged(traces: List, limit: int, **asked: object) -> list[int]:
    """All traces of a list, read page by page."""
    seen: list[int] = []
    cursor = None
    while True:
        found = traces(limit=limit, cursor=cursor, **asked)
        assert len(found.traces) <= limit
        seen += numbers(found)
        if found.next is None:
            return seen
        cursor = found.next


def test_a_line_tells_the_root_and_each_services_part(store: Client, told: Telemetry, traces: List):
    told.span(1, 1, "POST /videos", service="web", kind="server", lasts=100 * MS, status="error")
    told.span(1, 2, "call", parent=1, at=10 * MS, lasts=60 * MS, service="web", kind="client")
    told.span(1, 3, "serve", parent=2, at=20 * MS, lasts=30 * MS, service="api", kind="server", status="error")
    told.span(1, 4, "beside", parent=2, at=40 * MS, lasts=20 * MS, service="api")
    told.span(1, 5, "later", parent=1, at=200 * MS, lasts=50 * MS, service="worker", kind="consumer")
    told.log("one", at=MS, trace=1, span=1)
    told.log("two", at=2 * MS, trace=1)
    told.load(store)
    [row] = traces().traces
    assert (row.trace_id, row.root, row.service, row.name) == (trace_id(1), "received", "web", "POST /videos")
    assert (row.start, row.duration, row.status) == (str(BEGAN), 100 * MS, "error")
    assert (row.extent.start, row.extent.end) == (str(BEGAN), str(BEGAN + 250 * MS))
    assert (row.spans, row.errors, row.logs, row.running, row.complete) == (5, 2, 2, False, True)
    parts = {part.name: (part.spans, part.errors, part.self_time) for part in row.services}
    assert parts == {"web": (2, 1, 40 * MS + 20 * MS), "api": (2, 1, 50 * MS), "worker": (1, 0, 50 * MS)}


def test_very_many_spans_are_summed_up_in_the_engine(
    store: Client, told: Telemetry, traces: List, monkeypatch: pytest.MonkeyPatch
):
    told.span(1, 1, "root", lasts=100 * MS, status="error")
    told.span(1, 2, "call", parent=1, at=10 * MS, lasts=60 * MS, service="api")
    told.span(1, 3, "within", parent=1, at=20 * MS, lasts=30 * MS, service="api")
    told.span(1, 4, "job", parent=2, at=15 * MS, lasts=90 * MS, service="worker", kind="consumer")
    told.span(2, 5, "orphan", parent=9, at=1, service="api")
    told.span(2, 7, "before its parent", parent=5, at=0, lasts=S)
    told.running(1, 6, "runs", parent=1, at=80 * MS, seen=90 * MS)
    told.running(3, 7, "migration", at=-S, seen=S)
    told.log("one", trace=1)
    told.load(store)
    few = traces().traces
    monkeypatch.setattr(trace_lines, "MOST_SPANS", 2)
    assert traces().traces == few
    assert [row.name for row in few] == ["orphan", "root", "migration"]
    assert [part.self_time for part in few[1].services] == [90 * MS, 90 * MS, 40 * MS]


def test_a_trace_without_its_root_is_told_by_the_earliest_span(store: Client, told: Telemetry, traces: List):
    told.span(2, 2, "second", parent=1, at=5 * MS)
    told.span(2, 3, "first", parent=1, at=1 * MS, lasts=7 * MS)
    told.load(store)
    [row] = traces().traces
    assert (row.root, row.name, row.duration, row.complete) == ("local", "first", 7 * MS, False)


def test_a_span_whose_parent_has_come_does_not_stand_for_its_trace(store: Client, told: Telemetry, traces: List):
    """However early it was by its own clock; filters and orders mean the same span."""
    told.span(1, 1, "rooted", lasts=30 * MS)
    told.span(2, 2, "above", parent=9, at=5 * MS, lasts=50 * MS)
    told.span(2, 3, "ahead", parent=2, at=1 * MS, lasts=7 * MS)
    told.span(3, 4, "one root", at=2 * MS, lasts=20 * MS)
    told.span(3, 5, "another", at=3 * MS, lasts=900 * MS)
    told.load(store)
    assert [row.name for row in traces(order="slowest").traces] == ["above", "rooted", "one root"]
    for filter, found in {
        "trace.duration=50ms": [2],
        "trace.duration=7ms": [],
        "trace.duration<=30ms": [3, 1],
        "trace.duration>100ms": [],
        "root.name:above": [2],
        "root.name:ahead": [],
        "root.name:another": [],
        "root.duration>25ms": [2, 1],
    }.items():
        assert numbers(traces(filter)) == found, filter


def test_resends_count_once(store: Client, traces: List):
    for _ in range(2):
        again = Telemetry(start=BEGAN)
        again.span(3, 1, status="error")
        again.log("x", trace=3, span=1)
        again.load(store)
    [row] = traces(order="errors").traces
    assert (row.spans, row.errors, row.logs) == (1, 1, 1)


def test_orders(store: Client, told: Telemetry, traces: List):
    told.span(1, 1, at=0, lasts=3 * S)
    told.span(2, 1, at=1 * S, lasts=1 * S, status="error")
    told.span(3, 1, at=2 * S, lasts=2 * S)
    told.span(3, 2, at=2 * S, parent=1, status="error")
    told.span(3, 3, at=2 * S, parent=1, status="error", lasts=9 * S)
    told.load(store)
    assert numbers(traces(order="newest")) == [3, 2, 1]
    assert numbers(traces(order="oldest")) == [1, 2, 3]
    assert numbers(traces(order="slowest")) == [1, 3, 2]
    assert numbers(traces(order="fastest")) == [2, 3, 1]
    assert numbers(traces(order="errors")) == [3, 2, 1]
    with pytest.raises(Invalid, match="no order 'best'"):
        traces(order="best")


@pytest.mark.parametrize("order", ["newest", "oldest", "slowest", "fastest", "errors"])
def test_pages_show_every_trace_once_in_the_order(store: Client, told: Telemetry, traces: List, order: str):
    for number in range(1, 24):
        told.span(number, 1, at=number * 97 % 23 * S, lasts=number * 31 % 7 * MS, status=["ok", "error"][number % 2])
    told.load(store)
    whole = numbers(traces(order=order))
    assert sorted(whole) == list(range(1, 24))
    assert paged(traces, 5, order=order) == whole


def test_pages_are_stable_while_data_arrives(store: Client, told: Telemetry, traces: List):
    for number in range(1, 7):
        told.span(number, 1, at=number * S)
    told.received -= S
    told.load(store)
    first = traces(limit=3)
    late = Telemetry(start=BEGAN)
    late.received += HOUR
    late.span(100, 1, at=2 * S)
    late.span(5, 2, parent=1, at=0)
    late.load(store)
    assert numbers(first) + numbers(traces(limit=3, cursor=first.next)) == [6, 5, 4, 3, 2, 1]


def test_a_filter_selects_by_one_span_that_matches_all_of_it(store: Client, told: Telemetry, traces: List):
    told.span(1, 1, service="web")
    told.span(1, 2, service="api", parent=1, status="error")
    told.span(2, 1, service="web", status="error")
    told.span(2, 2, service="api", parent=1)
    told.log("boom", trace=1, severity="error", service="api")
    told.log("fine", trace=2, severity="info", service="api")
    told.load(store)
    assert numbers(traces("service:api status:error")) == [1]
    assert numbers(traces("log.severity:error service:api")) == [1]
    assert numbers(traces("log.body~fine")) == [2]
    assert numbers(traces("{service:api status:error} or {service:web status:error}", order="oldest")) == [1, 2]
    assert numbers(traces("nothing:here")) == []


def test_the_range_takes_a_trace_by_a_span_that_matches_in_it(store: Client, told: Telemetry, traces: List):
    told.span(1, 1, "root", at=-90 * 60 * S, lasts=3 * HOUR)
    told.span(1, 2, "inside", parent=1, at=0)
    told.span(2, 1, "before", at=-2 * HOUR)
    told.load(store)
    [row] = traces().traces
    assert (row.name, row.duration) == ("root", 3 * HOUR)
    assert numbers(traces("name:inside")) == [1]
    assert numbers(traces("name:root")) == []


def test_what_runs_is_listed_in_every_range_that_it_overlaps(store: Client, told: Telemetry, traces: List):
    told.running(1, 1, "migration", at=-4 * HOUR, seen=0, service="web")
    told.span(2, 1, "request", at=1 * S)
    told.running(2, 2, "slow", parent=1, at=1 * S, seen=9 * S)
    told.span(3, 1, "done", at=2 * S, lasts=5 * S)
    told.running(3, 1, "done", at=2 * S, seen=4 * S)
    told.load(store)
    rows = {int(row.trace_id, 16): row for row in traces().traces}
    assert (rows[1].name, rows[1].running, rows[1].duration) == ("migration", True, 4 * HOUR)
    assert (rows[1].complete, rows[1].root) == (False, "received")
    assert (rows[2].spans, rows[2].running, rows[2].complete) == (2, True, False)
    assert (rows[3].spans, rows[3].running, rows[3].complete) == (1, False, True)
    assert [rows[number].root_state for number in (1, 2, 3)] == ["running", "ended", "ended"]
    assert numbers(traces("name:migration")) == [1]
    assert numbers(traces("running:true")) == [2, 1]
    assert numbers(traces("running:lost")) == []
    assert numbers(traces(start=BEGAN - 6 * HOUR, end=BEGAN - 5 * HOUR)) == []
    assert numbers(traces(start=BEGAN - 4 * HOUR - S, end=BEGAN - 3 * HOUR)) == [1]
    assert numbers(traces(start=BEGAN + HOUR, end=BEGAN + 2 * HOUR)) == [2, 1]


def test_a_lost_span_lasts_until_it_was_last_seen(store: Client, told: Telemetry, traces: List):
    told.received -= HOUR
    told.running(1, 1, at=0, seen=10 * S)
    told.load(store)
    assert numbers(traces("running:lost")) == [1]
    assert traces().traces[0].root_state == "lost"
    assert numbers(traces(start=BEGAN + 10 * S, end=BEGAN + HOUR)) == [1]
    assert numbers(traces(start=BEGAN + 11 * S, end=BEGAN + HOUR)) == []


@pytest.mark.parametrize("order", ["newest", "oldest", "slowest"])
def test_pages_with_running_traces_show_each_once(store: Client, told: Telemetry, traces: List, order: str):
    for number in range(1, 9):
        told.span(number, 1, at=number * S, lasts=number * MS)
    told.running(3, 9, parent=1, at=3 * S, seen=4 * S)
    told.running(50, 1, at=-3 * HOUR, seen=5 * S)
    told.running(51, 1, at=5 * S + MS, seen=6 * S)
    told.load(store)
    whole = numbers(traces(order=order))
    assert sorted(whole) == [1, 2, 3, 4, 5, 6, 7, 8, 50, 51]
    for limit in (1, 2, 3, 4):
        assert paged(traces, limit, order=order) == whole


def test_cursors_of_other_lists_and_damaged_ones_are_refused(store: Client, told: Telemetry, traces: List):
    for number in range(1, 4):
        told.span(number, 1, at=number * S)
    told.load(store)
    cursor = traces(limit=1).next
    for asked in ({"order": "slowest", "cursor": cursor}, {"cursor": "x"}, {"cursor": cursor[:-4]}, {"cursor": "é"}):
        with pytest.raises(Invalid) as raised:
            traces(limit=1, **asked)
        assert raised.value.code == "bad_cursor"


@pytest.mark.parametrize(("most", "seconds"), [(2, 10_000), (200, 3)])
def test_traces_that_are_many_or_last_long_are_found_the_same(
    store: Client, told: Telemetry, traces: List, monkeypatch: pytest.MonkeyPatch, most: int, seconds: int
):
    monkeypatch.setattr("trivet.query.traces.MOST", most)
    monkeypatch.setattr(few_traces, "MOST_SECONDS", seconds)
    for number in range(1, 6):
        told.span(number, 1, "GET /", at=number * S, lasts=90 * S, attributes={"user": "u"})
        told.span(number, 2, "work", parent=1, at=(number + 80) * S, lasts=S)
        told.log("done", trace=number, at=(number + 89) * S)
    told.load(store)
    found = traces("user=u")
    assert numbers(found) == [5, 4, 3, 2, 1]
    assert [(row.spans, row.logs) for row in found.traces] == [(2, 1)] * 5
    assert numbers(traces("log.body:done", order="oldest")) == [1, 2, 3, 4, 5]
    assert numbers(traces("user=nobody")) == []
