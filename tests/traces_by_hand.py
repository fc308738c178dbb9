"""Small traces written by hand for the tests of the facts, and a strategy for any trace at all."""

from collections.abc import Iterable

from hypothesis import strategies as st

from trivet.query.facts.explain import Explained, explain
from trivet.query.facts.spans import Spans

Span = tuple  # (id, parent id or None, start, end) and, when wanted, a dict of the other columns


def spans(*given: Span) -> Spans:
    """`spans(("root", None, 0, 100), ("a", "root", 10, 50, {"kind": "consumer"}))`: by default all in one process."""
    rows = [(*row[:4], row[4] if len(row) > 4 else {}) for row in given]
    return Spans(
        span_id=[span_id for span_id, *_ in rows],
        parent=[parent for _, parent, *_ in rows],
        service=[more.get("service", "web") for *_, more in rows],
        name=[more.get("name", span_id) for span_id, *_, more in rows],
        kind=[more.get("kind", "internal") for *_, more in rows],
        start=[start for _, _, start, *_ in rows],
        duration=[end - start for _, _, start, end, _ in rows],
        error=[more.get("error", False) for *_, more in rows],
        process=[more.get("process", more.get("service", "web")) for *_, more in rows],
        open={row for row, (*_, more) in enumerate(rows) if more.get("open")},
    )


def explained(*given: Span) -> Explained:
    return explain(spans(*given))


def names(trace: Explained, rows: Iterable[int]) -> list[str]:
    return [trace.trace.spans.span_id[row] for row in rows]


def path(trace: Explained, segments: Iterable) -> list[tuple]:
    """Segments as (id, start, end), a wait as (id, start, end, "queue")."""
    ids = trace.trace.spans.span_id
    return [(ids[s.row], s.start, s.end, *(["queue"] if s.queue else [])) for s in segments]


@st.composite
def any_spans(draw: st.DrawFn, kinds: tuple[str, ...] = ("internal", "client", "server", "consumer")) -> Spans:
    """Up to 30 spans with parents that may be missing, repeated, themselves or in circles, and clocks that disagree."""
    count = draw(st.integers(1, 30))
    ids = draw(st.lists(st.sampled_from([f"s{i}" for i in range(count)]), min_size=count, max_size=count))
    parents = draw(
        st.lists(st.sampled_from([None, "absent", *(f"s{i}" for i in range(count))]), min_size=count, max_size=count)
    )
    times = st.integers(0, 200)
    return Spans(
        span_id=ids,
        parent=parents,
        service=draw(st.lists(st.sampled_from("abc"), min_size=count, max_size=count)),
        name=draw(st.lists(st.sampled_from("xy"), min_size=count, max_size=count)),
        kind=draw(st.lists(st.sampled_from(kinds), min_size=count, max_size=count)),
        start=draw(st.lists(times, min_size=count, max_size=count)),
        duration=draw(st.lists(times, min_size=count, max_size=count)),
        error=draw(st.lists(st.booleans(), min_size=count, max_size=count)),
        process=draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)),
        open=draw(st.sets(st.integers(0, count - 1))),
    )
