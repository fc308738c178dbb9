"""People's own SQL."""

from msgspec import Struct

from trivet.query.answers import SqlAnswer
from trivet.query.sql.people import SqlQuestions
from trivet.serve.asked import Limit
from trivet.serve.calls import Call


class SqlAsked(Struct, forbid_unknown_fields=True):
    query: str
    limit: Limit = 1000


class SqlRoutes:
    def __init__(self, questions: SqlQuestions):
        self._questions = questions

    def calls(self) -> list[Call]:
        return [Call("POST", "/api/sql", self.sql, progress=True, kept="sql")]

    async def sql(self, asked: SqlAsked) -> SqlAnswer:
        """The rows of a SELECT, EXPLAIN, SHOW or DESCRIBE; nothing else is let through."""
        return await self._questions.sql(asked.query, asked.limit)
