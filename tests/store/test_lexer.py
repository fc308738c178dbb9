"""ClickHouse's tokens, each rule with what is easily got wrong, and the engine as the judge of where a string ends."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trivet.store.client import EngineError
from trivet.store.lexer import COMMENT, ERROR, HEREDOC, NAME, NUMBER, SIGN, SPACE, STRING, WORD, tokens

CODES = {WORD: "w", NAME: "n", STRING: "s", HEREDOC: "h", NUMBER: "d", SIGN: ".", ERROR: "!", SPACE: " ", COMMENT: "c"}


def kinds(sql: str) -> str:
    return "".join(CODES[token.kind] for token in tokens(sql))


@pytest.mark.parametrize(
    "sql, texts",
    [
        ("a--x\nb", ["a", "b"]),
        ("a//x\nb", ["a", "b"]),
        ("a # x\nb", ["a", "b"]),
        ("a #!x\nb", ["a", "b"]),
        ("a--x", ["a"]),
        ("/* a */b/**/c", ["b", "c"]),
        ("/* /* */ ' */a", ["a"]),
        ("'--'/*'*/", ["'--'"]),
        ("'it''s' 'a\\'b' '\\\\' ''", ["'it''s'", "'a\\'b'", "'\\\\'", "''"]),
        ('"a""b" `a``b` `a\\`b`', ['"a""b"', "`a``b`", "`a\\`b`"]),
        ("'a\nb'", ["'a\nb'"]),
        ("$$a'b$$ $x$ $$ $x$", ["$$a'b$$", "$x$ $$ $x$"]),
        ("1 1.5,.5 1e3 1.e-3", ["1", "1.5", ",", ".5", "1e3", "1.e-3"]),
        ("0x1F 0b11 1_000 0x1p4", ["0x1F", "0b11", "1_000", "0x1p4"]),
        ("t.1.2", ["t", ".", "1", ".", "2"]),
        ("f(x).1", ["f", "(", "x", ")", ".", "1"]),
        ("a[1].5", ["a", "[", "1", "]", ".", "5"]),
        ("1.5.6", ["1.5", ".", "6"]),
        ("1st _a a1$", ["1st", "_a", "a1$"]),
        ("x->y::z", ["x", "->", "y", "::", "z"]),
        ("a||b<=>c<>d!=e", ["a", "||", "b", "<=>", "c", "<>", "d", "!=", "e"]),
        ("1--1\n", ["1"]),
        ("1-1", ["1", "-", "1"]),
        ("a\u00a0b\u2003\ufeffc", ["a", "b", "c"]),
        ("", []),
    ],
)  # fmt: skip
def test_texts(sql, texts):
    assert [token.text for token in tokens(sql)] == texts


@pytest.mark.parametrize(
    "sql, wanted",
    [
        ("SELECT 'a', \"b\", `c`, $$d$$, 1.5", "ws.n.n.h.d"),
        ("'open", "!"),
        ('a "open', "w!"),
        ("/* /* */", "!"),
        ("a \u2018b\u2019", "w!"),
        ("a \\ b", "w!"),
        ("1a 1.5a 0xZ", "w!w"),
        ("a#b", "w!"),
        ("$a", "w"),
        ("$a$b", "w"),
        ("\0", "!"),
    ],
)
def test_kinds(sql, wanted):
    assert kinds(sql) == wanted


def test_trivia_come_when_asked_for_and_offsets_fit():
    sql = "a /* b */ 'c' -- d"
    found = list(tokens(sql, trivia=True))
    assert "".join(token.text for token in found) == sql
    assert "".join(CODES[token.kind] for token in found) == "w c s c"
    assert all(sql[token.at : token.end] == token.text for token in found)


@settings(max_examples=200)
@example("..1")
@given(st.text(alphabet="'\"`\\$/*-# \nax1.(;", max_size=30))
def test_nothing_is_lost_whatever_comes(sql):
    assert "".join(token.text for token in tokens(sql, trivia=True)) == sql


@settings(max_examples=150)
@given(st.text(alphabet="'\\`\"n\n$/*-# a", max_size=12))
def test_the_engine_sees_a_string_end_where_we_do(client, inside):
    """`SELECT '…' AS a`: if the lexer finds one string and the rest unharmed, the engine answers with one column, a."""
    sql = f"SELECT '{inside}' AS a"
    whole = [token.kind for token in tokens(sql)] == [WORD, STRING, WORD, WORD]
    try:
        columns = client.answer(sql).columns
    except EngineError:
        columns = []
    assert whole == ([column.name for column in columns] == ["a"]) or _is_a_comment_away(sql)


def _is_a_comment_away(sql: str) -> bool:
    """A string, and then a comment over the rest: the engine is as right as we are."""
    return any(token.kind == COMMENT for token in tokens(sql, trivia=True))
