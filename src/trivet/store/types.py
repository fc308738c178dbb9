"""ClickHouse's type names as trees: `Map(String, Array(Float64))` → Map of String and Array of Float64."""

from typing import NamedTuple

from trivet.store.lexer import NAME, WORD, Token, tokens


class Type(NamedTuple):
    """`arguments` are types; literals and the names of tuple members are left out."""

    name: str
    arguments: list["Type"]


def parse_type(text: str) -> Type:
    found, _ = _arguments(list(tokens(text)), 0)
    return found[0]


def _arguments(given: list[Token], at: int) -> tuple[list[Type], int]:
    """Types separated by commas, up to the closing bracket; the last word before a bracket or comma is the type."""
    found: list[Type] = []
    name = ""
    while at < len(given):
        token = given[at]
        at += 1
        if token.kind in (WORD, NAME):
            name = token.text
        elif token.is_sign("("):
            arguments, at = _arguments(given, at)
            found.append(Type(name, arguments))
            name = ""
        elif token.is_sign(",", ")"):
            found += [Type(name, [])] if name else []
            name = ""
            if token.text == ")":
                return found, at
    return found + ([Type(name, [])] if name else []), at
