"""All destinations: started, stopped, and what can be said about them."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trivet.forward.lane import PREFIX, Lane, Timing
from trivet.forward.send import Sender
from trivet.forward.send_grpc import GrpcSender
from trivet.forward.send_http import HttpSender
from trivet.forward.target import Target, read_targets
from trivet.spool.aside import Aside
from trivet.spool.spool import Spool


class Destination:
    """One target: a lane for each of its signals over one sender."""

    def __init__(self, target: Target, spool: Spool, directory: Path, timing: Timing):
        self.target = target
        self._sender: Sender = GrpcSender(target) if target.protocol == "grpc" else HttpSender(target, timing.clock)
        aside = Aside(directory / target.name / "aside")
        self._lanes = [
            Lane(target, spool.streams[signal], self._sender, aside, spool.release, timing) for signal in target.signals
        ]
        self._tasks = [asyncio.create_task(lane.run(), name=f"{target.name} {lane.signal}") for lane in self._lanes]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for lane in self._lanes:
            await lane.close()
        await self._sender.close()

    def status(self) -> dict[str, Any]:
        """As /api/status shows it. Counts are items since the start; the lag is the furthest of all signals."""
        errors = [lane.trouble for lane in self._lanes] + [lane.refusal for lane in self._lanes]
        return {
            "name": self.target.name,
            "lag_s": round(max(lane.lag for lane in self._lanes), 3),
            "pending": sum(lane.pending for lane in self._lanes),
            "sent": sum(lane.sent for lane in self._lanes),
            "failed": sum(lane.failed for lane in self._lanes),
            "skipped": sum(lane.skipped for lane in self._lanes),
            "last_error": next(filter(None, errors), None),
        }


class Forwarder:
    """`destinations` are the [[forward]] tables; CannotStart when one is wrong. `directory` is for what was refused."""

    def __init__(
        self,
        spool: Spool,
        destinations: Sequence[Mapping[str, Any]],
        directory: Path,
        *,
        environ: Mapping[str, str] = os.environ,
        timing: Timing = Timing(),
    ):
        self.targets = read_targets(destinations, environ)
        self._spool = spool
        self._directory = directory
        self._timing = timing
        self._destinations: list[Destination] = []

    async def start(self) -> None:
        """Removed destinations let go of the spool; the others begin where they were."""
        self._forget_removed()
        self._destinations = [
            Destination(target, self._spool, self._directory, self._timing) for target in self.targets
        ]

    async def stop(self) -> None:
        """What is under way is broken off and sent again at the next start."""
        await asyncio.gather(*(destination.close() for destination in self._destinations))
        self._destinations = []

    def status(self) -> list[dict[str, Any]]:
        return [destination.status() for destination in self._destinations]

    def _forget_removed(self) -> None:
        for signal, stream in self._spool.streams.items():
            wanted = {PREFIX + target.name for target in self.targets if signal in target.signals}
            for name, cursor in stream.cursors().items():
                if name.startswith(PREFIX) and name not in wanted:
                    cursor.remove()
