"""First error, folds, shares and gaps of a whole trace, and that a very large one takes no longer than it may."""

import time

from hypothesis import given
from traces_by_hand import any_spans, explained, names

from trivet.query.facts.explain import MOST_GAPS, explain
from trivet.query.facts.folds import Fold
from trivet.query.facts.shares import Share
from trivet.query.facts.spans import Spans

FAILED = {"error": True}


def test_the_first_error_is_the_one_that_ended_first():
    trace = explained(
        ("root", None, 0, 100, FAILED),
        ("a", "root", 10, 60, FAILED),
        ("b", "root", 20, 50, FAILED),
        ("c", "root", 1, 2),
    )
    assert names(trace, [trace.first_error]) == ["b"]


def test_of_two_errors_that_ended_together_the_inner_one_is_first():
    trace = explained(("root", None, 0, 100, FAILED), ("a", "root", 10, 100, FAILED))
    assert names(trace, [trace.first_error]) == ["a"]


def test_no_error_is_none():
    assert explained(("root", None, 0, 100)).first_error is None


def test_runs_of_like_siblings_fold():
    queries = [(f"q{i}", "root", 10 * i, 10 * i + 5, {"name": "SELECT"}) for i in range(1, 5)]
    trace = explained(("root", None, 0, 100), *queries)
    assert trace.folds == [Fold(parent=0, service="web", name="SELECT", count=4, total=20)]


def test_a_run_ends_where_another_name_or_service_comes_between():
    kinds = ["x", "x", "x", "y", "x", "x"]
    rows = [(f"s{i}", "root", i, i + 1, {"name": kind}) for i, kind in enumerate(kinds)]
    strangers = [(f"z{i}", "root", 10 + i, 11 + i, {"name": "x", "service": f"api-{i}"}) for i in range(3)]
    trace = explained(("root", None, 0, 100), *rows, *strangers)
    assert [(fold.name, fold.count) for fold in trace.folds] == [("x", 3)]


def test_shares_put_the_critical_service_first():
    trace = explained(
        ("root", None, 0, 100, {"service": "web"}),
        ("call", "root", 10, 90, {"service": "api", "error": True}),
        ("beside", "root", 10, 80, {"service": "cache"}),
    )
    assert trace.shares == [
        Share("api", spans=1, errors=1, self_time=80, critical_time=80),
        Share("web", spans=1, errors=0, self_time=20, critical_time=20),
        Share("cache", spans=1, errors=0, self_time=70, critical_time=0),
    ]


def test_of_many_gaps_the_longest_are_told_in_order_of_time():
    children = [(f"c{i}", "root", 1000 * i, 1000 * i + 999 - i) for i in range(1, 201)]
    trace = explained(("root", None, 0, 202_000), *children)
    assert len(trace.gaps) == MOST_GAPS
    assert trace.gaps == sorted(trace.gaps, key=lambda gap: gap.start)
    assert min(gap.end - gap.start for gap in trace.gaps) > 100


def test_a_hundred_thousand_spans_are_explained_in_about_a_second():
    """Half of them below one span, the rest 10,000 deep; the bound leaves a slow machine three times that."""
    wide = [(f"w{i}", "root", 10 * i, 10 * i + 8) for i in range(50_000)]
    deep = [(f"d{i}", f"d{i - 1}" if i else "root", i, 600_000 - i) for i in range(10_000)]
    bushes = [(f"b{i}", f"w{i}", 10 * i + 1, 10 * i + 5, {"kind": "server", "process": i % 9}) for i in range(39_999)]
    given_spans = [("root", None, 0, 1_000_000), *wide, *deep, *bushes]
    began = time.process_time()
    trace = explained(*given_spans)
    assert time.process_time() - began < 4
    assert trace.trace.tree.depth == 10_001


@given(any_spans())
def test_shares_add_up_to_the_trace(given_spans: Spans):
    trace = explain(given_spans)
    assert sum(share.spans for share in trace.shares) == len(given_spans)
    assert sum(share.errors for share in trace.shares) == sum(given_spans.error)
    assert sum(share.self_time for share in trace.shares) == sum(trace.self_time)
    root = trace.trace.tree.root
    assert sum(share.critical_time for share in trace.shares) == trace.trace.end[root] - trace.trace.start[root]


@given(any_spans())
def test_folds_hold_siblings_only_once(given_spans: Spans):
    trace = explain(given_spans)
    for parent, children in trace.trace.tree.children.items():
        assert sum(fold.count for fold in trace.folds if fold.parent == parent) <= len(children)
