"""Whether the process lives, and whether it can acknowledge what is sent."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from trivet.serve.openapi import Endpoint

NO_STORE = {"cache-control": "no-store"}


class HealthRoutes:
    """`ready` says why nothing can be acknowledged just now, or None. An engine that restarts is no reason: what is
    acknowledged lies in the spool."""

    def __init__(self, ready: Callable[[], str | None]):
        self._ready = ready

    def routes(self) -> list[Route]:
        return [Route("/healthz", self.healthz), Route("/readyz", self.readyz)]

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(method="GET", path="/healthz", name="healthz", summary="Whether it lives.", media="text/plain"),
            Endpoint(
                method="GET",
                path="/readyz",
                name="readyz",
                summary="Whether what is sent can be acknowledged: 200, or 503 with the reason.",
                media="text/plain",
            ),
        ]

    async def healthz(self, _: Request) -> Response:
        return PlainTextResponse("ok\n", headers=NO_STORE)

    async def readyz(self, _: Request) -> Response:
        if reason := self._ready():
            return PlainTextResponse(f"not ready: {reason}\n", 503, headers=NO_STORE)
        return PlainTextResponse("ready\n", headers=NO_STORE)
