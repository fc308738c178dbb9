"""asyncpg: one span for each statement. No comment with a context: every statement is prepared and kept by its text,
and a text that is new each time would fill that cache."""

from dataclasses import replace
from typing import Any

from trivet.instrument.kit import CLIENT, Call, Wrap
from trivet.instrument.sql import attributes_of, name_of


def _about(call: Call) -> dict[str, Any]:
    connection = call.self
    where = connection._params
    host, port = connection._addr if isinstance(connection._addr, tuple) else (connection._addr, None)
    return attributes_of("postgresql", call.get("query", ""), where.database, host, port)


_one = Wrap(
    "asyncpg.connection:Connection.execute",
    name=lambda call: name_of(call.get("query", ""), "postgresql"),
    kind=CLIENT,
    family="db",
    attributes=_about,
)

RULES = tuple(
    replace(_one, target=f"asyncpg.connection:Connection.{name}")
    for name in ("execute", "executemany", "fetch", "fetchrow", "fetchval")
)
