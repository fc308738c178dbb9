"""People's own SQL is read-only whatever is tried: an allow-list over real tokens.

`check` walks the tokens once and lets through one SELECT, EXPLAIN, SHOW or DESCRIBE that calls only functions and reads
only tables of `sql_names`. It does not follow the whole grammar; where two readings are possible, both must be
harmless, or the statement is refused with a hint how to write it plainly. What comes out is put together from the
tokens that were checked, so the engine cannot read it differently. Behind this wall stand two more: the connection is
`readonly`, and its role may select from our databases only (`store/access.py`).
"""

from trivet.errors import Invalid, NotAllowed
from trivet.query.sql.names import VIEWS
from trivet.query.sql.walk import Walk
from trivet.store.lexer import ERROR, HEREDOC, NAME, NUMBER, STRING, WORD, Token, tokens

MAX_LENGTH = 100_000
STATEMENTS = "one SELECT, EXPLAIN, SHOW or DESCRIBE"

_EXPLAINED = {"AST", "SYNTAX", "QUERY", "TREE", "PLAN", "PIPELINE", "ESTIMATE"}
_NEVER = {
    "INTO": "answers come back as JSON; quote it if it is a name: `into`",
    "OUTFILE": "answers come back as JSON; quote it if it is a name: `outfile`",
    "SETTINGS": "limits are the server's; quote it if it is a name: `settings`",
    "PARALLEL": "quote it if it is a name: `parallel`",
    "TOP": "use LIMIT; quote it if it is a name: `top`",
}


def check(query: str) -> str:
    """The statement to run. Invalid (`bad_sql`): it is none; NotAllowed: it asks for something else than reading.

    `at` of an error is the offset of the guilty token in `query`.
    """
    found = _read(query)
    _refuse_words(found)
    first = found[0]
    if first.is_word("SELECT", "WITH") or first.is_sign("("):
        Walk(found).check()
        return _written(found)
    if first.is_word("EXPLAIN"):
        return _explain(found)
    if first.is_word("DESCRIBE", "DESC"):
        return _describe(found)
    if first.is_word("SHOW"):
        return _show(found)
    raise NotAllowed(f"this is not {STATEMENTS}", at=first.at, hint="SQL here only reads")


def _read(query: str) -> list[Token]:
    if len(query) > MAX_LENGTH:
        raise _bad(f"the statement is longer than {MAX_LENGTH} characters", MAX_LENGTH)
    odd = next((at for at, character in enumerate(query) if _is_odd(character)), None)
    if odd is not None:
        raise _bad(f"the character {query[odd]!a} does not belong into SQL", odd)
    found = list(tokens(query))
    while found and found[-1].is_sign(";"):
        found.pop()
    if not found:
        raise _bad("there is no statement", 0, hint=f"write {STATEMENTS}")
    for token in found:
        _refuse_token(token)
    return found


def _is_odd(character: str) -> bool:
    return (character < " " and character not in "\t\n\r") or "\ud800" <= character <= "\udfff"


def _refuse_token(token: Token) -> None:
    """What has no place in any statement here."""
    if token.kind == ERROR:
        raise _bad("a quote or a comment is not closed, or this character is none of SQL", token.at)
    if token.is_sign(";"):
        raise NotAllowed("one statement at a time", at=token.at)
    if token.is_sign("{", "}", "@", "@@", "|"):
        raise NotAllowed(f"{token.text} is not available here", at=token.at)
    if token.kind == NAME and "\\" in token.text:
        raise _bad("a quoted name with a backslash", token.at)


def _refuse_words(found: list[Token]) -> None:
    """Words that turn a SELECT into something else. They are refused as plain names too: quotes say what is meant."""
    for at, token in enumerate(found):
        word = token.text.upper() if token.kind == WORD else ""
        after_dot = at > 0 and found[at - 1].is_sign(".")
        if word in _NEVER and not after_dot and _matters(word, found[at + 1 : at + 2]):
            raise NotAllowed(f"{word} is not available here", at=token.at, hint=_NEVER[word])
        if word in ("X", "B") and found[at + 1 : at + 2] and found[at + 1].kind == STRING:
            raise NotAllowed("x'…' and b'…' are not available here", at=token.at, hint="use unhex() or unbin()")


def _matters(word: str, following: list[Token]) -> bool:
    if word == "PARALLEL":
        return bool(following) and following[0].is_word("WITH")
    if word == "TOP":
        return bool(following) and following[0].kind == NUMBER
    return True


def _explain(found: list[Token]) -> str:
    """EXPLAIN [kind] [setting = n, …] SELECT …"""
    at = 1
    while at < len(found) and found[at].is_word(*_EXPLAINED):
        at += 1
    while (
        at + 2 < len(found) and found[at].kind == WORD and found[at + 1].is_sign("=") and found[at + 2].kind == NUMBER
    ):
        at += 3 + (at + 3 < len(found) and found[at + 3].is_sign(","))
    if at >= len(found) or not (found[at].is_word("SELECT", "WITH") or found[at].is_sign("(")):
        raise NotAllowed("EXPLAIN wants a SELECT here", at=found[min(at, len(found) - 1)].at)
    Walk(found[at:]).check()
    return _written(found)


def _describe(found: list[Token]) -> str:
    rest = found[2:] if len(found) > 1 and found[1].is_word("TABLE") else found[1:]
    return "DESCRIBE TABLE " + _checked_table(rest, found[0])


def _checked_table(rest: list[Token], keyword: Token) -> str:
    """What is described must be readable: it is checked as the FROM of a SELECT."""
    if not rest:
        raise _bad("a table is missing here", keyword.end, hint=f"there are {', '.join(sorted(VIEWS))}")
    Walk([*tokens("SELECT 1 FROM"), *rest]).check()
    return _written(rest)


def _checked_name(rest: list[Token], keyword: Token) -> str:
    is_name = len(rest) == 1 or (len(rest) == 3 and rest[1].is_sign("."))
    if not is_name or any(token.kind not in (WORD, NAME) for token in rest[::2]):
        raise NotAllowed("one name and nothing else follows here", at=keyword.at)
    return _checked_table(rest, keyword)


def _show(found: list[Token]) -> str:
    what = found[1].text.upper() if len(found) > 1 else ""
    rest = found[2:]
    if what == "TABLES" and not any(token.is_word("FROM", "IN") for token in rest):
        known = ", ".join(f"'{view}'" for view in sorted(VIEWS))
        tables = (
            f"(SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN ({known}) ORDER BY name)"
        )
        return f"SELECT name FROM {tables}{_like(rest)}"
    if what == "FUNCTIONS":
        return f"SHOW FUNCTIONS{_like(rest).replace(' WHERE name', '')}"
    if what in ("COLUMNS", "FIELDS") and rest and rest[0].is_word("FROM", "IN"):
        return "DESCRIBE TABLE " + _checked_name(rest[1:], rest[0])
    if what == "CREATE":
        named = rest[1:] if rest and rest[0].is_word("TABLE", "VIEW") else rest
        return "SHOW CREATE TABLE " + _checked_name(named, found[1])
    hint = "there are SHOW TABLES, COLUMNS FROM, CREATE and FUNCTIONS"
    raise NotAllowed("this SHOW is not available here", at=found[min(1, len(found) - 1)].at, hint=hint)


def _like(rest: list[Token]) -> str:
    """` WHERE name [NOT] LIKE '…'`, or nothing."""
    if not rest:
        return ""
    words = [token.text.upper() for token in rest[:-1]]
    if words not in (["LIKE"], ["ILIKE"], ["NOT", "LIKE"], ["NOT", "ILIKE"]) or rest[-1].kind != STRING:
        raise NotAllowed("only LIKE '…' may follow here", at=rest[0].at)
    return f" WHERE name {' '.join(words)} {rest[-1].text}"


def _written(found: list[Token]) -> str:
    """The statement out of what was checked: one space between tokens, no comments, heredocs as strings."""
    return " ".join(_string(token.text) if token.kind == HEREDOC else token.text for token in found)


def _string(heredoc: str) -> str:
    tag = heredoc[: heredoc.index("$", 1) + 1]
    inside = heredoc[len(tag) : -len(tag)].replace("\\", "\\\\").replace("'", "\\'")
    return f"'{inside}'"


def _bad(message: str, at: int, hint: str | None = None) -> Invalid:
    return Invalid(message, code="bad_sql", at=at, hint=hint)
