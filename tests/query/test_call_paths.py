"""Spans merged by call path: by hand, and sums that must hold for any spans at all."""

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st
from traces_by_hand import any_spans, spans

from trivet.query.facts.self_time import self_times
from trivet.query.facts.skew import Timeline, timeline
from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import tree
from trivet.query.merged.call_paths import TOP, Paths, bottom_up, focused, most_of, top_down

# Two requests: each asks the database twice, the second one of them in error; and the second makes a job.
TWO = spans(
    ("a", None, 0, 100, {"name": "GET"}),
    ("a1", "a", 10, 30, {"name": "query", "service": "db"}),
    ("a2", "a", 20, 50, {"name": "query", "service": "db"}),
    ("b", None, 1000, 1200, {"name": "GET", "error": True}),
    ("b1", "b", 1000, 1040, {"name": "query", "service": "db", "error": True}),
    ("b2", "b", 1150, 1160, {"name": "query", "service": "db"}),
    ("b3", "b", 1100, 1500, {"name": "job", "kind": "consumer"}),
    ("b4", "b3", 1200, 1300, {"name": "query", "service": "db"}),
)


def forest(given_spans: Spans) -> Timeline:
    return timeline(given_spans, tree(given_spans))


def listed(paths: Paths) -> dict[str, tuple[int, int, int, int]]:
    """`{"GET/query": (count, errors, total, self)}`."""
    names = [""]
    for node in range(1, len(paths)):
        names.append(f"{names[paths.parent[node]]}/{paths.function[node][1]}")
    columns = zip(paths.count, paths.errors, paths.total, paths.own, strict=True)
    return {name.removeprefix("/"): row for name, row in zip(names, columns, strict=True)}


def test_two_traces_from_the_top():
    paths, node_of = top_down(forest(TWO))
    assert listed(paths) == {
        "": (2, 1, 300, 0),
        "GET": (2, 1, 300, 60 + 150),
        "GET/query": (4, 1, 20 + 30 + 40 + 10, 100),
        "GET/job": (1, 0, 400, 300),
        "GET/job/query": (1, 0, 100, 100),
    }
    assert [paths.function[node][1] for node in node_of] == [
        "GET", "query", "query", "GET", "query", "query", "job", "query",
    ]  # fmt: skip


def test_two_traces_from_the_bottom():
    paths, _ = top_down(forest(TWO))
    assert listed(bottom_up(paths)[0]) == {
        "": (8, 2, 710, 0),
        "GET": (2, 1, 210, 210),
        "query": (5, 1, 200, 200),
        "query/GET": (4, 1, 100, 0),
        "query/job": (1, 0, 100, 0),
        "query/job/GET": (1, 0, 100, 0),
        "job": (1, 0, 300, 300),
        "job/GET": (1, 0, 300, 0),
    }


def test_focus_merges_what_runs_below_wherever_it_was_called_from():
    paths, _ = top_down(forest(TWO))
    merged = {"": (5, 1, 200, 0), "query": (5, 1, 200, 200)}
    assert (
        listed(focused(paths, "query")) == listed(focused(paths, "db")) == listed(focused(paths, "db|query")) == merged
    )
    assert listed(focused(paths, "web|query")) == {"": (0, 0, 0, 0)}
    assert set(listed(bottom_up(paths, "job")[0])) == {"", "job", "job/GET"}


def test_a_function_that_calls_itself_nests_in_focus_and_counts_once_from_the_bottom():
    deep = forest(spans(("1", None, 0, 100, {"name": "f"}), ("2", "1", 20, 80, {"name": "f"})))
    paths, _ = top_down(deep)
    assert listed(focused(paths, "f")) == {"": (1, 0, 100, 0), "f": (1, 0, 100, 40), "f/f": (1, 0, 60, 60)}
    assert listed(bottom_up(paths)[0]) == {"": (2, 0, 100, 0), "f": (2, 0, 100, 100), "f/f": (1, 0, 60, 0)}


def test_the_smallest_are_left_out_and_nothing_hangs_in_the_air():
    paths, _ = top_down(forest(TWO))
    assert sum(most_of(paths, 3, 300)) == 3
    assert most_of(paths, 100, 1) == [True, True, False, False, False]
    shown = most_of(paths, 4, 300)
    assert all(shown[paths.parent[node]] for node in range(1, len(paths)) if shown[node])


def test_ten_thousand_levels():
    deep = [(str(i), str(i - 1) if i else None, i, 20_000 - i) for i in range(10_000)]
    paths, _ = top_down(forest(spans(*deep)))
    assert len(paths) == 10_001
    assert sum(most_of(paths, 100_000, 300)) == 301
    assert sum(bottom_up(paths, levels=3)[0].own) == 20_000


@given(any_spans())
def test_a_path_is_the_sum_of_its_spans(given_spans: Spans):
    made = forest(given_spans)
    paths, node_of = top_down(made)
    own = self_times(made)
    expected: dict[tuple, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in range(len(given_spans)):
        chain, at = [], row
        while at >= 0:
            chain.append((given_spans.service[at], given_spans.name[at]))
            at = made.tree.parent[at]
        for place, figure in enumerate((1, given_spans.error[row], given_spans.duration[row], own[row])):
            expected[tuple(chain)][place] += figure
    found = {}
    for node in range(1, len(paths)):
        chain, at = [], node
        while at != TOP:
            chain.append(paths.function[at])
            at = paths.parent[at]
        found[tuple(chain)] = [paths.count[node], paths.errors[node], paths.total[node], paths.own[node]]
    assert found == expected
    assert Counter(node_of) == {node: paths.count[node] for node in range(1, len(paths))}


@given(any_spans())
def test_the_totals_from_the_bottom_are_the_self_times_from_the_top(given_spans: Spans):
    made = forest(given_spans)
    paths, _ = top_down(made)
    turned, left_out = bottom_up(paths)
    assert left_out == 0
    by_function: Counter[tuple[str, str]] = Counter()
    for node in range(1, len(paths)):
        by_function[paths.function[node]] += paths.own[node]
    first = {turned.function[node]: turned.total[node] for node in range(1, len(turned)) if turned.parent[node] == TOP}
    assert first == dict(by_function)
    assert sum(turned.own) == turned.total[TOP] == sum(self_times(made))
    for node, below in turned.children().items():
        assert node == TOP or sum(turned.total[each] for each in below) <= turned.total[node]


@given(any_spans(), st.integers(1, 30))
def test_the_largest_are_made_and_are_what_they_are_in_full(given_spans: Spans, most: int):
    paths, _ = top_down(forest(given_spans))
    whole, (made, left_out) = bottom_up(paths)[0], bottom_up(paths, most=most)
    full, few = listed_by_chain(whole), listed_by_chain(made)
    assert few.items() <= full.items()
    assert len(made) == min(most, len(whole))
    assert (left_out > 0) == (len(made) < len(whole))
    left = [figures[2] for chain, figures in full.items() if chain not in few]
    assert not left or max(left) <= min(figures[2] for figures in few.values())


def listed_by_chain(paths: Paths) -> dict[tuple, tuple[int, int, int, int]]:
    chains: list[tuple] = [()]
    for node in range(1, len(paths)):
        chains.append((*chains[paths.parent[node]], paths.function[node]))
    return dict(zip(chains, zip(paths.count, paths.errors, paths.total, paths.own, strict=True), strict=True))
