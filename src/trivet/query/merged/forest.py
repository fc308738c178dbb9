"""The finished spans of many traces as one forest, for the questions that merge them by call path.

Spans that still run are left out: what they will have taken is not known yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from trivet.query import words
from trivet.query.ask import Ask, statement
from trivet.query.beside import beside
from trivet.query.facts.skew import Timeline, timeline
from trivet.query.facts.spans import Spans
from trivet.query.facts.tree import tree
from trivet.query.filter.compile import asks_of_logs, compiled
from trivet.query.filter.fields import Context
from trivet.query.filter.parse import parse
from trivet.query.filter.tables import LOGS, SPANS
from trivet.query.instant import Range
from trivet.query.origins import Resources
from trivet.query.span_rows import SpanRow
from trivet.query.trace.stored import Stored

ASKED = "{time} >= fromUnixTimestamp64Nano({{start:Int64}}) AND {time} < fromUnixTimestamp64Nano({{end:Int64}})"


@dataclass(frozen=True, slots=True)
class TreeLimits:
    """`spans` that are merged into one tree: so many are fetched, linked and merged in 2 s, and a trace beyond them is
    left out whole. `nodes` of the tree that is shown: more boxes than a screen has room for."""

    spans: int = 300_000
    nodes: int = 20_000


@dataclass(frozen=True, slots=True)
class Forest:
    """`trace` numbers the trace of each row; `cut` when there were more traces than wanted, or more spans than fit."""

    timeline: Timeline
    trace: list[int]
    traces: int
    cut: bool


class Forests:
    def __init__(self, ask: Ask, resources: Resources, limits: TreeLimits = TreeLimits()):
        self._ask = ask
        self._resources = resources
        self._most = limits.spans
        self._stored = Stored(ask)

    async def matching(self, filter: str, within: Range, most: int) -> Forest:
        """The traces that a filter selects by one of their spans, or log records; an even sample of `most`."""
        table = LOGS if asks_of_logs(parse(filter)) else SPANS
        condition = compiled(filter, Context(table, within, self._ask.clock()))
        params = {"start": within.start, "end": within.end, "limit": most + 1}
        found = await self._ask.answer(
            "matching_traces",
            params | condition.parameters,
            table=table.name,
            asked=ASKED.format(time=table.time),
            filter=condition.sql,
        )
        traces = [trace for (trace,) in found.rows]
        return await self.of(traces[:most], cut=len(traces) > most)

    async def of(self, traces: Sequence[str], *, cut: bool = False) -> Forest:
        """The traces of these ids; those that are not stored are not in it."""
        wanted = {"traces": list(traces)}
        during = await self._stored.when("start", "traces_when")
        body = await self._ask.raw("forest", wanted | {"limit": self._most + 1}, when=during)
        columns = await beside(len(body) // 100, msgspec.json.decode, body)
        columns = columns or [[]] * 10
        tables = dict.fromkeys(columns[9], SpanRow.TABLE)
        known = await self._resources.of(tables, statement("traces_wanted"), wanted)
        processes = {each: resource.process for each, resource in known.items()}
        return await beside(len(columns[0]), _forest, columns, processes, self._most, cut)


def _forest(columns: list[list[Any]], processes: dict[int, str], most: int, cut: bool) -> Forest:
    if len(columns[0]) > most:
        whole = columns[0].index(columns[0][-1])
        columns, cut = [column[:whole] for column in columns], True
    trace, ids, parents, services, names, kinds, begins, durations, failed, resources = columns
    spans = Spans(
        span_id=ids,
        parent=parents,
        service=services,
        name=names,
        kind=list(map(words.kind, kinds)),
        start=begins,
        duration=durations,
        error=[bool(each) for each in failed],
        process=[processes[each] for each in resources],
    )
    return Forest(timeline(spans, tree(spans)), trace, len(set(trace)), cut)
