"""Questions under way: `Trivet-Replaces: tab:slot` — a newer one of a slot cancels the older —, and the server's end
cancels all."""

import asyncio
from typing import Any

from starlette.requests import Request

from trivet.errors import TrivetError, Unavailable

RETRY_AFTER = 1.0
STOP_SECONDS = 1.0  # for quick answers to be given


class Replaced(TrivetError):
    """A newer question of the same slot has taken its place."""

    code = "replaced"
    status = 409


def _stopping() -> Unavailable:
    return Unavailable("the server is stopping", retry_after=RETRY_AFTER)


def _replaced() -> Replaced:
    return Replaced("a newer question has replaced this one")


# What a task is cancelled with, and what its asker is told.
WHY = {("replaced",): _replaced, ("stopping",): _stopping}


class Slots:
    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._all: set[asyncio.Task[Any]] = set()

    def taken(self, request: Request) -> "_Taken":
        return _Taken(self, request.headers.get("trivet-replaces", ""))

    def stop(self) -> None:
        """Whoever still waits in a moment is told to come back: an answer may take longer than the server has left."""
        asyncio.get_running_loop().call_later(STOP_SECONDS, self._give_up)

    def _give_up(self) -> None:
        for task in self._all:
            task.cancel("stopping")

    def enter(self, slot: str, task: asyncio.Task[Any]) -> None:
        self._all.add(task)
        if slot:
            if older := self._tasks.pop(slot, None):
                older.cancel("replaced")
            self._tasks[slot] = task

    def leave(self, slot: str, task: asyncio.Task[Any]) -> None:
        self._all.discard(task)
        if self._tasks.get(slot) is task:
            del self._tasks[slot]


class _Taken:
    """The slot while its question is being answered."""

    def __init__(self, slots: Slots, slot: str):
        self._slots = slots
        self._slot = slot

    async def __aenter__(self) -> None:
        self._task = asyncio.current_task()
        self._slots.enter(self._slot, self._task)

    async def __aexit__(self, _: type | None, error: BaseException | None, __: object) -> None:
        self._slots.leave(self._slot, self._task)
        if isinstance(error, asyncio.CancelledError) and error.args in WHY:
            self._task.uncancel()
            raise WHY[error.args]() from None
