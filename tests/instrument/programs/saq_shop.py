"""Jobs for a worker of SAQ, and who enqueues one of them: `saq_shop.py`."""

import asyncio
import logging
import os

from saq import Queue

log = logging.getLogger("shop")
queue = Queue.from_url(os.environ["REDIS"])


async def encode(ctx, *, video: int) -> int:
    log.warning("encoding %s", video)
    if ctx["job"].attempts == 1:
        raise TimeoutError("busy")
    await (await asyncio.create_subprocess_exec("true")).wait()
    return video


settings = {"queue": queue, "functions": [encode], "dequeue_timeout": 0.1}


async def main() -> None:
    # A worker's first look around takes a job that just begins for one that hangs.
    while not (await queue.info())["workers"]:  # noqa: ASYNC110 (nothing tells when)
        await asyncio.sleep(0.05)
    assert await queue.apply("encode", video=7, retries=2, timeout=30) == 7
    await queue.disconnect()


if __name__ == "__main__":
    asyncio.run(main())
