"""Which fields there are, for completion and for the facets beside a list.

Of everything, from the catalogue that `store/steps.py` keeps by the day, and what has come since its last step; of what
matches a filter, from an even sample of the rows (sample.py). Series of metrics are few enough to be read themselves.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trivet.query.ask import Ask, statement, together
from trivet.query.attributes import TYPES
from trivet.query.fields.answers import FieldList, FieldRow
from trivet.query.fields.names import INTRINSICS, TABLES, Place, SignalName, catalogued, written
from trivet.query.fields.pairs import pairs
from trivet.query.filter.compile import compiled
from trivet.query.filter.condition import Condition
from trivet.query.filter.fields import Context
from trivet.query.filter.tables import SERIES, Table
from trivet.query.instant import Range
from trivet.query.sample import Sample, sample
from trivet.query.scanned import total
from trivet.store.client import Answer

TYPE_NAMES = {code: name for name, code in TYPES.items()}
# The attributes of so many granules are read in some 50 ms.
MOST_SLOTS = 24
MOST_ROWS = 50_000
# Rows since the catalogue's last step that are looked at.
MOST_FRESH = 5_000
MOST_SERIES = 1_000_000
EVERYTHING = Condition("true", {})
ROWS: Place = ("", "")  # stands for the rows themselves, see pair_counts.sql


@dataclass(slots=True)
class Held:
    """How often an attribute came, its type, and how often its ten most frequent values came."""

    kind: str
    count: int = 0
    most_frequent: Sequence[int] = ()


class FieldQuestions:
    def __init__(self, ask: Ask):
        self._ask = ask

    async def fields(self, signal: SignalName, prefix: str, within: Range, limit: int, filter: str | None) -> FieldList:
        """Fields whose names begin with a prefix: the most frequent first or, with a filter, those that split best."""
        began = time.perf_counter()
        if filter is None and signal == "metrics":
            rows, answers = await self._of_series(within)
        elif filter is None:
            rows, answers = await self._catalogued(signal, within)
        else:
            rows, answers = await self._splitting(signal, within, filter)
        if signal == "traces" and prefix.startswith("log."):
            of_logs, read = await self._catalogued("logs", within)
            rows += [FieldRow(f"log.{row.name}", "log", row.type, row.count) for row in of_logs]
            answers += read
        rows = [row for row in rows if row.name.lower().startswith(prefix.lower())]
        return FieldList(rows[:limit], len(rows) > limit, total(answers, began))

    async def _catalogued(self, signal: SignalName, within: Range) -> tuple[list[FieldRow], list[Answer]]:
        params = {"start": within.start, "end": within.end, "signal": signal}
        table = TABLES[signal]
        old, new, share = await together(
            self._ask.answer("catalogue_fields", params),
            self._held(table, Sample(fresh()), MOST_FRESH),
            fresh_share(self._ask, table),
        )
        found: dict[Place, Held] = {}
        for place, key, kind, count in old.rows:
            found[catalogued(signal, place), key] = Held(kind, count)
        for at, each in _by_place(new).items():
            found.setdefault(at, Held(each.kind)).count += round(each.count / share)
        # Every row has a service, unless nobody named it.
        rows = max(found.pop(ROWS, Held("")).count, found.get(("resource", "service.name"), Held("")).count)
        found = {at: each for at, each in found.items() if at[0] != "intrinsic"}
        return _intrinsics(signal, rows) + _rows(signal, found), [old, new]

    async def _of_series(self, within: Range) -> tuple[list[FieldRow], list[Answer]]:
        """Counted by series."""
        sampled = await sample(self._ask, SERIES, within, EVERYTHING, MOST_SLOTS)
        answer = await self._held(SERIES, sampled, MOST_SERIES)
        found = {at: each for at, each in _by_place(answer).items() if at[0] != "intrinsic"}
        return _intrinsics("metrics", found.pop(ROWS, Held("")).count) + _rows("metrics", found), [answer]

    async def _splitting(self, signal: SignalName, within: Range, filter: str) -> tuple[list[FieldRow], list[Answer]]:
        table = TABLES[signal]
        condition = compiled(filter, Context(table, within, self._ask.clock()))
        sampled = await sample(self._ask, table, within, condition, MOST_SLOTS)
        answer = await self._held(table, sampled, MOST_ROWS)
        found = _by_place(answer)
        rows = found.pop(ROWS, Held("")).count
        made = _rows(signal, found, sampled.share, {at: splits(found[at].most_frequent, rows) for at in found})
        return made, [*sampled.answers, answer]

    async def _held(self, table: Table, sampled: Sample, most: int) -> Answer:
        held = pairs(table)
        return await self._ask.answer(
            "pair_counts",
            sampled.rows.parameters | held.parameters | {"most_rows": most},
            pairs=held.sql,
            table=source(table),
            rows=sampled.rows.sql,
        )


def source(table: Table) -> str:
    """A series has a row a day and, until those are merged, one for every time it was heard of."""
    return f"{table.name} FINAL" if table is SERIES else table.name


def fresh() -> Condition:
    """The rows that the catalogue does not know yet."""
    return Condition(statement("uncatalogued"), {})


async def fresh_share(ask: Ask, table: Table) -> float:
    """Which part of them MOST_FRESH are."""
    answer = await ask.answer("fresh_count", {}, table=table.name, rows=fresh().sql)
    [[rows]] = answer.rows
    return min(1.0, MOST_FRESH / max(1, rows))


def _intrinsics(signal: SignalName, rows: int) -> list[FieldRow]:
    return [FieldRow(name, "intrinsic", kind, rows) for name, kind in INTRINSICS[signal].items()]


def splits(most_frequent: Sequence[int], rows: int) -> float:
    """How well a field divides rows by its ten most frequent values, from 0 (not at all) towards 1.

    The chance that two of the rows fall on different lines of a facet of ten, where all other rows make up an eleventh
    (Gini-Simpson index). A constant has 0, and so have ids, all of whose values are rare.
    https://en.wikipedia.org/wiki/Diversity_index#Gini-Simpson_index
    """
    if not rows:
        return 0.0
    shares = [count / rows for count in most_frequent]
    other = max(0.0, 1.0 - sum(shares))
    return max(0.0, 1.0 - other**2 - sum(share**2 for share in shares))


def _by_place(answer: Answer) -> dict[Place, Held]:
    return {(place, key): Held(TYPE_NAMES[kind], *held) for place, key, kind, *held in answer.rows}


def _rows(
    signal: SignalName, found: Mapping[Place, Held], share: float = 1.0, scores: Mapping[Place, float] | None = None
) -> list[FieldRow]:
    """As they are told: the best first, then the most frequent."""
    rows = []
    for at, each in found.items():
        row = FieldRow(written(signal, at, found), at[0], each.kind, round(each.count / share))
        if scores is not None:
            row.score = scores[at]
        rows.append(row)
    return sorted(rows, key=lambda row: (-((scores and row.score) or 0), -row.count, row.name))
