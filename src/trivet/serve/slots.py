"""`Trivet-Replaces: tab:slot` — a newer question of a slot cancels the older one."""

import asyncio
from typing import Any

from starlette.requests import Request

from trivet.errors import TrivetError


class Replaced(TrivetError):
    """A newer question of the same slot has taken its place."""

    code = "replaced"
    status = 409


class Slots:
    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    def taken(self, request: Request) -> "_Taken":
        return _Taken(self._tasks, request.headers.get("trivet-replaces", ""))


class _Taken:
    """The slot while its question is being answered."""

    def __init__(self, tasks: dict[str, asyncio.Task[Any]], slot: str):
        self._tasks = tasks
        self._slot = slot

    async def __aenter__(self) -> None:
        if self._slot:
            if older := self._tasks.pop(self._slot, None):
                older.cancel("replaced")
            self._tasks[self._slot] = self._task = asyncio.current_task()

    async def __aexit__(self, _: type | None, error: BaseException | None, __: object) -> None:
        if not self._slot:
            return
        if self._tasks.get(self._slot) is self._task:
            del self._tasks[self._slot]
        elif isinstance(error, asyncio.CancelledError) and error.args == ("replaced",):
            self._task.uncancel()
            raise Replaced("a newer question has replaced this one") from None
