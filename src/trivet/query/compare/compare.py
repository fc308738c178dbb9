"""What is different about a selection of spans or log records: every field there is, by how well it tells the selection
from a baseline (the measure is in separation.py).

The members of both sides are traces, each of which counts once. A field is looked at twice: on the spans that match
(`row`), and on any span, event or log record of their traces (`trace`), since what makes a request slow is often said
elsewhere in its trace: by the table of a child span, by a log record about a lock. When log records are compared they
stand for themselves.

Nothing is read whole. Members are an even sample by a hash of the trace's id out of an even sample of time (sample.py),
and their rows are read from a bounded number of granules. What grows with what is stored is finding the matching spans,
which reads the columns that the filters speak of.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trivet.query.answers import Scanned
from trivet.query.ask import Ask, statement, together
from trivet.query.compare.answers import Comparison, Side
from trivet.query.compare.members import BASELINE, COMPARED, SELECTED, SELECTION, UNTOUCHED, Choosing, Members
from trivet.query.compare.separation import Sizes
from trivet.query.compare.sides import AskedSide, Sides, sides
from trivet.query.compare.telling import gathered, telling
from trivet.query.fields.held import severity_word
from trivet.query.fields.names import TABLES, SignalName
from trivet.query.fields.pairs import pairs
from trivet.query.filter.condition import Condition, Parameters
from trivet.query.filter.kinds import Severity
from trivet.query.filter.tables import LOGS, SPANS
from trivet.query.instant import Range
from trivet.query.patterns.pattern import template
from trivet.query.sample import Sample, in_slots, sample
from trivet.query.scanned import total
from trivet.store.client import Answer

MOST_LOGS = 100_000
MOST_VALUES = 100_000
# A record holds a tenth of what a trace does.
LOGS_FOR_A_TRACE = 10
MEMBERS = ("", "")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a comparison looks at: traces or log records on each side, and granules (of 1,024 rows) for both."""

    members: int = 1000
    granules: int = 256


class CompareQuestions:
    def __init__(self, ask: Ask, extent: Extent):
        self._ask = ask
        self._extent = extent

    async def compare(
        self, signal: SignalName, selection: AskedSide, baseline: AskedSide | None, limit: int
    ) -> Comparison:
        """The fields that tell the selection from the baseline, best first."""
        began = time.perf_counter()
        asked = sides(TABLES[signal], selection, baseline, self._ask.clock())
        made, answers = await (self._traces(asked) if signal == "traces" else self._logs(asked))
        made.truncated = len(made.fields) > limit
        made.fields = made.fields[:limit]
        made.scanned = total(answers, began)
        return made

    async def _traces(self, asked: Sides) -> tuple[Comparison, list[Answer]]:
        choosing = Choosing(self._ask, asked, traces=self._extent.members, granules=self._extent.granules)
        members = await choosing.members()
        rows = Sizes(members.count(SELECTED), members.count(COMPARED))
        made = _comparison(members.rows, members.matching, rows)
        if not (rows.selection and rows.baseline):
            return made, [*members.answers]
        traces = Sizes(rows.selection, members.count(UNTOUCHED))
        spans, logs = await together(self._spans(members, rows, traces), self._trace_logs(members, traces))
        found = gathered([*spans.rows, *logs.rows])
        made.fields = telling("traces", found, rows, traces if traces.baseline else None, asked.fixed)
        return made, [*members.answers, spans, logs]

    async def _spans(self, members: Members, rows: Sizes, traces: Sizes) -> Answer:
        slots = in_slots(SPANS, members.width, members.slots)
        held, sides = pairs(SPANS), members.rows
        member_rows = statement(
            "compared_spans",
            pairs=held.sql, rows=slots.sql, selected=sides.selected.sql, compared=sides.compared.sql,
        )  # fmt: skip
        params = slots.parameters | held.parameters | sides.selected.parameters | sides.compared.parameters
        return await self._values(member_rows, params | members.parameters | {"every": members.every}, rows, traces)

    async def _trace_logs(self, members: Members, traces: Sizes) -> Answer:
        slots = in_slots(LOGS, members.width, members.slots)
        bound = Parameters("severity")
        member_rows = statement(
            "compared_trace_logs", rows=slots.sql, severity=severity_word(Severity(), bound), template=template()
        )
        params = slots.parameters | bound.values | members.parameters | {"most_logs": MOST_LOGS}
        return await self._values(member_rows, params, traces, traces)

    async def _logs(self, asked: Sides) -> tuple[Comparison, list[Answer]]:
        selected, (asked, compared) = await together(
            self._sample_of_logs(asked.selected, asked.selected_within, SELECTION), self._other_logs(asked)
        )
        most = self._extent.members * LOGS_FOR_A_TRACE
        inside = [round(each.share * each.matching) for each in (selected, compared)]
        every = [max(1, rows // most) for rows in inside]
        held = pairs(LOGS)
        member_rows = statement(
            "compared_logs", template=template(),
            pairs=held.sql, selected=asked.selected.sql, compared=asked.compared.sql,
            rows_selected=selected.rows.sql, rows_compared=compared.rows.sql,
        )  # fmt: skip
        params = selected.rows.parameters | compared.rows.parameters | held.parameters
        params |= {"every_selected": every[0], "every_compared": every[1]}
        expected = Sizes(inside[0] // every[0], inside[1] // every[1])
        values = await self._values(member_rows, params, expected, expected)
        found = gathered(values.rows)
        sizes = Sizes(*(round(count) for count in found[MEMBERS].rows.present))
        made = _comparison(asked, (selected.matching, compared.matching), sizes)
        if sizes.selection and sizes.baseline:
            made.fields = telling("logs", found, sizes, None, asked.fixed)
        return made, [*selected.answers, *compared.answers, values]

    async def _other_logs(self, asked: Sides) -> tuple[Sides, Sample]:
        """What to compare with, and a sample of it."""
        taken = await self._sample_of_logs(asked.compared, asked.compared_within, BASELINE)
        if asked.told and not taken.matching:
            asked = asked.all_else
            taken = await self._sample_of_logs(asked.compared, asked.compared_within, BASELINE)
        return asked, taken

    async def _sample_of_logs(self, rows: Condition, within: Range, prefix: str) -> Sample:
        most = self._extent.granules // 2
        return await sample(self._ask, LOGS, within, rows, most, counted=prefix == SELECTION, prefix=prefix)

    async def _values(self, members: str, params: Mapping[str, Any], rows: Sizes, traces: Sizes) -> Answer:
        """What the members hold; values that are too few on both sides to tell anything are left out."""
        least = [min(pair) for pair in zip(rows.least(), traces.least(), strict=True)]
        bounds = {"least_selected": least[0], "least_compared": least[1], "limit": MOST_VALUES}
        return await self._ask.answer("compared_values", {**params, **bounds}, members=members)


def _comparison(rows: Sides, matching: tuple[int, int], sampled: Sizes) -> Comparison:
    """An answer without its fields."""
    selection, baseline = Side(matching[0], sampled.selection), Side(matching[1], sampled.baseline)
    if rows.told is not None:
        baseline.filter, baseline.of = rows.told, rows.of
    return Comparison(selection, baseline, [], False, Scanned())
