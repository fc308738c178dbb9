"""Pages of OTLP out of the store: everything of a signal that matches, in an order that stays while data arrives."""

import time
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from trivet.query.answers import Scanned
from trivet.query.ask import Ask, together
from trivet.query.beside import beside
from trivet.query.cursor import Page
from trivet.query.export.groups import Groups
from trivet.query.export.logs import record
from trivet.query.export.points import TABLES, ExemplarRow, PointRow, SeriesRow, metric, point
from trivet.query.export.spans import span
from trivet.query.export.values import Json
from trivet.query.filter.compile import compiled
from trivet.query.filter.fields import Context
from trivet.query.filter.tables import LOGS, SERIES, SPANS
from trivet.query.instant import LATEST, Range
from trivet.query.log_rows import LogRow
from trivet.query.scanned import total
from trivet.query.span_rows import SpanRow
from trivet.store.client import Answer

Signal = Literal["traces", "logs", "metrics"]
SeriesKey = tuple[str, int]
# Resources by id: the keys and texts of their attributes.
Resources = dict[int, tuple[list[str], list[str]]]


class Exported(Struct):
    """A part of what matches: `otlp` is a request in OTLP's JSON; `next` leads to the next part, null at the end."""

    otlp: dict[str, Any]
    items: int
    next: str | None
    scanned: Scanned


class Exporter:
    def __init__(self, ask: Ask):
        self._ask = ask

    async def page(self, signal: Signal, filter: str, within: Range, limit: int, cursor: str | None) -> Exported:
        pages = {"traces": self._spans, "logs": self._logs, "metrics": self._metrics}
        return await pages[signal](filter, within, limit, cursor)

    async def _spans(self, filter: str, within: Range, limit: int, cursor: str | None) -> Exported:
        began, now = time.perf_counter(), self._ask.clock()
        page = Page.asked("export traces", limit, cursor, (int, str, str), now)
        condition = compiled(filter, Context(SPANS, within, now))
        params, after = _params(page, within), "true"
        if page.place:
            params["start"], params["span"], params["trace"] = page.place
            after = (
                "(start, span_id, trace_id) > (fromUnixTimestamp64Nano({start:Int64}),"
                " toFixedString(unhex({span:String}), 8), toFixedString(unhex({trace:String}), 16))"
            )
        answer = await self._ask.answer(
            "export_spans", params | condition.parameters, filter=condition.sql, after=after
        )
        rows, following = page.cut(answer.rows, lambda row: [row[5], row[0], row[-1]])
        spans = [SpanRow._make(row[:-1]) for row in rows]
        resources, read = await self._resources(spans, "start", [each.begin for each in spans])
        made = await beside(len(rows), _spans_request, spans, [row[-1] for row in rows], resources)
        return Exported(made, len(rows), following, total([answer, *read], began))

    async def _logs(self, filter: str, within: Range, limit: int, cursor: str | None) -> Exported:
        began, now = time.perf_counter(), self._ask.clock()
        page = Page.asked("export logs", limit, cursor, (int, int), now)
        condition = compiled(filter, Context(LOGS, within, now))
        params, after = _params(page, within), "true"
        if page.place:
            params["start"], params["id"] = page.place
            after = "(time, id) > (fromUnixTimestamp64Nano({start:Int64}), {id:UInt64})"
        answer = await self._ask.answer("export_logs", params | condition.parameters, filter=condition.sql, after=after)
        rows, following = page.cut(answer.rows, lambda row: [row[0], row[-1]])
        logs = [LogRow._make(row[:-3]) for row in rows]
        resources, read = await self._resources(logs, "time", [each.at for each in logs])
        made = await beside(len(rows), _logs_request, logs, [row[-3:-1] for row in rows], resources)
        return Exported(made, len(rows), following, total([answer, *read], began))

    async def _resources(
        self, rows: Sequence[SpanRow | LogRow], column: str, at: Sequence[int]
    ) -> tuple[Resources, list[Answer]]:
        """Attributes of the resources that rows came from: keys and texts."""
        if not rows:
            return {}, []
        bounds = {"first": min(at), "last": max(at), "ids": sorted({row.resource_id for row in rows})}
        answer = await self._ask.answer(
            "resources", bounds, table=rows[0].TABLE, rows=BETWEEN.replace("{column}", column)
        )
        return {resource: (keys, texts) for resource, _, keys, texts, _ in answer.rows}, [answer]

    async def _metrics(self, filter: str, within: Range, limit: int, cursor: str | None) -> Exported:
        began, now = time.perf_counter(), self._ask.clock()
        page = Page.asked("export metrics", limit, cursor, (int, str, int, int), now)
        table, name, series, at = page.place or (0, "", 0, 0)
        condition = compiled(filter, Context(SERIES, within, now))
        params = _params(page, within) | {"metric": name, "series": series, "at": at}
        matching = (
            f"series_id IN (SELECT series_id FROM otel_series WHERE {condition.sql})" if filter.strip() else "true"
        )
        answer = await self._ask.answer(
            "export_points",
            params | condition.parameters,
            table=TABLES[table].name,
            figures=TABLES[table].figures,
            matching=matching,
        )
        rows, following = page.cut(answer.rows, lambda row: [table, *row[:3]])
        if following is None and table + 1 < len(TABLES):
            following = page.after([table + 1, "", 0, 0])
        points = [PointRow(*row[:6], row[6:]) for row in rows]
        stretches = Stretches(points, (name, series), at, answer.rows[len(rows) :])
        found, read = await self._series(points, stretches)
        made = await beside(len(rows), _metrics_request, table, points, found, stretches)
        return Exported(made, len(rows), following, total([answer, *read], began))

    async def _series(
        self, points: Sequence[PointRow], stretches: "Stretches"
    ) -> tuple[dict[SeriesKey, SeriesRow], list[Answer]]:
        """What the points' series are; their exemplars go to the stretches."""
        if not points:
            return {}, []
        which = {
            "metrics": sorted({row.metric for row in points}),
            "series": sorted({row.series for row in points}),
        }
        series, exemplars = await together(
            self._ask.answer("export_series", which),
            self._ask.answer("export_exemplars", which | stretches.bounds()),
        )
        for row in exemplars.rows:
            stretches.add(ExemplarRow._make(row))
        found = map(SeriesRow._make, series.rows)
        return {(each.metric, each.series): each for each in found}, [series, exemplars]


BETWEEN = "{column} BETWEEN fromUnixTimestamp64Nano({first:Int64}) AND fromUnixTimestamp64Nano({last:Int64})"


class Stretch(NamedTuple):
    """The points of a series on this page. Exemplars after `after`, up to `until`, belong to them."""

    after: int
    until: int
    times: list[int]


class Stretches:
    """Which point an exemplar belongs to: the first at or after it, else the series' last.

    The store keeps exemplars beside the points, and a point is reported at the end of what it covers.
    """

    def __init__(self, points: Sequence[PointRow], before: SeriesKey, at: int, following: Sequence[Sequence[Any]]):
        """`before`, `at`: the last point of the page before; `following`: the row that comes after this page."""
        times: dict[SeriesKey, list[int]] = {}
        for row in points:
            times.setdefault((row.metric, row.series), []).append(row.at)
        goes_on = {(row[0], row[1]) for row in following}
        self._of = {
            key: Stretch(at if key == before else -1, each[-1] if key in goes_on else LATEST, each)
            for key, each in times.items()
        }
        self._exemplars: dict[tuple[SeriesKey, int], list[ExemplarRow]] = {}

    def bounds(self) -> dict[str, int]:
        return {
            "after": min(each.after for each in self._of.values()),
            "until": max(each.until for each in self._of.values()),
        }

    def add(self, row: ExemplarRow) -> None:
        key = (row.metric, row.series)
        stretch = self._of.get(key)
        if stretch and stretch.after < row.at <= stretch.until:
            place = min(bisect_left(stretch.times, row.at), len(stretch.times) - 1)
            self._exemplars.setdefault((key, stretch.times[place]), []).append(row)

    def exemplars(self, row: PointRow) -> list[ExemplarRow]:
        return self._exemplars.get(((row.metric, row.series), row.at), [])


def _spans_request(spans: Sequence[SpanRow], traces: Sequence[str], resources: Resources) -> Json:
    groups = Groups("traces", "spans", resources)
    for row, trace_id in zip(spans, traces, strict=True):
        groups.of(row.resource_id, row.origin).append(span(row, trace_id))
    return groups.request()


def _logs_request(logs: Sequence[LogRow], more: Sequence[tuple[str, int]], resources: Resources) -> Json:
    """`more`: of each record its trace, and whether it came with a time."""
    groups = Groups("logs", "logRecords", resources)
    for row, (trace_id, came_with_time) in zip(logs, more, strict=True):
        groups.of(row.resource_id, row.origin).append(record(row, trace_id, bool(came_with_time)))
    return groups.request()


def _metrics_request(
    table: int, points: Sequence[PointRow], series: dict[SeriesKey, SeriesRow], stretches: Stretches
) -> Json:
    resources = {each.resource_id: (each.resource_keys, each.resource_texts) for each in series.values()}
    groups = Groups("metrics", "metrics", resources)
    of_metric: dict[tuple[Any, ...], list[Json]] = {}
    for row in points:
        its = series.get((row.metric, row.series))
        if its is None:  # dropped between two statements
            continue
        if its.identity not in of_metric:
            of_metric[its.identity] = []
            groups.of(its.resource_id, its.origin).append(metric(its, of_metric[its.identity]))
        of_metric[its.identity].append(point(table, row, its, stretches.exemplars(row)))
    return groups.request()


def _params(page: Page, within: Range) -> dict[str, Any]:
    return {"start": within.start, "end": within.end, "horizon": page.horizon, "limit": page.limit + 1}
