"""One trace without what hangs on its spans, as columns: for drawing very large ones."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from trivet.errors import NotFound
from trivet.query import words
from trivet.query.answers import Scanned, Shape, ShapeColumns
from trivet.query.ask import Ask, together
from trivet.query.beside import beside
from trivet.query.facts.explain import explain
from trivet.query.facts.spans import Spans
from trivet.query.ids import OF_TRACE, known_form
from trivet.query.origins import Resources
from trivet.query.severity import word
from trivet.query.span_rows import NO_PARENT, RunningRow, SpanRow, parent
from trivet.query.trace import answers as trace_facts
from trivet.query.trace.running import RunningSpans
from trivet.query.trace.stored import Stored

T = TypeVar("T")

MOST_MARKS = 100_000


class Outline(NamedTuple):
    """The spans of a trace as columns; `running` says which have not ended."""

    spans: Spans
    status: list[str]
    running: list[str | None]


class Shapes:
    def __init__(self, ask: Ask, resources: Resources, running: RunningSpans, stored: Stored):
        self._ask = ask
        self._resources = resources
        self._running = running
        self._stored = stored

    async def shape(self, trace_id: str, *, facts: bool = True) -> Shape:
        """All spans of a trace, drawn; NotFound when there are none. Without facts it takes a quarter of the time."""
        began = time.perf_counter()
        trace_id = known_form(trace_id)
        logged = await self._stored.when("time")
        outline, marks = await together(
            self.outline(trace_id),
            self._ask.answer("trace_marks", {"trace": trace_id, "limit": MOST_MARKS}, when=logged),
        )
        made = await beside(len(outline.spans), _shape, trace_id, outline, marks.rows, facts)
        made.scanned = Scanned(len(outline.spans) + marks.scanned.rows, 0, round((time.perf_counter() - began) * 1000))
        return made

    async def outline(self, trace_id: str) -> Outline:
        """Every span, finished or not, without what hangs on it; NotFound when there are none."""
        during = await self._stored.when("start")
        body, reports = await together(
            self._ask.raw("trace_shape", {"trace": trace_id}, when=during), self._running.reports(trace_id)
        )
        columns = msgspec.json.decode(body) or [[]] * 9
        unfinished = await self._running.still_open(reports, set(columns[0]))
        if not (columns[0] or unfinished):
            raise NotFound(f"no spans of trace {trace_id}", hint="they may be older than what is kept")
        tables = {row.resource_id: row.TABLE for row in unfinished} | dict.fromkeys(columns[8], SpanRow.TABLE)
        known = await self._resources.of(tables, OF_TRACE, {"trace": trace_id})
        processes = {each: resource.process for each, resource in known.items()}
        return await beside(len(columns[0]), _outline, columns, unfinished, processes)


def _outline(columns: Sequence[list[Any]], unfinished: Sequence[RunningRow], processes: dict[int, str]) -> Outline:
    ids, parents, services, names, kinds, begins, durations, codes, resources = columns
    spans = Spans(
        span_id=list(ids),
        parent=[None if each == NO_PARENT else each for each in parents],
        service=list(services),
        name=list(names),
        kind=_each(words.kind, kinds),
        start=list(begins),
        duration=[max(0, duration) for duration in durations],
        error=[code == 2 for code in codes],
        process=[processes[each] for each in resources],
        open=frozenset(range(len(ids), len(ids) + len(unfinished))),
    )
    outline = Outline(spans, _each(words.status, codes), [None] * len(ids))
    for row in unfinished:
        _add_running(outline, row, processes)
    return outline


def _each(word: Callable[[int], str], numbers: list[int]) -> list[str]:
    """A call per number that there is, not per row."""
    known = {number: word(number) for number in set(numbers)}
    return list(map(known.__getitem__, numbers))


def _add_running(outline: Outline, row: RunningRow, processes: dict[int, str]) -> None:
    spans = outline.spans
    spans.span_id.append(row.span_id)
    spans.parent.append(parent(row.parent))
    spans.service.append(row.service)
    spans.name.append(row.name)
    spans.kind.append(row.kind)
    spans.start.append(row.begin)
    spans.duration.append(max(0, row.seen - row.begin))
    spans.error.append(False)
    spans.process.append(processes[row.resource_id])
    outline.status.append("unset")
    outline.running.append("lost" if row.lost else "running")


def _shape(trace_id: str, outline: Outline, marks: Sequence[Sequence[Any]], facts: bool) -> Shape:
    spans = outline.spans
    first = min(spans.start)
    explained = explain(spans) if facts else None
    # Backwards: of a repeated id the first row is meant.
    row_of = dict(zip(reversed(spans.span_id), range(len(spans) - 1, -1, -1), strict=True))
    names, name = _coded(spans.name)
    services, service = _coded(spans.service)
    logs = Counter(span_id for _, span_id, *_ in marks)
    return Shape(
        trace_id=trace_id,
        start=str(first),
        names=names,
        services=services,
        columns=ShapeColumns(
            span_id=spans.span_id,
            parent=explained.trace.tree.parent if explained else _parents(spans, row_of),
            name=name,
            service=service,
            start=[start - first for start in spans.start],
            duration=spans.duration,
            kind=spans.kind,
            status=outline.status,
            logs=[logs[span_id] for span_id in spans.span_id] if logs else [0] * len(spans),
            running=outline.running,
            process=_coded(spans.process)[1],
        ),
        orphans=_orphans(spans, row_of),
        log_marks=[
            (row_of.get(span_id, -1), at - first, word(number, text), log_id)
            for at, span_id, number, text, log_id in marks
        ],
        facts=trace_facts.facts(explained, None) if explained else None,
        scanned=Scanned(),
    )


def _parents(spans: Spans, row_of: dict[str, int]) -> list[int]:
    """As told: a circle of parents is left for those who draw it to cut. A quarter of what a tree takes."""
    found = map(row_of.get, spans.parent)
    return [-1 if row is None else row for row in found]


def _orphans(spans: Spans, row_of: dict[str, int]) -> list[tuple[int, str]]:
    absent = {each for each in spans.parent if each is not None} - row_of.keys()
    return [(row, above) for row, above in enumerate(spans.parent) if above in absent] if absent else []


def _coded(words: Sequence[T]) -> tuple[list[T], list[int]]:
    """The words in order of appearance, and of each its place there."""
    places = {word: place for place, word in enumerate(dict.fromkeys(words))}
    return list(places), list(map(places.__getitem__, words))
