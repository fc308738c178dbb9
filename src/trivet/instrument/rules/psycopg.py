"""psycopg 3: one span for each statement of a cursor, blocking or async, with its context in a comment."""

from dataclasses import replace
from typing import Any

from trivet.instrument.kit import CLIENT, Call, Wrap
from trivet.instrument.sql import attributes_of, commented, name_of


def _text(call: Call) -> str:
    query = call.get("query", "")
    if isinstance(query, bytes):
        return query.decode("utf-8", "replace")
    return query if isinstance(query, str) else query.as_string(call.self)


def _about(call: Call) -> dict[str, Any]:
    info = call.self.connection.info
    return attributes_of("postgresql", _text(call), info.dbname, info.host, info.port)


def _comment(call: Call) -> None:
    query = call.get("query")
    if isinstance(query, str):
        call.put("query", commented(query))


_one = Wrap(
    "psycopg:Cursor.execute",
    name=lambda call: name_of(_text(call), "postgresql"),
    kind=CLIENT,
    family="db",
    attributes=_about,
    before=_comment,
)

RULES = (
    _one,
    replace(_one, target="psycopg:Cursor.executemany"),
    replace(_one, target="psycopg:AsyncCursor.execute"),
    replace(_one, target="psycopg:AsyncCursor.executemany"),
)
