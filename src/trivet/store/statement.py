"""What the HTTP side must know of a statement before the engine sees it: verb, FORMAT, where INSERT data begins."""

import re
from dataclasses import dataclass
from itertools import pairwise

from trivet.store.exceptions import EngineError
from trivet.store.lexer import NAME, SIGN, WORD, Token, tokens


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` is what goes to the engine. For an INSERT with data, `format` names it and `data` is where it starts in
    the given text (its end when the data comes separately); otherwise `data` is None."""

    verb: str
    text: str
    format: str | None
    data: int | None = None


_MAY_MATTER = re.compile(r"format|;", re.IGNORECASE)


def read(sql: str) -> Statement:
    """The statement in `sql`; an INSERT may be followed by its data, given as latin-1 (one character a byte).

    EngineError: there are several.
    """
    verb = _verb(sql)
    if verb == "INSERT":
        return _read_insert(sql)
    if not _MAY_MATTER.search(sql):
        return Statement(verb, sql, None)
    found = list(tokens(sql))
    _refuse_several(found)
    return Statement(verb, sql, _format(found))


def _verb(sql: str) -> str:
    for token in tokens(sql):
        if token.kind == WORD:
            return token.text.upper()
        if not token.is_sign("("):
            break
    return ""


def _refuse_several(found: list[Token]) -> None:
    for token, following in pairwise(found):
        if token.is_sign(";") and not following.is_sign(";"):
            raise EngineError.of(62, "SYNTAX_ERROR", "Multi-statements are not allowed")


def _format(found: list[Token]) -> str | None:
    """The name after the last FORMAT that only SETTINGS or the end follows: elsewhere `format` is somebody's name."""
    name = None
    for at, token in enumerate(found[:-1]):
        after = found[at + 2] if at + 2 < len(found) else None
        ends = after is None or after.is_sign(";") or after.is_word("SETTINGS")
        if token.is_word("FORMAT") and found[at + 1].kind in (WORD, NAME) and ends:
            name = found[at + 1].text.strip('`"')
    return name


def _read_insert(sql: str) -> Statement:
    """INSERT … FORMAT x <data>, INSERT … VALUES <data>, or INSERT … SELECT, which is an ordinary statement."""
    depth, previous = 0, None
    for token in tokens(sql):
        if token.kind == SIGN:
            depth += (token.text == "(") - (token.text == ")")
        elif depth == 0 and token.is_word("VALUES") and not _is_table_name(previous):
            return Statement("INSERT", sql[: token.at], "Values", token.end)
        elif depth == 0 and token.is_word("SELECT", "WITH", "FROM", "WATCH"):
            found = list(tokens(sql))
            _refuse_several(found)
            return Statement("INSERT", sql, _format(found))
        elif depth == 0 and previous and previous.is_word("FORMAT") and token.kind == WORD:
            return Statement("INSERT", sql[: previous.at], token.text, _after_line_end(sql, token.end))
        previous = token
    return Statement("INSERT", sql, None)


def _is_table_name(previous: Token | None) -> bool:
    return previous is None or previous.is_word("INTO", "TABLE") or previous.is_sign(".")


def _after_line_end(sql: str, at: int) -> int:
    """Data starts after the format's name, blanks and one line end."""
    while sql[at : at + 1] in (" ", "\t", "\f"):
        at += 1
    at += sql[at : at + 1] == "\r"
    at += sql[at : at + 1] == "\n"
    return at
