"""People's own SQL: checked, read-only, within a budget, its values as JSON can hold them."""

import base64
import re
import time
from collections.abc import Mapping
from typing import Any

from trivet.errors import Invalid, NotAllowed, TrivetError
from trivet.query.answers import SqlAnswer, SqlColumn
from trivet.query.ask import AWAY, TOO_EXPENSIVE, Ask, explained
from trivet.query.attributes import double, integer
from trivet.query.sql.check import check
from trivet.settings import MiB
from trivet.store.client import EngineError

MOST_BYTES = 64 * MiB
# READONLY, ACCESS_DENIED
FORBIDDEN = {164, 497}


class SqlQuestions:
    """`reader`: settings under which the engine itself lets a statement read and nothing else."""

    def __init__(self, ask: Ask, reader: Mapping[str, str]):
        self._ask = ask
        self._reader = reader

    async def sql(self, query: str, limit: int) -> SqlAnswer:
        """The first `limit` rows of a statement."""
        began = time.perf_counter()
        answer = await self._ask.own(check(query), self._settings(limit), said)
        rows = [[shown(value) for value in row] for row in answer.rows[:limit]]
        columns = [SqlColumn(*column) for column in answer.columns]
        elapsed = round((time.perf_counter() - began) * 1000)
        return SqlAnswer(columns, rows, len(answer.rows) > limit, elapsed)

    def _settings(self, limit: int) -> dict[str, Any]:
        bounds = {"limit": limit + 1, "max_result_bytes": MOST_BYTES, "result_overflow_mode": "throw"}
        return bounds | dict(self._reader)


def said(error: EngineError) -> TrivetError:
    """What the engine says about a person's statement, without what concerns nobody."""
    if error.code in TOO_EXPENSIVE or error.code in AWAY:
        return explained(error)
    message = re.sub(r"^Code: \d+\. DB::Exception: ", "", error.message)
    message = re.sub(r"\s*\((?:version [^)]*|[A-Z_]+)\)\s*$", "", re.sub(r"\s*\(version [^)]*\)\s*$", "", message))
    if error.code in FORBIDDEN:
        return NotAllowed("this is not allowed here", hint="SQL here only reads")
    return Invalid(message[:1000], code="bad_sql")


def shown(value: Any) -> Any:
    """A value of an answer as strict JSON holds it."""
    match value:
        case bool() | None:
            return value
        case int():
            return integer(value)
        case float():
            return double(value)
        case str():
            return value if value.isprintable() else _text(value)
        case list() | tuple():
            return [shown(each) for each in value]
        case dict():
            return {key: shown(each) for key, each in value.items()}
    return str(value)


def _text(value: str) -> str | dict[str, str]:
    """Text, or the bytes of what is not UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return {"$bytes": base64.b64encode(value.encode("utf-8", "surrogateescape")).decode()}
    return value
