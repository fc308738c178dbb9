"""A whole server on free ports, its event loop in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from trivet.pipeline import Server
from trivet.settings import ServerSettings


@contextmanager
def running_server(data: Path, **settings: object) -> Iterator[Server]:
    server = Server(ServerSettings(data=data, http="127.0.0.1:0", grpc="127.0.0.1:0", min_free_bytes=0, **settings))
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="server")
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(60)
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
