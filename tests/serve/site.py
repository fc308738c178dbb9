"""The application behind a real socket, in a thread of its own."""

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any, Self

import httpx
import msgspec

from trivet.hosts import Hosts
from trivet.query.ask import Ask, Budget
from trivet.receive.server import create_server
from trivet.serve.app import Parts, create_app
from trivet.serve.gate import Gate
from trivet.serve.status import Status
from trivet.settings import MiB, ServerSettings
from trivet.store.client import Address, AsyncClient
from trivet.store.engine import Engine
from trivet.tokens import Tokens

BUDGET = Budget(seconds=10, memory=512 * MiB, rows=10**15)


STATUS = {
    "version": "1.2.3",
    "uptime_s": 12.5,
    "signals": {
        "traces": {"received": 10, "rejected": 1, "acknowledged": 9, "stored": 8, "lag_s": 0.25, "last_error": None}
    },
    "engine": {"kind": "embedded", "version": "26.9", "up": True, "restarts": 1, "rss_bytes": 1000},
    "disk": {"spool_bytes": 1, "store_bytes": 2, "free_bytes": 3},
    "forward": [
        {"name": 'a"b', "lag_s": 1.5, "pending": 1, "sent": 2, "failed": 3, "skipped": 4, "last_error": "no route"}
    ],
    "asked": {"recorded": 4, "dropped": 1},
}


class Site:
    """`with Site(address, tokens=…) as site: site.get("/api/status")`; every answer is read whole."""

    def __init__(self, address: Address, **parts: Any):
        self._address = address
        self._parts = parts
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread.start()
        assert self._started.wait(20)
        self.http = httpx.Client(base_url=self.url, trust_env=False)
        return self

    def __exit__(self, *_: object) -> None:
        if not self._thread.is_alive():
            return
        self.http.close()
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    @property
    def routes(self) -> set[str]:
        """The paths that the application knows."""
        return {route.path for route in self.app._app.routes}

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.http.post(path, json=json, **options)

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self.client = AsyncClient(self._address)
        app = self.app = self._app()
        server = create_server(app, ServerSettings(), [self._socket])
        await server.start()
        self._started.set()
        await self._stopping.wait()
        app.stop()
        await server.stop()
        await self.client.close()

    def _app(self) -> Gate:
        defaults: dict[str, Any] = {
            "ask": Ask(self.client, budget=BUDGET, at_once=4),
            "status": lambda: msgspec.convert(STATUS, Status),
            "ready": lambda: None,
            "tokens": Tokens(),
            "hosts": Hosts(),
            "reader": Engine.reader,
            "ui": Path("no-such-directory"),
        }
        return create_app(Parts(**(defaults | self._parts)))
