"""What log records say, folded."""

from typing import Literal

from msgspec import UNSET

from trivet.query.fields.names import TABLES
from trivet.query.hints import Hints
from trivet.query.patterns.answers import PatternList
from trivet.query.patterns.patterns import PatternQuestions
from trivet.serve.asked import Listed
from trivet.serve.calls import Call


class PatternsAsked(Listed, kw_only=True):
    """Of `traces` the names of spans are folded."""

    signal: Literal["logs", "traces"] = "logs"
    filter: str = ""


class PatternRoutes:
    def __init__(self, questions: PatternQuestions, hints: Hints):
        self._hints = hints
        self._questions = questions

    def calls(self) -> list[Call]:
        return [Call("GET", "/api/patterns", self.patterns, kept="patterns")]

    async def patterns(self, asked: PatternsAsked) -> PatternList:
        """Log records that say the same but for ids and numbers, counted over time; the most frequent first."""
        within = asked.range()
        found = await self._questions.patterns(TABLES[asked.signal], asked.filter, within, asked.limit)
        if not found.patterns:
            found.hint = await self._hints.of(asked.signal, asked.filter, within) or UNSET
        return found
