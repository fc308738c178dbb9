"""The receiver as it runs: a real spool, real listeners on free ports, an event loop of its own in a thread."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import uvloop

from trivet.receive.http import App, Receive, Scope, Send
from trivet.receive.intake import Append
from trivet.receive.listen import bind
from trivet.receive.receiver import Receiver
from trivet.receive.server import HttpServer, create_server
from trivet.settings import ServerSettings
from trivet.spool.record import Record
from trivet.spool.spool import Spool
from trivet.tokens import Tokens

FREE_PORTS = {"http": "127.0.0.1:0", "grpc": ""}
"""Most tests speak HTTP; those of gRPC ask for `grpc="127.0.0.1:0"`."""


def open_spool(directory: Path, settings: ServerSettings) -> Spool:
    spool = Spool(
        directory,
        segment_bytes=settings.segment_bytes,
        max_bytes=settings.spool_max_bytes,
        min_free_bytes=0,
        batch_memory=settings.batch_memory,
    )
    spool.open()
    return spool


async def nothing_else(scope: Scope, receive: Receive, send: Send) -> None:
    """The application behind the receiver: says 404 to everything."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


class Serving:
    """Use as a context manager. `spool` may be any Append; without one a real Spool in `directory` is used."""

    def __init__(self, directory: Path, spool: Append | None = None, behind: App = nothing_else, **settings: Any):
        self.settings = ServerSettings(**{**FREE_PORTS, "data": directory, **settings})
        self._own_spool = open_spool(directory, self.settings) if spool is None else None
        self.spool: Any = spool or self._own_spool
        self._behind = behind
        self._closing = AsyncExitStack()
        self.port = 0
        self.loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="serving")

    def __enter__(self) -> "Serving":
        self._thread.start()
        try:
            self.on_loop(self._start())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def on_loop(self, work: Coroutine[Any, Any, Any], timeout: float = 60) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

    @property
    def url(self) -> str:
        return f"{'https' if self.settings.tls_cert else 'http'}://127.0.0.1:{self.port}"

    @property
    def grpc_target(self) -> str:
        return f"127.0.0.1:{self.receiver.grpc_port}"

    def records(self, signal: str) -> list[Record]:
        """Everything that is durable."""
        stream = self.spool.streams[signal]
        return stream.read(stream.first, max_bytes=1 << 30)

    def bodies(self, signal: str) -> list[bytes]:
        return [record.body for record in self.records(signal)]

    async def _start(self) -> None:
        settings = self.settings
        tokens = Tokens(settings.token, settings.ingest_token, settings.read_token)
        self.receiver = Receiver(settings, self.spool, tokens)
        self._closing.push_async_callback(self.receiver.stop)
        await self.receiver.start()
        listening = self._closing.enter_context(bind("http", settings.http))
        self.port = listening.getsockname()[1]
        self.server: HttpServer = create_server(self.receiver.http(self._behind), settings, [listening])
        self._closing.push_async_callback(self.server.stop)
        await self.server.start()

    def _end(self) -> None:
        self.on_loop(self._closing.aclose())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()
        if self._own_spool:
            self._own_spool.close()
