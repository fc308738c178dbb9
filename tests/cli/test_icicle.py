"""Flame graphs in a terminal, from trees made by hand."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from trivet.cli.icicle import EDGE, icicle

MS = 10**6


def node(name: str, total: int, *children: dict[str, Any], service: str | None = "web", errors: int = 0) -> Any:
    own = max(0, total - sum(child["total"] for child in children))
    return {
        "service": service, "name": name, "count": 1, "errors": errors, "total": total, "self": own,
        "children": list(children),
    }  # fmt: skip


def drawn(root: Any, width: int) -> list[str]:
    return [line.plain for line in icicle(root, width)]


def test_what_takes_twice_as_long_is_twice_as_wide():
    root = node("all", 40 * MS, node("b", 10 * MS), node("a", 20 * MS, node("deep", 20 * MS)), service=None)
    assert drawn(root, 40) == [
        "▏all 100 % 40.0 ms                      ",
        "▏a 50.0 % 20.0 ms   ▏b        ",
        "▏deep 50.0 % 20.0 ms",
    ]


def test_what_is_below_a_cell_is_left_out_and_hostile_names_are_tamed():
    root = node("r\x1b[2J", 1000 * MS, node("wide", 999 * MS), node("thin", MS))
    lines = drawn(root, 20)
    assert "\x1b" not in lines[0] and "thin" not in lines[1]


def test_errors_are_red_and_services_have_a_colour_of_their_own():
    root = node("all", 4, node("a", 2, service="api"), node("b", 2, service="db", errors=1), service=None)
    line = list(icicle(root, 80))[1]
    assert [str(span.style) for span in line.spans] == ["reverse cyan", "reverse bold red"]


def test_very_deep_trees_are_cut():
    deep = node("leaf", 1)
    for _ in range(500):
        deep = node("n", 1, deep)
    assert len(drawn(deep, 10)) == 121


trees = st.recursive(
    st.builds(node, st.text(max_size=5), st.integers(0, 100)),
    lambda inner: st.builds(
        lambda name, total, children: node(name, total, *children),
        st.text(max_size=5),
        st.integers(0, 100),
        st.lists(inner, max_size=4),
    ),
    max_leaves=30,
)


@given(trees, st.integers(1, 60))
def test_no_line_is_wider_than_the_terminal_and_none_is_empty(root: Any, width: int):
    for line in drawn(root, width):
        assert 0 < cell_len(line) <= width
        assert EDGE in line or width < 2
