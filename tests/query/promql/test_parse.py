"""Text → tree, and what is refused."""

import time

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.errors import Invalid
from trivet.query.promql.parse import FUNCTIONS, MOST_SIGNS, parsed, selector
from trivet.query.promql.tree import Aggregate, Binary, Call, Grouping, Matcher, Matching, Number, Selector, Subquery

PIECES = [
    *'(){}[]",=~!<>+-*/%^@:.#\\`\' \n', "x", "a.b", "5m", "0x1F", "1e309", "NaN", "99999999999y", '"a"', "sum",
    "by", "without",
    "rate", "offset", "on", "ignoring", "group_left", "bool", "and", "or", "unless", "start()",
    "histogram_quantile", "é", "\0", "🦀",
]  # fmt: skip


def test_a_selector():
    found = parsed('{"http.requests", job=~"a|b", "http.method"!="GET"}[5m] offset -1m @ 10.5')
    assert isinstance(found, Selector)
    assert found.matchers == (
        Matcher("__name__", "=", "http.requests"), Matcher("job", "=~", "a|b"), Matcher("http_method", "!=", "GET"),
    )  # fmt: skip
    assert (found.window, found.shift.offset, found.shift.at) == (300_000, -60_000, 10_500)


def test_an_expression():
    found = parsed('sum by ("http.method", job) (rate(x[1m:30s] @ end())) / ignoring(a) group_right(b) ((y))')
    assert isinstance(found, Binary)
    assert found.matching == Matching(False, ("a",), "right", ("b",))
    inner = found.left
    assert isinstance(inner, Aggregate)
    assert inner.grouping == Grouping(True, ("http_method", "job"))
    assert isinstance(inner.inner, Call)
    subquery = inner.inner.arguments[0]
    assert isinstance(subquery, Subquery)
    assert (subquery.window, subquery.step, subquery.shift.at) == (60_000, 30_000, "end")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no expression"),
        ("x{", "unexpected end"),
        ("foo(x)", "unknown function"),
        ("rate(x)", "expected type"),
        ('x{a=~"("}', "regex"),
        ("{}", "at least one"),
        ("info(x)", "info is not supported"),
        ("limitk(2, x)", "limitk is not supported"),
        ("a + fill(0) b", "fill"),
        ('x{a="1" or b="2"}', "`or`"),
        ("x[200y]", "hundred years"),
        ("x" * 20_000, "longer than"),
        ("1 > 2", "BOOL"),
    ],
)
def test_what_is_refused_says_why(text: str, said: str):
    with pytest.raises(Invalid, match=said) as raised:
        parsed(text)
    assert raised.value.code == "bad_promql"


@pytest.mark.parametrize("text", ["x[5m]", "rate(x[5m])", "1", "a + b"])
def test_a_match_is_one_selector(text: str):
    with pytest.raises(Invalid, match="selector is wanted"):
        selector(text)


@pytest.mark.parametrize(
    "nested", ["({})", "-{}", "abs({})", "x + {}", "x ^ {}", "max_over_time({}[5m:1m])", "x{{a='b'}} or {}"]
)
def test_what_would_take_the_parser_long_is_refused_before(nested: str):
    text = "x"
    for _ in range(MOST_SIGNS + 1):
        text = nested.format(text)
    began = time.perf_counter()
    with pytest.raises(Invalid, match=f"more than {MOST_SIGNS}"):
        parsed(text)
    assert time.perf_counter() - began < 1


def test_signs_in_strings_matchers_and_comments_do_not_count():
    many = "(" * 500
    parsed(f'x{{a="{many}", b!="-"}} # {many}')
    assert isinstance(parsed(" + ".join(["1"] * 100)), Binary)
    assert isinstance(parsed("((((1))))"), Number)


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
def test_no_text_breaks_it(text: str):
    try:
        parsed(text)
    except Invalid as error:
        assert error.code == "bad_promql"
        assert error.message


def test_all_that_we_evaluate_is_known_to_the_parser():
    """A function whose arity the parser does not know could never be called."""
    for name in FUNCTIONS:
        with pytest.raises(ValueError, match=r"expected|argument") as raised:
            promql_parser.parse(f"{name}(1, 2, 3, 4, 5, 6, 7)")
        assert "unknown function" not in str(raised.value), name
