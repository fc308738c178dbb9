"""Text → tree: what binds how, what a value may hold, and what is said about what is wrong."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trivet.errors import Invalid
from trivet.query.filter.parse import MAX_DEPTH, MAX_LENGTH, parse
from trivet.query.filter.tree import All, Any, Comparison, Everything, Has, In, Name, Not, Some, Value, Words, number


def shown(node: object) -> str:
    """A tree in one line: (and …), (or …), (not …), fields and values as they were understood."""
    match node:
        case Everything():
            return "everything"
        case Some(terms=terms):
            return " >> ".join(f"{{{shown(term)}}}" for term in terms)
        case All(terms=terms) | Any(terms=terms) | Not(terms=terms):
            word = {All: "and", Any: "or", Not: "not"}[type(node)]
            return f"({word} {' '.join(map(shown, terms))})"
        case Comparison(name=name, operator=operator, value=value):
            return f"{name.text}{operator}{_value(value)}"
        case In(name=name, values=values):
            return f"{name.text}∈{','.join(map(_value, values))}"
        case Has(name=name):
            return f"has:{name.text}"
        case Words(text=text, prefix=prefix):
            return f"“{text}”" + ("…" if prefix else "")
    raise AssertionError(node)


def _value(value: Value) -> str:
    return repr(value.text) if value.quoted else value.text


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", "everything"),
        ("   ", "everything"),
        ("*", "everything"),
        ("service:api", "service=api"),
        ("service = api", "service=api"),
        ("a:1 b:2 and c:3", "(and a=1 b=2 c=3)"),
        ("a:1 b:2 or c:3", "(or (and a=1 b=2) c=3)"),
        ("not a:1 b:2", "(and (not a=1) b=2)"),
        ("not a:1 or b:2", "(or (not a=1) b=2)"),
        ("NOT a:1 AND b:2 OR c:3", "(or (and (not a=1) b=2) c=3)"),
        ("not not a:1", "a=1"),
        ("-a:1 -(b:2 or c:3)", "(and (not a=1) (not (or b=2 c=3)))"),
        ("(a:1 or b:2) c:3", "(and (or a=1 b=2) c=3)"),
        ("a>1 b>=2 c<3 d<=4 e!=5 f~x g!~y", "(and a>1 b>=2 c<3 d<=4 e!=5 f~x g!~y)"),
        ("x in (1, \"t w\", a/b)", "x∈1,'t w',a/b"),
        ("x not in (1,2)", "(not x∈1,2)"),
        ("x in(1)", "x∈1"),
        ("has:exception has: b", "(and has:exception has:b)"),
        ('has:"odd name"', "has:odd name"),
        ("timeout conn*", "(and “timeout” “conn”…)"),
        ('"free text"', "“free text”"),
        ("{a:1} >> {b:2} >> {c:3}", "{a=1} >> {b=2} >> {c=3}"),
        ("not {a:1 b:2}", "(not {(and a=1 b=2)})"),
        ("{}", "{everything}"),
    ],
)  # fmt: skip
def test_what_binds_how(text: str, tree: str):
    assert shown(parse(text)) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=::1", "::1"),
        ("a:/videos/:id", "/videos/:id"),
        ("a:/videos/{id}/x", "/videos/{id}/x"),
        ("(a:/videos/{id})", "/videos/{id}"),
        ("a:https://x.test/?q=1&r=<2>", "https://x.test/?q=1&r=<2>"),
        ("a:main(args)", "main(args)"),
        ("a=b=c", "b=c"),
        ("a=-5", "-5"),
        ("a:x,y", "x,y"),
        ('a:"quo\\"te \\\\ \\n"', 'quo"te \\ \n'),
        ('a:"and (or) {not}"', "and (or) {not}"),
        ("a:and", "and"),
        ("a:'x'", "'x'"),
        ("a:Überfall", "Überfall"),
    ],
)
def test_what_a_value_may_hold(text: str, value: str):
    node = parse(text)
    assert isinstance(node, Comparison)
    assert node.value.text == value


def test_words_that_only_begin_like_keywords_are_words():
    assert shown(parse("order android nothing inside hash orange")) == (
        "(and “order” “android” “nothing” “inside” “hash” “orange”)"
    )
    assert shown(parse("in:1 or=2 not=3")) == "(and in=1 or=2 not=3)"


def test_names_and_values_know_their_columns():
    node = parse('status:error "odd name">"x"')
    assert isinstance(node, All)
    assert [(term.name.at, term.value.at) for term in node.terms] == [(0, 7), (13, 24)]
    assert node.terms[1].name == Name("odd name", 13, quoted=True)


MANY = "several values of a field are one: field in (a, b)"


@pytest.mark.parametrize(
    ("text", "at", "message", "hint"),
    [
        ("status:error a==1", 14, "unknown operator '=='", "use '='"),
        ("a=~x", 1, "unknown operator '=~'", "use '~'"),
        ("a:>5", 1, "unknown operator ':>'", "use '>'"),
        ("a && b", 2, "unknown operator '&&'", "use 'and'"),
        ("!a", 0, "unknown operator '!'", "use 'not', '!=' or '!~'"),
        ("service:", 8, "a value is missing", 'an empty one is written ""'),
        ("service: ) x", 9, "a value is missing", 'an empty one is written ""'),
        ("a:(b or c)", 2, "a value is missing", "several are written `field in (a, b)`"),
        ("(a:1", 4, "the filter ends too early", "close it with ')'"),
        ("a:1 or", 6, "the filter ends too early", "something must follow"),
        ("a:1)", 3, "')' is not expected here", "put quotes around text with special characters"),
        ('a:"open', 2, "a quote is not closed", 'write \\" for a quote inside quotes'),
        ("*x", 0, "a word takes a '*' at its end only", 'name~"x" searches inside'),
        ("x in ()", 6, "a list needs a value", "as in `field in (a, b)`"),
        (">5", 0, "'>' has no field before it", "as in `duration>1s`; quotes make it text"),
        ("{a:1", 4, "the filter ends too early", "close it with '}'"),
        (" ".join(["a"] * 101), 0, "the filter has more than 100 terms", MANY),
        ("not {" + " or ".join(["a:1"] * 101) + "}", 0, "the filter has more than 100 terms", MANY),
    ],
)  # fmt: skip
def test_what_is_said_about_what_is_wrong(text: str, at: int, message: str, hint: str | None):
    with pytest.raises(Invalid) as raised:
        parse(text)
    assert (raised.value.code, raised.value.at) == ("bad_filter", at)
    assert (raised.value.message, raised.value.hint) == (message, hint)


def test_bounds_of_length_and_depth():
    parse("a" * MAX_LENGTH)
    with pytest.raises(Invalid, match="longer than"):
        parse("a" * (MAX_LENGTH + 1))
    with pytest.raises(Invalid, match="nested more than"):
        parse("(a or (b " * MAX_DEPTH + "c" + "))" * MAX_DEPTH)
    assert shown(parse("(" * 2000 + "a" + ")" * 2000)) == "“a”"
    assert shown(parse("not " * 2000 + "a")) == "“a”"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("200", 200),
        ("-1.5", -1.5),
        ("1e3", 1000.0),
        ("500ms", 500_000_000),
        ("1.5s", 1_500_000_000),
        ("2µs", 2000),
        ("3us", 3000),
        ("1d", 86_400_000_000_000),
        ("10kB", 10_000),
        ("1.5KiB", 1536),
        ("50%", 0.5),
        ("9223372036854775807", 2**63 - 1),
        ("10KB", None),
        ("1x", None),
        ("ms", None),
        ("1e999", None),
        ("nan", None),
        ("0x10", None),
        ("", None),
    ],
)
def test_numbers_and_units(text: str, wanted: float | None):
    got = number(text)
    assert got == wanted
    assert type(got) is type(wanted)
    assert Value(text, 0, quoted=True).number is None


FRAGMENTS = st.sampled_from(
    [*'():={}<>~!,-*"\\', "a", "and", "or", "not", "in", "has:", " ", "\n", "5ms", ">>", "é", "x:y", '"q"', "\x00"]
)


@given(st.lists(FRAGMENTS, max_size=30).map("".join) | st.text(max_size=60))
@example("{" * 500)
@example('"' + "\\" * 501)
@example("x=" + "{" * 3000)
def test_any_text_is_a_tree_or_a_complaint_with_a_column(text: str):
    try:
        shown(parse(text))
    except Invalid as error:
        assert error.code == "bad_filter"
        assert error.at is not None
        assert 0 <= error.at <= len(text)
