"""A spool, a vendor and a forwarder between them, in one event loop, on clocks that a test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from trivet.forward.forwarder import Forwarder
from trivet.forward.lane import Timing
from trivet.otlp.messages import REQUESTS
from trivet.spool.spool import Spool


def request(signal: str, *names: str) -> bytes:
    """Spans, log records or metrics of these names."""
    message = REQUESTS[signal]()
    for name in names:
        if signal == "traces":
            message.resource_spans.add().scope_spans.add().spans.add(name=name)
        elif signal == "logs":
            message.resource_logs.add().scope_logs.add().log_records.add(event_name=name)
        else:
            message.resource_metrics.add().scope_metrics.add().metrics.add(name=name)
    return message.SerializeToString()


class Scene:
    def __init__(self, directory: Path):
        self.directory = directory
        self.now = 10**18
        self.slept: list[float] = []
        self.spool: Spool | None = None
        self.open()

    def open(self, **settings: Any) -> None:
        """A spool; the one before is closed."""
        self.close()
        wanted = {"segment_bytes": 2000, "max_bytes": 10**9, "min_free_bytes": 0, "batch_memory": 60.0, **settings}
        self.spool = Spool(self.directory / "spool", clock=lambda: self.now, **wanted)
        self.spool.open()

    def close(self) -> None:
        if self.spool:
            self.spool.close()
            self.spool = None

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += int(seconds * 1e9)
        await asyncio.sleep(0.001)

    async def append(self, *names: str, signal: str = "traces") -> int:
        return await self.spool.append(signal, request(signal, *names), items=len(names))

    @asynccontextmanager
    async def forwarding(self, *tables: dict[str, Any], **environ: str) -> AsyncIterator[Forwarder]:
        timing = Timing(clock=lambda: self.now, sleep=self.sleep, jitter=lambda most: most)
        forwarder = Forwarder(self.spool, tables, self.directory / "forward", environ=environ, timing=timing)
        await forwarder.start()
        try:
            yield forwarder
        finally:
            await forwarder.stop()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.close()


def to_vendor(vendor: Any, **more: Any) -> dict[str, Any]:
    """A [[forward]] table."""
    return {"name": "vendor", "endpoint": vendor.endpoint, "start": "oldest", **more}


async def until(wanted: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not wanted():  # noqa: ASYNC110 (what is waited for is seen in a status, which has no event)
            await asyncio.sleep(0.005)


def run(test: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
    asyncio.run(asyncio.wait_for(test(*arguments), 60))
