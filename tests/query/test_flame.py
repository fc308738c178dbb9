"""Flame graphs and differences out of a real store, and the sums behind a difference."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from query.conftest import Asking
from telemetry import MS, S, Telemetry, trace_id
from traces_by_hand import any_spans

from trivet.errors import NotFound
from trivet.query.facts.skew import timeline
from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import tree
from trivet.query.instant import ALL_TIME, Range
from trivet.query.merged import flame as flame_module
from trivet.query.merged.answers import Diff, Flame, FlameNode
from trivet.query.merged.diff import DiffQuestions, Side, diff, roots
from trivet.query.merged.flame import FlameQuestions
from trivet.query.merged.forest import Forest, Forests, TreeLimits
from trivet.query.origins import Resources
from trivet.store.client import Client

BEGAN = 1_760_000_000 * S
WITHIN = Range(BEGAN - S, BEGAN + 100 * S)


@pytest.fixture
def shop(store: Client) -> Client:
    """Ten requests; span ids repeat from trace to trace. The last five wait 60 ms for the database instead of 10."""
    told = Telemetry(start=BEGAN)
    for number in range(1, 11):
        slow = number > 5
        told.span(number, 1, "GET /", at=number * S, lasts=(100 if slow else 50) * MS, kind="server",
                  attributes={"slow": slow})  # fmt: skip
        told.span(number, 2, "query", parent=1, at=number * S + 10 * MS, lasts=(60 if slow else 10) * MS, service="db",
                  status="error" if number == 10 else "unset")  # fmt: skip
    told.span(10, 2, "query", parent=1, at=10 * S + 10 * MS, lasts=60 * MS, service="db", status="error")  # a resend
    told.log("slow query", trace=7, span=2, at=7 * S)
    told.load(store)
    return store


@pytest.fixture
def flame(asking: Asking):
    def ask(filter: str = "", traces: int = 2000, view="top_down", focus: str = "") -> Flame:
        return asking(
            lambda ask: FlameQuestions(Forests(ask, Resources(ask))).flame(filter, WITHIN, traces, view, focus)
        )

    return ask


@pytest.fixture
def differ(asking: Asking):
    def ask(a: Side, b: Side) -> Diff:
        return asking(lambda ask: DiffQuestions(Forests(ask, Resources(ask))).diff(a, b))

    return ask


def one(number: int) -> Side:
    return Side(trace_id(number), "", ALL_TIME, 1)


def some(filter: str) -> Side:
    return Side(None, filter, WITHIN, 1000)


def test_all_traces_as_one(shop: Client, flame):
    answer = flame()
    assert (answer.traces, answer.spans, answer.left_out, answer.truncated) == (10, 20, 0, False)
    query = FlameNode("db", "query", 10, 1, 350 * MS, 350 * MS, [])
    assert answer.root == FlameNode("web", "GET /", 10, 0, 750 * MS, 400 * MS, [query])


def test_from_the_bottom_the_first_level_is_every_function(shop: Client, flame):
    root = flame(view="bottom_up").root
    assert (root.service, root.total, root.own) == (None, 750 * MS, 0)
    assert [(node.name, node.own) for node in root.children] == [("GET /", 400 * MS), ("query", 350 * MS)]
    assert root.children[1].children[0] == FlameNode("web", "GET /", 10, 1, 350 * MS, 0, [])


def test_a_filter_selects_whole_traces_by_one_span_or_record(shop: Client, flame):
    assert flame("service:db status:error").root.total == 100 * MS
    assert flame('log.body:"slow query"').traces == 1
    nothing = flame("service:nobody")
    assert (nothing.traces, nothing.root) == (0, FlameNode(None, "all", 0, 0, 0, 0, []))
    assert flame(focus="db").root.name == "query"


def test_more_traces_than_wanted_are_said_and_the_sample_stays_the_same(shop: Client, flame):
    answer = flame(traces=3)
    assert (answer.traces, answer.truncated) == (3, True)
    assert flame(traces=3).root == answer.root


def test_the_deepest_tree_that_goes_out_can_be_encoded_and_read(store: Client, flame):
    told = Telemetry(start=BEGAN)
    for level in range(1, 2001):
        told.span(1, level, f"f{level}", parent=level - 1 or None, lasts=S - level)
    told.load(store)
    answer = flame()
    assert answer.left_out == 2000 - flame_module.MOST_LEVELS
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Flame) == answer


def test_limits_leave_out_the_smallest_and_say_how_many(store: Client, asking: Asking):
    told = Telemetry(start=BEGAN)
    for number in range(1, 31):
        told.span(number, 1, f"root {number}", lasts=100 * MS)
        told.span(number, 2, "query", parent=1, at=MS, lasts=number * MS)
    told.load(store)

    def asked(view: str, limits: TreeLimits) -> Flame:
        return asking(
            lambda ask: FlameQuestions(Forests(ask, Resources(ask), limits), limits).flame("", WITHIN, 100, view, "")
        )

    few = asked("bottom_up", TreeLimits(nodes=12))
    assert few.root.total == 30 * 100 * MS
    [query] = [each for each in few.root.children if each.name == "query"]
    assert (query.count, query.total) == (30, sum(range(31)) * MS)
    assert (len(every(few.root)), few.left_out) == (12, 50)
    assert asked("top_down", TreeLimits(nodes=11)).left_out == 50
    cut = asked("top_down", TreeLimits(spans=21))
    assert (cut.traces, cut.spans, cut.truncated) == (10, 20, True)


def test_what_explains_is_cut_at_a_limit_and_says_so(store: Client, asking: Asking):
    told = Telemetry(start=BEGAN)
    for trace, factor in ((1, 1), (2, 2)):
        told.span(trace, 1, "GET /", lasts=100 * MS)
        for number in range(2, 12):
            told.span(trace, number, f"part {number}", parent=1, at=number * 8 * MS, lasts=factor * number * 100_000)
    told.load(store)
    answer = asking(lambda ask: DiffQuestions(Forests(ask, Resources(ask))).diff(one(1), one(2), limit=3))
    assert [each.name for each in answer.explains] == ["GET /", "part 11", "part 10"]
    assert answer.explains_left_out == 8


def test_two_traces(shop: Client, differ):
    answer = differ(one(1), one(6))
    assert (answer.a.duration, answer.b.duration) == (50 * MS, 100 * MS)
    assert [(each.name, each.delta) for each in answer.explains] == [("query", 50 * MS)]
    assert answer.root.delta == answer.root.children[0].delta == 50 * MS
    assert (answer.root.a.p50, answer.root.b.p50, answer.root.a.own, answer.root.b.own) == (
        50 * MS, 100 * MS, 40 * MS, 40 * MS,
    )  # fmt: skip


def test_two_sets_are_compared_per_trace(shop: Client, differ):
    answer = differ(some("slow:false"), some('slow:true status:error or (slow:true name:"GET /")'))
    assert (answer.a.traces, answer.b.traces) == (5, 5)
    assert answer.root.b.total == 500 * MS
    assert answer.root.delta == 50 * MS
    assert [(each.name, each.delta) for each in differ(one(6), some("slow:false")).explains] == [("query", -50 * MS)]


def test_a_side_without_traces_is_named(shop: Client, differ):
    with pytest.raises(NotFound, match="side b"):
        differ(one(1), one(99))


def test_what_only_one_side_has(store: Client, differ):
    told = Telemetry(start=BEGAN)
    told.span(1, 1, "GET /", lasts=50 * MS)
    told.span(2, 1, "GET /", lasts=70 * MS)
    told.span(2, 2, "retry", parent=1, at=10 * MS, lasts=40 * MS)
    told.load(store)
    answer = differ(one(1), one(2))
    [retry] = answer.root.children
    assert (retry.a.count, retry.a.p50, retry.b.count, retry.delta) == (0, None, 1, 40 * MS)
    assert [(each.name, each.delta) for each in answer.explains] == [("retry", 40 * MS), ("GET /", -20 * MS)]


def grown(given_spans: Spans) -> Forest:
    """A forest of one trace; all of its spans have ended, as those of the store have."""
    ended = replace(given_spans, open=frozenset())
    return Forest(timeline(ended, tree(ended)), [0] * len(ended), 1, False)


@given(any_spans(), any_spans())
def test_what_explains_a_difference_adds_up_to_it(a: Spans, b: Spans):
    before, after = grown(a), grown(b)
    answer = diff(before, after)
    [first], [second] = roots(before), roots(after)
    assert sum(each.delta for each in answer.explains) == b.duration[second] - a.duration[first]
    assert (answer.a.duration, answer.b.duration) == (a.duration[first], b.duration[second])


@given(any_spans())
def test_a_trace_does_not_differ_from_itself(same: Spans):
    answer = diff(grown(same), grown(same))
    assert answer.explains == []
    assert all(node.delta == 0 and node.a == node.b for node in every(answer.root))


def every(node: Any) -> list[Any]:
    return [node, *(each for child in node.children for each in every(child))]
