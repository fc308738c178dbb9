"""Spools in states that the real one is seldom in."""

import asyncio

from trivet.errors import Full


class FullSpool:
    """Takes nothing."""

    async def append(self, signal: str, body: bytes, *, items: int, tenant: str, batch: bytes) -> int:
        raise Full("the spool is full (spool_max_bytes)", retry_after=6.2)


class SlowDisk:
    """Takes everything, and answers when `release` is called."""

    def __init__(self) -> None:
        self.waiting = 0
        self._open = asyncio.Event()

    async def append(self, signal: str, body: bytes, *, items: int, tenant: str, batch: bytes) -> int:
        self.waiting += 1
        await self._open.wait()
        return 1

    async def release(self) -> None:
        self._open.set()
