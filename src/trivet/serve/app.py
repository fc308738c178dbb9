"""The application behind the port: the API, health and pages, with the gate in front of them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trivet.hosts import Hosts
from trivet.query.ask import Ask
from trivet.query.asked import AskedQuestions
from trivet.query.compare.compare import CompareQuestions, Extent
from trivet.query.export.exporter import Exporter
from trivet.query.fields.fields import FieldQuestions
from trivet.query.fields.values import ValueQuestions
from trivet.query.figures.asked import Limits as QueryLimits
from trivet.query.figures.heatmap import HeatmapQuestions
from trivet.query.figures.sums import SumQuestions
from trivet.query.hints import Hints
from trivet.query.live import Live
from trivet.query.logs import LogQuestions
from trivet.query.merged.diff import DiffQuestions
from trivet.query.merged.flame import FlameQuestions
from trivet.query.merged.forest import Forests, TreeLimits
from trivet.query.metrics.catalogue import MetricQuestions
from trivet.query.metrics.series import MetricSeries
from trivet.query.origins import Resources
from trivet.query.patterns.patterns import PatternQuestions
from trivet.query.promql.questions import Limits, PromQuestions
from trivet.query.services import ServiceQuestions
from trivet.query.spans import SpanQuestions
from trivet.query.sql.people import SqlQuestions
from trivet.query.trace.find import FindQuestions
from trivet.query.trace.trace import TraceQuestions
from trivet.query.traces import TraceLists
from trivet.serve.calls import Call, Desk
from trivet.serve.gate import Gate, Sessions
from trivet.serve.kept import Kept, Record
from trivet.serve.openapi import Endpoint, document
from trivet.serve.pages import UI, Pages
from trivet.serve.problems import handle
from trivet.serve.routes.asked import AskedRoutes
from trivet.serve.routes.compare import CompareRoutes
from trivet.serve.routes.export import ExportRoutes
from trivet.serve.routes.fields import FieldRoutes
from trivet.serve.routes.flame import FlameRoutes
from trivet.serve.routes.health import HealthRoutes
from trivet.serve.routes.live import LiveRoutes
from trivet.serve.routes.metrics import MetricRoutes
from trivet.serve.routes.patterns import PatternRoutes
from trivet.serve.routes.prometheus import PrometheusRoutes
from trivet.serve.routes.query import QueryRoutes
from trivet.serve.routes.rows import RowRoutes
from trivet.serve.routes.services import ServiceRoutes
from trivet.serve.routes.session import SessionRoutes
from trivet.serve.routes.sql import SqlRoutes
from trivet.serve.routes.status import StatusRoutes
from trivet.serve.routes.traces import TraceRoutes
from trivet.serve.slots import Slots
from trivet.serve.status import Status
from trivet.tokens import Tokens

READ_ONLY = {"readonly": "1"}
OPENAPI = Endpoint(
    method="GET", path="/api/openapi.json", name="openapi", summary="This document.", answered=dict[str, Any]
)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the application is made of. `ready` says why nothing can be acknowledged, or None; `lost_after` is in
    seconds; `reader` are the engine's settings for people's own SQL; `record` keeps what was asked, None: nothing."""

    ask: Ask
    status: Callable[[], Status]
    ready: Callable[[], str | None]
    tokens: Tokens
    hosts: Hosts
    lost_after: float = 30.0
    promql: Limits = Limits()
    reader: Mapping[str, str] = field(default_factory=lambda: READ_ONLY)
    record: Record | None = None
    compare: Extent = Extent()
    query: QueryLimits = QueryLimits()
    trees: TreeLimits = TreeLimits()
    ui: Path = UI


def create_app(parts: Parts) -> Gate:
    sessions, live = Sessions(), Live(parts.ask, Resources(parts.ask))
    slots = Slots()
    desk = Desk(slots, parts.ask.under_way, Kept(parts.record))
    calls, others = _calls(parts), _others(parts, sessions, live, desk.kept)
    pages = Pages(parts.ui)
    routes = [
        *(call.route(desk) for call in calls),
        *(route for each in others for route in each.routes()),
        _openapi(_document(calls, others)),
        *pages.routes(),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: handle, Exception: handle})
    app.router.redirect_slashes = False
    app.router.default = pages.file

    def stop() -> None:
        live.stop()
        slots.stop()

    return Gate(app, tokens=parts.tokens, hosts=parts.hosts, sessions=sessions, stop=stop)


def described() -> dict[str, Any]:
    """The OpenAPI document, without anything that could answer."""
    nothing: Any = None
    ask = Ask(nothing, budget=nothing, at_once=1)
    parts = Parts(ask=ask, status=nothing, ready=nothing, tokens=Tokens(), hosts=Hosts())
    return _document(_calls(parts), _others(parts, Sessions(), Live(ask, Resources(ask)), Kept(None)))


class Routes(Protocol):
    """Endpoints that are no calls, and what the document says of them."""

    def routes(self) -> list[Route]: ...
    def endpoints(self) -> list[Endpoint]: ...


def _calls(parts: Parts) -> list[Call]:
    return [*StatusRoutes(parts.status).calls(), *questions(parts)]


def _others(parts: Parts, sessions: Sessions, live: Live, kept: Kept) -> list[Routes]:
    return [
        HealthRoutes(parts.ready),
        SessionRoutes(parts.tokens, sessions),
        StatusRoutes(parts.status),
        LiveRoutes(live),
        PrometheusRoutes(PromQuestions(parts.ask, parts.promql), kept),
    ]


def _document(calls: list[Call], others: list[Routes]) -> dict[str, Any]:
    return document(calls, [*(endpoint for each in others for endpoint in each.endpoints()), OPENAPI])


def questions(parts: Parts) -> list[Call]:
    """The calls that ask the store."""
    limits = parts.query
    ask, lost_after = parts.ask, round(parts.lost_after * 10**9)
    resources, hints = Resources(ask), Hints(ask)
    forests = Forests(ask, resources, parts.trees)
    lists = TraceLists(ask, resources, lost_after=lost_after)
    traces = TraceQuestions(ask, resources, lost_after=lost_after)
    return [
        *TraceRoutes(lists, traces, FindQuestions(ask, traces.shapes), hints).calls(),
        *RowRoutes(SpanQuestions(ask, resources), LogQuestions(ask, resources), hints).calls(),
        *FlameRoutes(FlameQuestions(forests, parts.trees), DiffQuestions(forests, parts.trees), hints).calls(),
        *ServiceRoutes(ServiceQuestions(ask)).calls(),
        *MetricRoutes(MetricQuestions(ask)).calls(),
        *CompareRoutes(CompareQuestions(ask, parts.compare), hints).calls(),
        *QueryRoutes(
            SumQuestions(ask, limits), HeatmapQuestions(ask, limits), MetricSeries(ask, limits), hints
        ).calls(),
        *PatternRoutes(PatternQuestions(ask), hints).calls(),
        *FieldRoutes(FieldQuestions(ask), ValueQuestions(ask)).calls(),
        *SqlRoutes(SqlQuestions(ask, parts.reader)).calls(),
        *AskedRoutes(AskedQuestions(ask)).calls(),
        *ExportRoutes(Exporter(ask)).calls(),
    ]


def _openapi(document: dict[str, Any]) -> Route:
    body = msgspec.json.encode(document)

    async def openapi(_: Request) -> Response:
        return Response(body, media_type="application/json")

    return Route(OPENAPI.path, openapi)
