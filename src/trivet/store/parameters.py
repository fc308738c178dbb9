r"""Values for `{name:Type}` placeholders, as ClickHouse reads them.

A string is text in TSV escaping (`\t`, `\n`, `\\`, `\N` for NULL); inside arrays, tuples and maps strings are quoted.
Short values travel in the URL. Long ones are written into the statement as literals, because a server bounds its URL
(1 MiB) and its form fields (128 KiB) where no request can change it, but takes long statements with `max_query_size`.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple

from trivet.store.lexer import WORD, tokens

CONTAINERS = (tuple, list, set, frozenset, Mapping)
URL_BYTES = 4096  # of all values together, unescaped

_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0", "\b": "\\b", "\f": "\\f", "'": "\\'"}
)


def place(sql: str, params: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The statement with long values written in, and the URL parameters for the short ones."""
    texts = {name: text(value) for name, value in params.items()}
    if sum(map(len, texts.values())) <= URL_BYTES:
        return sql, {f"param_{name}": _escape(value, params[name]) for name, value in texts.items()}
    return _written_in(sql, params), {}


def text(value: Any) -> str:
    """The value as ClickHouse writes it, before the escaping of the outermost level."""
    match value:
        case str():
            return value
        case bytes():
            return value.decode("utf-8", "surrogateescape")
        case datetime():
            moment = value.astimezone(UTC) if value.tzinfo else value
            return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
        case None | bool() | int() | float() | tuple() | list() | set() | frozenset() | Mapping():
            return _inner(value)
        case _:
            return str(value)


def literal(value: str) -> str:
    """A string literal of SQL."""
    return f"'{value.translate(_ESCAPES)}'"


def _escape(written: str, value: Any) -> str:
    """Only the outermost string is TSV; what stands inside a container has been quoted already."""
    if value is None:
        return "\\N"
    return written if isinstance(value, CONTAINERS) else written.translate(_ESCAPES)


def _inner(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return "1" if value else "0"
        case int() | float():
            return repr(value)
        case tuple():
            return f"({','.join(map(_inner, value))}{',' if len(value) == 1 else ''})"
        case list() | set() | frozenset():
            return f"[{','.join(map(_inner, value))}]"
        case Mapping():
            return "{" + ",".join(f"{_inner(key)}:{_inner(item)}" for key, item in value.items()) + "}"
        case _:
            return literal(text(value))


def _expression(value: Any) -> str:
    """The value in SQL, where a map is not written as it is in text."""
    match value:
        case tuple():
            return f"tuple({','.join(map(_expression, value))})"
        case list() | set() | frozenset():
            return f"[{','.join(map(_expression, value))}]"
        case Mapping():
            return f"map({','.join(map(_expression, chain.from_iterable(value.items())))})"
        case _:
            return _inner(value)


def _written_in(sql: str, params: Mapping[str, Any]) -> str:
    out, done = [], 0
    for placeholder in _placeholders(sql):
        if placeholder.name in params:
            out += [sql[done : placeholder.start], _cast(placeholder, params[placeholder.name])]
            done = placeholder.end
    return "".join(out) + sql[done:]


def _cast(placeholder: "Placeholder", value: Any) -> str:
    if placeholder.type == "Identifier":
        return "`" + text(value).replace("\\", "\\\\").replace("`", "\\`") + "`"
    written = _expression(value) if value is None or isinstance(value, CONTAINERS) else literal(text(value))
    return f"CAST({written}, {literal(placeholder.type)})"


class Placeholder(NamedTuple):
    name: str
    type: str
    start: int
    end: int


def _placeholders(sql: str) -> Iterator[Placeholder]:
    """`{name:Type}` outside of strings and comments; a map literal (`{'a': 1}`) begins otherwise."""
    found = list(tokens(sql))
    for at, opening in enumerate(found[:-3]):
        if opening.is_sign("{") and found[at + 1].kind == WORD and found[at + 2].is_sign(":"):
            closing = next((token for token in found[at + 3 :] if token.is_sign("}")), found[-1])
            yield Placeholder(found[at + 1].text, sql[found[at + 2].end : closing.at].strip(), opening.at, closing.end)
