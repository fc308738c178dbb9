"""The HTTP server around an application: uvicorn with our protocol, our sockets and no opinion about signals."""

import asyncio
import contextlib
import functools
import socket
import ssl
from collections.abc import Iterator, Sequence
from typing import Final

import uvicorn

from trivet.errors import CannotStart
from trivet.receive.protocol import BoundedHttpProtocol, Limits
from trivet.settings import ServerSettings

TICKS_PER_LOOK: Final = 10
"""uvicorn ticks ten times a second; deadlines are looked at once."""
GRACE_SECONDS: Final = 5
"""For requests under way when the server stops."""


class HttpServer(uvicorn.Server):
    """`start` returns when connections are accepted, `stop` when the last request is answered."""

    def __init__(self, config: uvicorn.Config, sockets: Sequence[socket.socket]):
        super().__init__(config)
        self._sockets = list(sockets)
        self._ready = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._running = asyncio.create_task(self.serve(self._sockets))
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait((self._running, ready), return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            await self._running

    async def stop(self) -> None:
        self.should_exit = True
        if self._running is not None:
            await self._running

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS_PER_LOOK == 0:
            self._end_overdue_connections()
        return await super().on_tick(counter)

    def _end_overdue_connections(self) -> None:
        now = asyncio.get_running_loop().time()
        for connection in list(self.server_state.connections):
            if connection.deadline is not None and connection.deadline < now:
                connection.expire()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def create_server(app: object, settings: ServerSettings, sockets: Sequence[socket.socket]) -> HttpServer:
    """A server of `app` on bound sockets; CannotStart when the certificate cannot be used."""
    if bool(settings.tls_cert) != bool(settings.tls_key):
        given, missing = ("tls_cert", "tls_key") if settings.tls_cert else ("tls_key", "tls_cert")
        raise CannotStart(f"{given} is set and {missing} is not", hint="TLS wants both; without both it is plain HTTP")
    config = uvicorn.Config(
        app,
        http=functools.partial(BoundedHttpProtocol, limits=Limits.of(settings)),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=settings.idle_timeout,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "reason", None) or error.strerror
        raise CannotStart(
            f"the certificate {settings.tls_cert} or its key {settings.tls_key} cannot be used: {reason}",
            hint="tls_cert and tls_key name PEM files that this user can read, and that belong together",
        ) from None
    return HttpServer(config, sockets)
