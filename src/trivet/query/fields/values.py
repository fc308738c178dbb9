"""What a field holds, with how often: for completion, and for the facets beside a list.

Of everything, from the catalogue and the rollup where these know the field; else, and of what matches a filter, from an
even sample of the rows (sample.py), whose counts are scaled up.
"""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from trivet.query.ask import Ask, together
from trivet.query.attributes import STRING, TYPES, value
from trivet.query.fields.answers import ValueList, ValueRow
from trivet.query.fields.fields import MOST_FRESH, fresh, fresh_share, source
from trivet.query.fields.held import held
from trivet.query.fields.names import TABLES, SignalName, places
from trivet.query.filter.compile import compiled
from trivet.query.filter.condition import Condition, Parameters
from trivet.query.filter.fields import Context
from trivet.query.filter.kinds import Choice, Field, Severity
from trivet.query.filter.tables import LOGS, NO_PARENT, SERIES, SPANS, Table
from trivet.query.instant import Range
from trivet.query.sample import asked, sample
from trivet.query.scanned import total
from trivet.query.severity import WORDS
from trivet.store.client import Answer

# One field of a granule is read in less than a millisecond.
MOST_SLOTS = 64
MOST_ROWS = 100_000
Counts = Counter[tuple[str, int]]  # by (canonical text, type)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field, and the beginning of its values."""

    signal: SignalName
    field: str
    prefix: str
    within: Range
    limit: int

    @property
    def table(self) -> Table:
        return TABLES[self.signal]

    @property
    def params(self) -> dict[str, object]:
        return {"prefix": self.prefix, "limit": self.limit + 1}


class ValueQuestions:
    def __init__(self, ask: Ask):
        self._ask = ask

    async def values(
        self, signal: SignalName, field: str, prefix: str, within: Range, limit: int, filter: str | None
    ) -> ValueList:
        """The values of a field that begin with a prefix, the most frequent first."""
        began = time.perf_counter()
        wanted = Wanted(signal, field, prefix, within, limit)
        if filter is None:
            counts, answers = await self._of_all(wanted)
        else:
            counts, answers = await self._of_matching(wanted, filter)
        found = sorted(counts, key=lambda each: (-counts[each], each))
        rows = [ValueRow(value(*each), counts[each]) for each in found[:limit]]
        return ValueList(rows, len(found) > limit, total(answers, began))

    async def _of_all(self, wanted: Wanted) -> tuple[Counts, list[Answer]]:
        intrinsic = wanted.table.fields(0).get(wanted.field)
        if wanted.table is SPANS and wanted.field in ("service", "name"):
            return await self._rolled_up(wanted)
        if intrinsic is None and not elsewhere(wanted) and wanted.table is not SERIES:
            return await self._catalogued(wanted)
        counts, answers = await self._of_matching(wanted, "")
        for word in _words(intrinsic):
            if word.startswith(wanted.prefix.lower()):
                counts[word, STRING] += 0
        return counts, answers

    async def _rolled_up(self, wanted: Wanted) -> tuple[Counts, list[Answer]]:
        params = {"start": wanted.within.start, "end": wanted.within.end}
        answer = await self._ask.answer("red_values", wanted.params | params, column=wanted.field)
        return Counter({(text, STRING): count for text, count in answer.rows}), [answer]

    async def _catalogued(self, wanted: Wanted) -> tuple[Counts, list[Answer]]:
        bound = Parameters("place")
        at = [
            f"place = {bound.bind(place)} AND key = {bound.bind(key)}"
            for place, key in places(wanted.signal, wanted.field)
        ]
        params = {"start": wanted.within.start, "end": wanted.within.end, "signal": wanted.signal}
        old, new, share = await together(
            self._ask.answer("catalogue_values", wanted.params | params | bound.values, places=" OR ".join(at)),
            self._held(wanted, wanted.table, wanted.field, fresh(), MOST_FRESH),
            fresh_share(self._ask, wanted.table),
        )
        counts = Counter({(text, kind): round(count / share) for text, kind, count in new.rows})
        for text, kind, count in old.rows:
            counts[text, TYPES[kind]] += count
        return counts, [old, new]

    async def _of_matching(self, wanted: Wanted, filter: str) -> tuple[Counts, list[Answer]]:
        table, field, condition = self._rows(wanted, filter)
        sampled = await sample(self._ask, table, wanted.within, condition, MOST_SLOTS)
        answer = await self._held(wanted, table, field, sampled.rows, MOST_ROWS)
        counts = {(text, kind): round(count / sampled.share) for text, kind, count in answer.rows}
        return Counter(counts), [*sampled.answers, answer]

    def _rows(self, wanted: Wanted, filter: str) -> tuple[Table, str, Condition]:
        """The rows that hold the field: those that match or, of a field elsewhere, those of their traces."""
        context = Context(wanted.table, wanted.within, self._ask.clock())
        matching = compiled(filter, context)
        found = elsewhere(wanted)
        if found is None:
            return wanted.table, wanted.field, matching
        table, field, which = found
        when = asked(wanted.table, wanted.within)
        traces = f"trace_id IN (SELECT trace_id FROM {wanted.table.name} WHERE {when.sql} AND {matching.sql})"
        of_traces = "true" if matching.sql == "true" else traces
        return table, field, Condition(f"{which} AND {of_traces}", when.parameters | matching.parameters)

    async def _held(self, wanted: Wanted, table: Table, field: str, rows: Condition, most: int) -> Answer:
        bound = Parameters("held")
        holds = held(field, Context(table, wanted.within, self._ask.clock()), bound)
        params = wanted.params | rows.parameters | bound.values | {"most_rows": most}
        return await self._ask.answer("held_values", params, held=holds, table=source(table), rows=rows.sql)


def elsewhere(wanted: Wanted) -> tuple[Table, str, str] | None:
    """For a field of other rows of the trace: their table, the field's name there, and which of its rows."""
    prefix, _, rest = wanted.field.partition(".")
    if wanted.signal == "metrics" or not rest:
        return None
    if prefix == "root":
        return SPANS, rest, NO_PARENT
    if prefix == "log" and wanted.signal == "traces":
        return LOGS, rest, "true"
    return (SPANS, "service", "true") if wanted.field == "trace.service" else None


def _words(intrinsic: Field | None) -> Iterable[str]:
    """What a field can hold, seen or not."""
    match intrinsic:
        case Choice(codes=codes):
            return codes
        case Severity():
            return WORDS
    return ()
