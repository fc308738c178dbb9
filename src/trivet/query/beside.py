"""Work that would hold up the event loop."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# Spans that are worked through faster (some 10 ms) than it pays to leave the loop.
QUICK = 1000


async def beside(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`work` here when `size` spans are quick, else in a thread."""
    return work(*args, **kwargs) if size <= QUICK else await asyncio.to_thread(work, *args, **kwargs)
