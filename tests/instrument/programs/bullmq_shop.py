"""`bullmq_shop.py send` adds a job, `bullmq_shop.py work` does one and ends."""

import asyncio
import logging
import os
import sys

from bullmq import Queue, Worker

log = logging.getLogger("shop")
REDIS = os.environ["REDIS"]


async def send() -> None:
    queue = Queue("video", {"connection": REDIS})
    await queue.add("encode", {"video": 7}, {"attempts": 2, "backoff": 10})
    await queue.close()


async def work() -> None:
    over = asyncio.Event()

    async def encode(job, token):
        log.warning("encoding %s", job.data["video"])
        if job.attemptsMade == 0:
            raise TimeoutError("busy")
        await (await asyncio.create_subprocess_exec("true")).wait()
        over.set()

    worker = Worker("video", encode, {"connection": REDIS})
    await asyncio.wait_for(over.wait(), 30)
    await worker.close()


asyncio.run({"send": send, "work": work}[sys.argv[1]]())
