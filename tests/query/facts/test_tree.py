"""Who called whom, whatever arrives."""

from hypothesis import given
from traces_by_hand import any_spans, spans

from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import tree


def test_levels_count_from_one():
    made = tree(spans(("root", None, 0, 9), ("a", "root", 1, 8), ("b", "a", 2, 3), ("c", "root", 4, 5)))
    assert made.level == [1, 2, 3, 2]
    assert made.depth == 3
    assert made.children == {0: [1, 3], 1: [2]}


def test_children_come_by_start_whatever_the_order_of_arrival():
    made = tree(spans(("late", "root", 5, 6), ("early", "root", 1, 2), ("root", None, 0, 9)))
    assert made.below(2) == [1, 0]
    assert made.root == 2


def test_a_span_whose_parent_has_not_arrived_is_an_orphan_and_stands_in_for_the_root():
    made = tree(spans(("b", "gone", 7, 9), ("a", "gone", 1, 5), ("c", "a", 2, 3)))
    assert made.roots == []
    assert made.orphans == [1, 0]
    assert made.root == 1


def test_a_received_root_wins_over_an_earlier_orphan():
    made = tree(spans(("orphan", "gone", 0, 9), ("root", None, 5, 6)))
    assert made.root == 1
    assert made.orphans == [0]


def test_a_circle_is_cut_at_its_earliest_span():
    made = tree(spans(("b", "a", 5, 6), ("a", "c", 1, 2), ("c", "b", 7, 8), ("hanging", "c", 0, 9)))
    assert made.orphans == [1]
    assert made.order == [1, 0, 2, 3]
    assert made.parent == [1, -1, 0, 2]


def test_a_span_that_is_its_own_parent():
    made = tree(spans(("root", None, 0, 9), ("self", "self", 1, 2)))
    assert made.roots == [0]
    assert made.orphans == [1]
    assert made.level == [1, 1]


def test_of_two_spans_with_one_id_the_first_is_the_parent():
    made = tree(spans(("root", None, 0, 9), ("twin", "root", 1, 4), ("twin", "root", 1, 4), ("child", "twin", 2, 3)))
    assert made.children == {0: [1, 2], 1: [3]}


def test_a_hundred_thousand_spans_in_one_chain_need_no_recursion():
    count = 100_000
    ids = [str(i) for i in range(count)]
    same = [""] * count
    chain = Spans(ids, [None, *ids[:-1]], same, same, same, [0] * count, [1] * count, [False] * count, same)
    assert tree(chain).depth == count


@given(any_spans())
def test_every_span_is_reached_exactly_once_and_after_its_parent(given_spans: Spans):
    made = tree(given_spans)
    assert sorted(made.order) == list(range(len(given_spans)))
    place = {row: i for i, row in enumerate(made.order)}
    for row, parent in enumerate(made.parent):
        if parent < 0:
            assert (row in made.roots) != (row in made.orphans)
            assert made.level[row] == 1
        else:
            assert place[parent] < place[row]
            assert made.children[parent].count(row) == 1
            assert made.level[row] == made.level[parent] + 1


@given(any_spans())
def test_roots_are_the_spans_that_name_no_parent(given_spans: Spans):
    made = tree(given_spans)
    assert sorted(made.roots) == [row for row, parent in enumerate(given_spans.parent) if parent is None]
    starts = [given_spans.start[row] for row in made.orphans]
    assert starts == sorted(starts)
