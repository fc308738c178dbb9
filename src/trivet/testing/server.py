"""A whole server in this process, on free ports, and what it holds."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvloop

from trivet.pipeline import Server
from trivet.settings import ServerSettings

WAIT_SECONDS = 10.0


@contextmanager
def running_server(data: Path, **settings: object) -> Iterator[Server]:
    """A server on `data`, its event loop in a thread of its own. `settings` are those of `trivet up`."""
    free = {"http": "127.0.0.1:0", "grpc": "127.0.0.1:0", "min_free_bytes": 0}
    server = Server(ServerSettings(data=data, **(free | settings)))
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


class Stored:
    """What the store of a running server answers. What is acknowledged is stored a moment later, so every question is
    asked again until it finds as much as is wanted; AssertionError when that does not happen in time."""

    def __init__(self, url: str):
        self.url = url
        self._address = urlsplit(url).netloc

    def traces(self, filter: str = "", at_least: int = 1) -> list[dict[str, Any]]:
        return self._found("traces", filter, at_least)

    def spans(self, filter: str = "", at_least: int = 1) -> list[dict[str, Any]]:
        return self._found("spans", filter, at_least)

    def logs(self, filter: str = "", at_least: int = 1) -> list[dict[str, Any]]:
        return self._found("logs", filter, at_least)

    def trace(self, trace_id: str) -> dict[str, Any]:
        """One trace, whole, as `GET /api/traces/{trace_id}` answers."""
        return self._until(lambda: self.get(f"/api/traces/{trace_id}"), f"no trace {trace_id}")

    def get(self, path: str, **params: Any) -> dict[str, Any] | None:
        """An answer of the API; None when there is no such thing."""
        connection = http.client.HTTPConnection(self._address, timeout=30)
        try:
            connection.request("GET", f"{path}?{urlencode(params)}")
            response = connection.getresponse()
            answer = json.loads(response.read())
            if response.status == 404:
                return None
            assert response.status == 200, answer
            return answer
        finally:
            connection.close()

    def _found(self, what: str, filter: str, at_least: int) -> list[dict[str, Any]]:
        def ask() -> list[dict[str, Any]] | None:
            rows = self.get(f"/api/{what}", filter=filter, start="now-1h", limit=1000)[what]
            return rows if len(rows) >= at_least else None

        return self._until(ask, f"the store does not hold {at_least} {what} {filter!r}")

    def _until(self, ask: Callable[[], Any], failed: str) -> Any:
        end = time.monotonic() + WAIT_SECONDS
        while (answer := ask()) is None:
            assert time.monotonic() < end, f"{failed} after {WAIT_SECONDS:.0f} s"
            time.sleep(0.02)
        return answer
