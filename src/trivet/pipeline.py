"""The server on one screen: every stage is made, joined, started and stopped here, in the order of the data.

receive ─▶ spool ─┬─▶ store ─▶ query ─▶ serve
                  └─▶ forward
"""

import asyncio
import importlib
import socket
import time
from contextlib import AsyncExitStack

from trivet.forward.forwarder import Forwarder
from trivet.hosts import Hosts
from trivet.receive.listen import bind
from trivet.receive.receiver import Receiver
from trivet.receive.server import create_server
from trivet.serve.status import AskedStatus, DiskStatus, EngineStatus, ForwardStatus, SignalStatus, Status
from trivet.settings import ServerSettings
from trivet.spool.spool import Spool
from trivet.store.client import AsyncClient
from trivet.store.store import Store
from trivet.tokens import Tokens
from trivet.version import __version__


class Server:
    """`start` returns when everything answers; CannotStart says in plain words why it does not."""

    def __init__(self, settings: ServerSettings):
        self.settings = settings
        self.tokens = Tokens(settings.token, settings.ingest_token, settings.read_token)
        self.spool = Spool(
            settings.data / "spool",
            segment_bytes=settings.segment_bytes,
            max_bytes=settings.spool_max_bytes,
            min_free_bytes=settings.min_free_bytes,
            batch_memory=settings.batch_memory,
        )
        self.receiver = Receiver(settings, self.spool, self.tokens)
        self.store = Store(settings, self.spool)
        self.forwarder = Forwarder(self.spool, settings.forward, settings.data / "forward")
        self._running = AsyncExitStack()
        self._since = time.monotonic()

    async def start(self) -> None:
        """The listening socket first: a port in use is said before anything is touched."""
        async with AsyncExitStack() as stack:
            self._socket = stack.enter_context(bind("http", self.settings.http))
            self.spool.open()
            stack.callback(self.spool.close)
            await self._store_and_modules()
            stack.push_async_callback(asyncio.to_thread, self.store.stop)
            await self.forwarder.start()
            stack.push_async_callback(self.forwarder.stop)
            client = AsyncClient(self.store.address)
            stack.push_async_callback(client.close)
            await self._listen(stack, client)
            self._running = stack.pop_all()

    async def _store_and_modules(self) -> None:
        """Reading the modules that answer takes half a second; meanwhile the engine makes its tables."""
        store = asyncio.ensure_future(asyncio.to_thread(self.store.start))
        await asyncio.to_thread(importlib.import_module, "trivet.serve.app")
        await store

    async def _listen(self, stack: AsyncExitStack, client: AsyncClient) -> None:
        from trivet.query.ask import Ask
        from trivet.query.compare.compare import Extent
        from trivet.query.figures.asked import Limits as QueryLimits
        from trivet.query.merged.forest import TreeLimits
        from trivet.query.promql.questions import Limits
        from trivet.serve.app import Parts, create_app

        parts = Parts(
            ask=Ask.of(client, self.settings, asked=self.store.audience.asked),
            status=self.status,
            ready=self.spool.refusal,
            tokens=self.tokens,
            hosts=Hosts(self.settings.hosts.split(",")),
            lost_after=self.settings.running_lost_after,
            promql=Limits.of(self.settings),
            reader=self.store.engine.reader,
            record=self.store.asked.record if self.settings.keep_asked else None,
            compare=Extent(self.settings.compare_members, self.settings.compare_granules),
            query=QueryLimits(self.settings.query_series, self.settings.query_points),
            trees=TreeLimits(self.settings.flame_spans, self.settings.flame_nodes),
        )
        pages = create_app(parts)
        http = create_server(self.receiver.http(pages), self.settings, [self._socket])
        await self.receiver.start()
        stack.push_async_callback(self.receiver.stop)
        await http.start()
        stack.push_async_callback(http.stop)
        stack.callback(pages.stop)

    async def stop(self) -> None:
        """Backwards: no new requests, the last ones answered, what is under way finished, everything on disk."""
        await self._running.aclose()

    @property
    def findings(self) -> list[str]:
        """What had to be repaired at the start, for people."""
        return self.spool.findings

    @property
    def url(self) -> str:
        host, port = self._socket.getsockname()[:2]
        scheme = "https" if self.settings.tls_cert else "http"
        return f"{scheme}://{f'[{host}]' if self._socket.family is socket.AF_INET6 else host}:{port}"

    @property
    def grpc_address(self) -> str | None:
        port = self.receiver.grpc_port
        return f"{self.settings.grpc.rpartition(':')[0]}:{port}" if port else None

    def status(self) -> Status:
        """How each stage is doing, as `GET /api/status` answers."""
        return Status(
            version=__version__,
            uptime_s=round(time.monotonic() - self._since, 1),
            signals={signal: self._signal(signal) for signal in self.spool.streams},
            engine=EngineStatus(**self.store.status()),
            disk=DiskStatus(self.spool.bytes, self.store.bytes, self.store.free_bytes),
            forward=[ForwardStatus(**destination) for destination in self.forwarder.status()],
            asked=AskedStatus(self.store.asked.recorded, self.store.asked.dropped),
        )

    def _signal(self, signal: str) -> SignalStatus:
        counts, loader = self.receiver.counts.of(signal), self.store.loaders[signal]
        return SignalStatus(
            received=counts.received,
            rejected=counts.rejected + loader.progress.set_aside,
            acknowledged=counts.acknowledged,
            stored=loader.progress.stored,
            lag_s=round(loader.lag(), 3),
        )
