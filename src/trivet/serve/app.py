"""The application behind the port: the API, health and pages, with the gate in front of them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trivet.hosts import Hosts
from trivet.query.ask import Ask
from trivet.query.diff import DiffQuestions
from trivet.query.flame import FlameQuestions
from trivet.query.forest import Forests
from trivet.query.live import Live
from trivet.query.logs import LogQuestions
from trivet.query.metrics import MetricQuestions
from trivet.query.origins import Resources
from trivet.query.people_sql import SqlQuestions
from trivet.query.services import ServiceQuestions
from trivet.query.spans import SpanQuestions
from trivet.query.trace import TraceQuestions
from trivet.query.traces import TraceLists
from trivet.serve.calls import Call, Slots
from trivet.serve.gate import Gate, Sessions
from trivet.serve.openapi import document
from trivet.serve.pages import UI, Pages
from trivet.serve.problems import handle
from trivet.serve.routes.flame import FlameRoutes
from trivet.serve.routes.health import HealthRoutes
from trivet.serve.routes.live import LiveRoutes
from trivet.serve.routes.metrics import MetricRoutes
from trivet.serve.routes.rows import RowRoutes
from trivet.serve.routes.services import ServiceRoutes
from trivet.serve.routes.session import SessionRoutes
from trivet.serve.routes.sql import SqlRoutes
from trivet.serve.routes.status import StatusRoutes
from trivet.serve.routes.traces import TraceRoutes
from trivet.serve.status import Status
from trivet.tokens import Tokens

READ_ONLY = {"readonly": "1"}


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the application is made of. `ready` says why nothing can be acknowledged, or None; `lost_after` is in
    seconds; `reader` are the engine's settings for people's own SQL."""

    ask: Ask
    status: Callable[[], Status]
    ready: Callable[[], str | None]
    tokens: Tokens
    hosts: Hosts
    lost_after: float = 30.0
    reader: Mapping[str, str] = field(default_factory=lambda: READ_ONLY)
    ui: Path = UI


def create_app(parts: Parts) -> Gate:
    sessions, slots = Sessions(), Slots()
    numbers, pages = StatusRoutes(parts.status), Pages(parts.ui)
    live = Live(parts.ask, Resources(parts.ask))
    calls = [*numbers.calls(), *questions(parts)]
    routes = [
        *(call.route(slots) for call in calls),
        *HealthRoutes(parts.ready).routes(),
        *SessionRoutes(parts.tokens, sessions).routes(),
        *numbers.routes(),
        *LiveRoutes(live).routes(),
        _openapi(calls),
        *pages.routes(),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: handle, Exception: handle})
    app.router.redirect_slashes = False
    app.router.default = pages.file
    return Gate(app, tokens=parts.tokens, hosts=parts.hosts, sessions=sessions, stop=live.stop)


def questions(parts: Parts) -> list[Call]:
    """The calls that ask the store."""
    ask, lost_after = parts.ask, round(parts.lost_after * 10**9)
    resources = Resources(ask)
    forests = Forests(ask, resources)
    traces = TraceQuestions(ask, resources, lost_after=lost_after)
    return [
        *TraceRoutes(TraceLists(ask, resources, lost_after=lost_after), traces).calls(),
        *RowRoutes(SpanQuestions(ask, resources), LogQuestions(ask, resources)).calls(),
        *FlameRoutes(FlameQuestions(forests), DiffQuestions(forests)).calls(),
        *ServiceRoutes(ServiceQuestions(ask)).calls(),
        *MetricRoutes(MetricQuestions(ask)).calls(),
        *SqlRoutes(SqlQuestions(ask, parts.reader)).calls(),
    ]


def _openapi(calls: list[Call]) -> Route:
    body = msgspec.json.encode(document(calls))

    async def openapi(_: Request) -> Response:
        return Response(body, media_type="application/json")

    return Route("/api/openapi.json", openapi)
