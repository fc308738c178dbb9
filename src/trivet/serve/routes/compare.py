"""What is different about a selection."""

from typing import Literal

from msgspec import UNSET, Struct

from trivet.query.compare.answers import Comparison
from trivet.query.compare.compare import CompareQuestions
from trivet.query.compare.sides import AskedSide
from trivet.query.hints import Hints
from trivet.serve.asked import Limit, Within
from trivet.serve.calls import Call


class CompareSide(Within, kw_only=True, forbid_unknown_fields=True):
    filter: str = ""

    def side(self) -> AskedSide:
        return AskedSide(self.filter, self.range())


class CompareAsked(Struct, kw_only=True, forbid_unknown_fields=True):
    """Without a `baseline` it is the rest of the selection's time: what the filter's terms about service, name and the
    like hold for, of the same operations."""

    signal: Literal["traces", "logs"] = "traces"
    selection: CompareSide
    baseline: CompareSide | None = None
    limit: Limit = 100


class CompareRoutes:
    def __init__(self, questions: CompareQuestions, hints: Hints):
        self._hints = hints
        self._questions = questions

    def calls(self) -> list[Call]:
        return [Call("POST", "/api/compare", self.compare, progress=True, kept="compare")]

    async def compare(self, asked: CompareAsked) -> Comparison:
        """Every field by how well it tells the selection from the baseline, best first."""
        baseline = asked.baseline.side() if asked.baseline else None
        selection = asked.selection.side()
        found = await self._questions.compare(asked.signal, selection, baseline, asked.limit)
        if not found.selection.count:
            found.hint = await self._hints.of(asked.signal, selection.filter, selection.within) or UNSET
        return found
