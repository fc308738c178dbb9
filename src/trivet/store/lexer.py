"""ClickHouse's SQL as tokens.

Follows the rules of ClickHouse's own lexer (`src/Parsers/Lexer.cpp`): nested comments, `#` and `//` comments, three
kinds of quotes with backslashes and doubled quotes, heredocs, numbers that turn out to be words, Unicode white space.
The engine's HTTP side finds FORMAT clauses and the start of INSERT data with it; the guard of user SQL stands on it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

SPACE, COMMENT, WORD, NAME, STRING, HEREDOC, NUMBER, SIGN, ERROR = (
    "space", "comment", "word", "name", "string", "heredoc", "number", "sign", "error",
)  # fmt: skip


class Token(NamedTuple):
    """`kind` is one of the constants above (`name` is a quoted identifier), `at` the offset of `text` in the input."""

    kind: str
    text: str
    at: int

    @property
    def end(self) -> int:
        return self.at + len(self.text)

    def is_word(self, *words: str) -> bool:
        return self.kind == WORD and self.text.upper() in words

    def is_sign(self, *signs: str) -> bool:
        return self.kind == SIGN and self.text in signs


_TOKEN = re.compile(
    r"""
      (?P<space>   [ \t\n\r\f\v\x85\xa0\u180e\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]+ )
    | (?P<comment> (?:--|//|\#[ !]) [^\n]* )
    | (?P<block>   /\* )
    | (?P<string>  '(?:[^'\\]|\\.|'')*' )
    | (?P<name>    "(?:[^"\\]|\\.|"")*" | `(?:[^`\\]|\\.|``)*` )
    | (?P<heredoc> \$(?P<tag>[A-Za-z0-9_]*)\$ .*? \$(?P=tag)\$ )
    | (?P<number>  0[xX][0-9a-fA-F][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9]+)?
                 | 0[bB][01][01_]*
                 | (?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)? )
    | (?P<word>    [A-Za-z_$][A-Za-z0-9_$]* )
    | (?P<sign>    <=>|->|::|\|\||<=|>=|<>|!=|==|@@|[-+*/%=<>?:|^,;.()\[\]{}@] )
    """,
    re.VERBOSE | re.DOTALL,
)
_DIGITS = re.compile(r"[0-9]+(?:_[0-9]+)*")
_WORD_REST = re.compile(r"[A-Za-z0-9_]+")
_WORD = re.compile(r"[A-Za-z0-9_$]+")
_BLOCK_EDGE = re.compile(r"/\*|\*/")


def tokens(sql: str, *, trivia: bool = False) -> Iterator[Token]:
    """The tokens of `sql`; white space and comments only when `trivia` is asked for.

    What no rule matches (an open quote, a stray character) comes as one `error` token that reaches to the end.
    """
    at, previous = 0, None
    while at < len(sql):
        token = _next(sql, at, previous)
        at = token.end
        if token.kind in (SPACE, COMMENT):
            if trivia:
                yield token
            continue
        yield token
        previous = token


def _next(sql: str, at: int, previous: Token | None) -> Token:
    match = _TOKEN.match(sql, at)
    if not match:
        return Token(ERROR, sql[at:], at)
    kind = match.lastgroup
    if kind == "block":
        return _block_comment(sql, at)
    if kind == NUMBER:
        return _number(sql, match, previous)
    return Token(kind, match[0], at)


def _block_comment(sql: str, at: int) -> Token:
    depth, end = 1, at + 2
    while depth:
        edge = _BLOCK_EDGE.search(sql, end)
        if not edge:
            return Token(ERROR, sql[at:], at)
        depth += 1 if edge[0] == "/*" else -1
        end = edge.end()
    return Token(COMMENT, sql[at:end], at)


def _number(sql: str, match: re.Match[str], previous: Token | None) -> Token:
    """A number; after an operand a dot is an operator (`t.1.2`), and digits may begin a word (`1st`)."""
    at, end = match.start(), match.end()
    if match[0].startswith(".") and previous and _ends_operand(previous):
        return Token(SIGN, ".", at)
    if previous and previous.is_sign(".") and not match[0].startswith("."):
        end = _DIGITS.match(sql, at).end()
    rest = _WORD_REST.match(sql, end)
    if not rest:
        return Token(NUMBER, sql[at:end], at)
    text = sql[at : rest.end()]
    return Token(WORD if _WORD.fullmatch(text) else ERROR, text, at)


def _ends_operand(token: Token) -> bool:
    return token.kind in (WORD, NAME, NUMBER) or token.is_sign(")", "]")
