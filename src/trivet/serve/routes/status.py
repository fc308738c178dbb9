"""How the server is doing: `/api/status` for people and pages, `/metrics` for Prometheus."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trivet.serve.calls import Call
from trivet.serve.openapi import Endpoint
from trivet.serve.prometheus_text import CONTENT_TYPE, exposition
from trivet.serve.status import Status


class StatusRoutes:
    """`status` is taken from all rooms by the pipeline."""

    def __init__(self, status: Callable[[], Status]):
        self._status = status

    def calls(self) -> list[Call]:
        return [Call("GET", "/api/status", self.status)]

    def routes(self) -> list[Route]:
        return [Route("/metrics", self.metrics)]

    def endpoints(self) -> list[Endpoint]:
        summary = "The server's own numbers in Prometheus' text format."
        return [Endpoint(method="GET", path="/metrics", name="own_metrics", summary=summary, media="text/plain")]

    async def status(self) -> Status:
        """What came, what was stored, how far behind anything is, and what it occupies."""
        return self._status()

    async def metrics(self, _: Request) -> Response:
        return Response(exposition(self._status()), headers={"content-type": CONTENT_TYPE})
