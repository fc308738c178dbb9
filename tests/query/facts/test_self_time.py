"""Self time and gaps, by hand and as sums that must add up."""

from hypothesis import given
from traces_by_hand import any_spans, spans

from trivet.query.facts.self_time import covered, gaps, self_times
from trivet.query.facts.skew import Timeline, timeline
from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import tree


def trace_of(*given_spans: tuple) -> Timeline:
    made = spans(*given_spans)
    return timeline(made, tree(made))


def test_children_that_overlap_count_once():
    trace = trace_of(("root", None, 0, 100), ("a", "root", 10, 50), ("b", "root", 30, 70), ("c", "root", 80, 90))
    assert self_times(trace) == [30, 40, 40, 10]
    assert list(covered(trace, 0)) == [(10, 70), (80, 90)]
    assert list(gaps(trace, 0)) == [(0, 10), (70, 80), (90, 100)]


def test_a_child_is_cut_to_its_parent():
    trace = trace_of(("root", None, 10, 100), ("early", "root", 0, 20), ("late", "root", 90, 150))
    assert self_times(trace)[0] == 70
    assert list(gaps(trace, 0)) == [(20, 90)]


def test_a_child_within_another_takes_nothing_more():
    trace = trace_of(("root", None, 0, 100), ("long", "root", 10, 90), ("short", "root", 20, 30), ("b", "root", 95, 99))
    assert list(covered(trace, 0)) == [(10, 90), (95, 99)]
    assert self_times(trace)[0] == 16


def test_asynchronous_children_take_nothing():
    trace = trace_of(
        ("root", None, 0, 100),
        ("job", "root", 20, 80, {"kind": "consumer"}),
        ("after", "root", 100, 180),
    )
    assert self_times(trace) == [100, 60, 80]
    assert list(gaps(trace, 0)) == []


def test_a_leaf_has_no_gap():
    assert list(gaps(trace_of(("leaf", None, 0, 100)), 0)) == []


def test_self_time_uses_corrected_clocks():
    trace = trace_of(
        ("call", None, 100, 200, {"kind": "client", "process": 1}),
        ("serve", "call", 20, 80, {"kind": "server", "process": 2}),
    )
    assert self_times(trace) == [40, 60]


@given(any_spans())
def test_self_time_and_children_add_up_to_the_duration(given_spans: Spans):
    trace = timeline(given_spans, tree(given_spans))
    for row, own in enumerate(self_times(trace)):
        union = {
            at
            for child in trace.waited_for(row)
            for at in range(max(trace.start[child], trace.start[row]), min(trace.end[child], trace.end[row]))
        }
        assert own == trace.end[row] - trace.start[row] - len(union)


@given(any_spans())
def test_gaps_and_covered_time_partition_a_span(given_spans: Spans):
    trace = timeline(given_spans, tree(given_spans))
    for row, own in enumerate(self_times(trace)):
        missing, taken = list(gaps(trace, row)), list(covered(trace, row))
        if taken:
            assert sum(end - start for start, end in missing) == own
            edges = [edge for stretch in sorted(missing + taken) for edge in stretch]
            assert edges[0] == trace.start[row]
            assert edges[-1] == trace.end[row]
            assert edges[1:-1:2] == edges[2::2]
        else:
            assert missing == []
