"""What the end of a trace waited for: by hand, and never more than the time there was."""

from itertools import pairwise

from hypothesis import given
from traces_by_hand import any_spans, explained, path

from trivet.query.facts.critical_path import critical_path, critical_path_extent
from trivet.query.facts.skew import timeline
from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import tree


def test_the_last_child_to_end_was_waited_for():
    trace = explained(
        ("root", None, 0, 100),
        ("quick", "root", 10, 40),
        ("slow", "root", 10, 80),
        ("query", "slow", 20, 60),
    )
    assert path(trace, trace.critical_path) == [
        ("root", 0, 10),
        ("slow", 10, 20),
        ("query", 20, 60),
        ("slow", 60, 80),
        ("root", 80, 100),
    ]


def test_siblings_one_after_the_other_are_all_on_it():
    trace = explained(("root", None, 0, 100), ("a", "root", 10, 50), ("b", "root", 50, 90))
    assert path(trace, trace.critical_path) == [("root", 0, 10), ("a", 10, 50), ("b", 50, 90), ("root", 90, 100)]


def test_a_sibling_that_overlaps_the_one_waited_for_is_not():
    trace = explained(("root", None, 0, 100), ("a", "root", 10, 60), ("b", "root", 50, 90), ("c", "root", 5, 45))
    assert path(trace, trace.critical_path) == [
        ("root", 0, 5),
        ("c", 5, 45),
        ("root", 45, 50),
        ("b", 50, 90),
        ("root", 90, 100),
    ]


def test_a_span_that_has_not_ended_waits_for_what_began_after_it_was_last_seen():
    trace = explained(
        ("root", None, 0, 16, {"open": True}),
        ("batch", "root", 28, 30, {"open": True}),
        ("statement", "batch", 31, 33, {"open": True}),
        ("job", "statement", 40, 50, {"kind": "consumer"}),
    )
    assert path(trace, trace.critical_path) == [("root", 0, 28), ("batch", 28, 31), ("statement", 31, 33)]


def test_a_child_that_outlives_its_parent_is_cut_at_the_parents_end():
    trace = explained(("root", None, 0, 100), ("child", "root", 40, 150), ("inner", "child", 60, 140))
    assert path(trace, trace.critical_path) == [("root", 0, 40), ("child", 40, 60), ("inner", 60, 100)]


def test_a_child_that_begins_before_its_parent_is_cut_there():
    trace = explained(("root", None, 10, 100), ("child", "root", 0, 90))
    assert path(trace, trace.critical_path) == [("child", 10, 90), ("root", 90, 100)]


def test_asynchronous_children_are_not_on_the_roots_path_but_on_the_extents():
    trace = explained(
        ("root", None, 0, 100),
        ("send", "root", 40, 50, {"kind": "producer"}),
        ("work", "send", 200, 300, {"kind": "consumer", "process": "worker"}),
        ("query", "work", 210, 290, {"process": "worker"}),
    )
    assert path(trace, trace.critical_path) == [("root", 0, 40), ("send", 40, 50), ("root", 50, 100)]
    assert path(trace, trace.critical_path_extent) == [
        ("root", 0, 40),
        ("send", 40, 50),
        ("work", 50, 200, "queue"),
        ("work", 200, 210),
        ("query", 210, 290),
        ("work", 290, 300),
    ]


def test_a_consumer_that_starts_before_its_producer_ended_waited_for_nothing():
    trace = explained(
        ("send", None, 0, 100, {"kind": "producer"}),
        ("connect", "send", 10, 30),
        ("flush", "send", 60, 90),
        ("work", "send", 50, 200, {"kind": "consumer"}),
    )
    assert path(trace, trace.critical_path_extent) == [
        ("send", 0, 10),
        ("connect", 10, 30),
        ("send", 30, 50),
        ("work", 50, 200),
    ]


def test_jobs_that_make_jobs_are_followed_through_every_queue():
    trace = explained(
        ("a", None, 0, 10, {"kind": "producer"}),
        ("b", "a", 20, 30, {"kind": "consumer"}),
        ("c", "b", 45, 50, {"kind": "consumer"}),
    )
    assert path(trace, trace.critical_path_extent) == [
        ("a", 0, 10),
        ("b", 10, 20, "queue"),
        ("b", 20, 30),
        ("c", 30, 45, "queue"),
        ("c", 45, 50),
    ]


def test_a_synchronous_child_that_outlives_the_root_ends_the_extent():
    trace = explained(("root", None, 0, 100), ("child", "root", 40, 150))
    assert path(trace, trace.critical_path_extent) == [("root", 0, 40), ("child", 40, 150)]


def test_ten_thousand_levels_and_fifty_thousand_children():
    deep = [(str(i), str(i - 1) if i else None, i, 20_000 - i) for i in range(10_000)]
    trace = explained(*deep)
    assert sum(s.end - s.start for s in trace.critical_path) == 20_000
    wide = [("root", None, 0, 100_000), *((str(i), "root", 2 * i, 2 * i + 1) for i in range(50_000))]
    assert len(explained(*wide).critical_path) == 100_000


@given(any_spans())
def test_the_path_of_the_root_is_a_partition_of_its_time(given_spans: Spans):
    trace = timeline(given_spans, tree(given_spans))
    segments = critical_path(trace)
    root = trace.tree.root
    if trace.start[root] == trace.end[root]:
        assert segments == []
        return
    assert segments[0].start == trace.start[root]
    assert segments[-1].end == trace.end[root]
    assert [s.end for s in segments[:-1]] == [s.start for s in segments[1:]]
    for segment in segments:
        assert trace.start[segment.row] <= segment.start < segment.end <= trace.end[segment.row]
        assert not trace.asynchronous[segment.row] or segment.row == root


@given(any_spans())
def test_the_path_of_the_extent_never_overlaps_itself_and_stays_inside_the_trace(given_spans: Spans):
    trace = timeline(given_spans, tree(given_spans))
    segments = critical_path_extent(trace)
    assert all(before.end <= after.start for before, after in pairwise(segments))
    assert all(trace.first <= s.start < s.end <= trace.last for s in segments)
    if segments:
        assert segments[-1].end == trace.last
    for segment in segments:
        if segment.queue:
            assert trace.asynchronous[segment.row]
            assert segment.end <= trace.start[segment.row]
