"""Cursors: what they lead to, and what is not one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.errors import Invalid
from trivet.query.cursor import Page


def test_a_page_knows_where_the_next_begins():
    page = Page.asked("newest", 2, None, (int, str), now=7)
    rows, cursor = page.cut([(1, "a"), (2, "b"), (3, "c")], list)
    assert rows == [(1, "a"), (2, "b")]
    following = Page.asked("newest", 2, cursor, (int, str), now=99)
    assert (following.place, following.horizon) == ([2, "b"], 7)


def test_the_last_page_leads_nowhere():
    page = Page.asked("newest", 2, None, (int,), now=7)
    assert page.cut([(1,), (2,)], list) == ([(1,), (2,)], None)


def test_a_cursor_of_another_order_or_kind_is_refused():
    cursor = Page("newest", 1, 7).after([1, "a"])
    for order, kinds in (("oldest", (int, str)), ("newest", (int, int)), ("newest", (int,))):
        with pytest.raises(Invalid, match="another list"):
            Page.asked(order, 1, cursor, kinds, now=0)


@given(st.text(min_size=1, max_size=40))
def test_any_text_is_a_cursor_or_refused(text: str):
    try:
        Page.asked("newest", 1, text, (int,), now=0)
    except Invalid as error:
        assert error.code == "bad_cursor"
