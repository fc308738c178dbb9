"""Many traces as one tree, and two sides of it against each other."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct

from trivet.query.hints import Hints
from trivet.query.instant import ALL_TIME
from trivet.query.merged.answers import Diff, Flame
from trivet.query.merged.diff import DiffQuestions, Side
from trivet.query.merged.flame import FlameQuestions, View
from trivet.serve.asked import Limit, Within
from trivet.serve.calls import Call

MostTraces = Annotated[int, Meta(ge=1, le=10_000)]


class FlameAsked(Within, kw_only=True, forbid_unknown_fields=True):
    """`focus` is a service, a name, or `service|name`."""

    filter: str = ""
    traces: MostTraces = 2000
    view: View = "top_down"
    focus: str = ""


class SideAsked(Within, kw_only=True, forbid_unknown_fields=True):
    """A trace by its id, or traces by a filter."""

    trace_id: str | None = None
    filter: str = ""
    traces: MostTraces = 1000

    def side(self) -> Side:
        within = ALL_TIME if self.trace_id else self.range()
        return Side(self.trace_id, self.filter, within, self.traces)


class DiffAsked(Struct, forbid_unknown_fields=True):
    """`limit` is of the functions that explain the difference."""

    a: SideAsked
    b: SideAsked
    limit: Limit = 100


class FlameRoutes:
    def __init__(self, flames: FlameQuestions, diffs: DiffQuestions, hints: Hints):
        self._hints = hints
        self._flames = flames
        self._diffs = diffs

    def calls(self) -> list[Call]:
        return [
            Call("POST", "/api/flame", self.flame, progress=True, kept="flame"),
            Call("POST", "/api/diff", self.diff, progress=True, kept="diff"),
        ]

    async def flame(self, asked: FlameAsked) -> Flame:
        """All matching traces merged by call path, with self time and errors."""
        within = asked.range()
        found = await self._flames.flame(asked.filter, within, asked.traces, asked.view, asked.focus)
        if not found.traces:
            found.hint = await self._hints.of("traces", asked.filter, within) or UNSET
        return found

    async def diff(self, asked: DiffAsked) -> Diff:
        """Two traces or two sets aligned by call path, and what explains the difference in duration."""
        return await self._diffs.diff(asked.a.side(), asked.b.side(), asked.limit)
