"""Clocks that disagree, and what is never moved."""

import pytest
from hypothesis import given
from traces_by_hand import any_spans, spans

from trivet.query.facts.skew import Timeline, timeline
from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import tree

CLIENT = {"kind": "client", "process": "web-1"}
SERVER = {"kind": "server", "process": "api-1"}


def corrected(*given_spans: tuple) -> Timeline:
    made = spans(*given_spans)
    return timeline(made, tree(made))


def test_a_server_span_outside_its_client_span_moves_to_the_middle_of_it():
    trace = corrected(("call", None, 100, 200, CLIENT), ("serve", "call", 20, 80, SERVER))
    assert trace.shift == [0, 100]
    assert (trace.start[1], trace.end[1]) == (120, 180)


def test_what_runs_below_in_the_same_process_moves_along():
    trace = corrected(
        ("call", None, 100, 200, CLIENT),
        ("serve", "call", 20, 80, SERVER),
        ("query", "serve", 30, 60, {"kind": "client", "process": "api-1"}),
        ("other", "query", 130, 140, {"kind": "internal", "process": "db-1"}),
    )
    assert trace.shift == [0, 100, 100, 0]


def test_the_next_pair_is_corrected_against_the_corrected_one():
    trace = corrected(
        ("call", None, 100, 200, CLIENT),
        ("serve", "call", 20, 80, SERVER),
        ("query", "serve", 30, 60, {"kind": "client", "process": "api-1"}),
        ("database", "query", 0, 10, {"kind": "server", "process": "db-1"}),
    )
    assert (trace.start[3], trace.end[3]) == (140, 150)


def test_one_inside_its_client_span_stays():
    assert corrected(("call", None, 100, 200, CLIENT), ("serve", "call", 100, 200, SERVER)).shift == [0, 0]


@pytest.mark.parametrize(("start", "end", "shift"), [(50, 180, 50), (110, 240, 0)])
def test_one_longer_than_its_client_span_moves_only_when_it_begins_before_it(start: int, end: int, shift: int):
    trace = corrected(("call", None, 100, 200, CLIENT), ("serve", "call", start, end, SERVER))
    assert trace.shift == [0, shift]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ({**CLIENT}, {"kind": "server", "process": "web-1"}),  # one process has one clock
        ({**CLIENT}, {"kind": "internal", "process": "api-1"}),
        ({"kind": "internal", "process": "web-1"}, {**SERVER}),
        ({"kind": "producer", "process": "web-1"}, {"kind": "consumer", "process": "api-1"}),
    ],
)
def test_nothing_else_is_moved(above: dict, below: dict):
    assert corrected(("above", None, 100, 200, above), ("below", "above", 20, 80, below)).shift == [0, 0]


def test_a_child_that_starts_at_or_after_the_end_is_asynchronous_and_never_moved():
    trace = corrected(("call", None, 100, 200, CLIENT), ("serve", "call", 200, 260, SERVER))
    assert trace.asynchronous == [False, True]
    assert trace.shift == [0, 0]


def test_a_consumer_is_asynchronous_even_inside_its_producer():
    trace = corrected(("send", None, 0, 100, {"kind": "producer"}), ("work", "send", 10, 20, {"kind": "consumer"}))
    assert trace.asynchronous == [False, True]


@given(any_spans())
def test_a_shift_moves_a_span_and_keeps_its_duration(given_spans: Spans):
    trace = timeline(given_spans, tree(given_spans))
    for row, shift in enumerate(trace.shift):
        assert trace.start[row] == given_spans.start[row] + shift
        lasts = trace.end[row] - trace.start[row]
        assert lasts >= given_spans.duration[row] if row in given_spans.open else lasts == given_spans.duration[row]
        if shift:
            assert not trace.asynchronous[row]


@given(any_spans())
def test_a_corrected_pair_fits_or_begins_with_its_client_span(given_spans: Spans):
    trace = timeline(given_spans, tree(given_spans))
    kind, process = given_spans.kind, given_spans.process
    for row, above in enumerate(trace.tree.parent):
        pair = above >= 0 and (kind[above], kind[row]) == ("client", "server") and process[above] != process[row]
        if pair and not trace.asynchronous[row]:
            assert trace.start[row] >= trace.start[above]
            if trace.end[row] - trace.start[row] <= trace.end[above] - trace.start[above]:
                assert trace.end[row] <= trace.end[above]
