"""SQL in the words of OpenTelemetry's stable conventions, and a context that travels inside a statement.

https://opentelemetry.io/docs/specs/semconv/database/database-spans/ · https://google.github.io/sqlcommenter/spec/
"""

import os
import re
from functools import lru_cache
from typing import Any

from opentelemetry.trace import get_current_span

LONGEST = 8192  # characters of a statement that are kept
SYSTEMS = {
    "postgres": "postgresql", "cockroachdb": "cockroachdb", "mssql": "microsoft.sql_server", "oracle": "oracle.db",
}  # fmt: skip
_COMMENT = re.compile(r"^(?:\s|--[^\n]*\n|/\*.*?\*/)+", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]+")
_TABLE = re.compile(
    r'\b(?:FROM|INTO|UPDATE|JOIN|TABLE)\s+(?:ONLY\s+|IF\s+(?:NOT\s+)?EXISTS\s+)?([\w."`\[\]]+)', re.IGNORECASE
)
_COMMENTED = "/*traceparent="


@lru_cache(1024)
def told(statement: str) -> tuple[str, str]:
    """The operation and the first table of a statement, each empty where it does not say."""
    text = _COMMENT.sub("", statement[:LONGEST])
    operation = _WORD.match(text)
    table = _TABLE.search(text)
    return (operation[0].upper() if operation else "", table[1].strip('"`[]').replace('"', "") if table else "")


def name_of(statement: str, fallback: str) -> str:
    """`SELECT accounts`."""
    return " ".join(filter(None, told(statement))) or fallback


def attributes_of(
    system: str, statement: str, database: str | None = None, host: str | None = None, port: int | None = None
) -> dict[str, Any]:
    operation, table = told(statement)
    attributes = {
        "db.system.name": SYSTEMS.get(system, system), "db.namespace": database, "server.address": host,
        "server.port": port, "db.query.text": statement[:LONGEST], "db.operation.name": operation,
        "db.collection.name": table, "db.query.summary": " ".join(filter(None, (operation, table))),
    }  # fmt: skip
    return {name: value for name, value in attributes.items() if value not in (None, "")}


def commented(statement: str) -> str:
    """The statement with the current span's `traceparent` as a comment behind it, so that the server's view of its
    sessions (`pg_stat_activity`) says which span each statement belongs to. `TRIVET_SQL_COMMENTS=off`: as it is."""
    span = get_current_span().get_span_context()
    if not span.is_valid or _COMMENTED in statement or _is_off():
        return statement
    parent = f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags & 1:02x}"
    return f"{statement.rstrip().rstrip(';')} {_COMMENTED}'{parent}'*/"


def _is_off() -> bool:
    return os.environ.get("TRIVET_SQL_COMMENTS", "").lower() in ("0", "off", "false", "no")
