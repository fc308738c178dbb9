"""Jobs for a worker of arq, and who enqueues one of them: `arq_shop.py`."""

import asyncio
import logging
import os

from arq import Retry, create_pool
from arq.connections import RedisSettings

log = logging.getLogger("shop")


async def encode(ctx, video: int) -> int:
    log.warning("encoding %s", video)
    if ctx["job_try"] == 1:
        raise Retry
    await (await asyncio.create_subprocess_exec("true")).wait()
    return video


class WorkerSettings:
    functions = (encode,)
    redis_settings = RedisSettings.from_dsn(os.environ["REDIS"])
    poll_delay = 0.1


async def main() -> None:
    pool = await create_pool(WorkerSettings.redis_settings)
    job = await pool.enqueue_job("encode", 7)
    assert await job.result(timeout=30) == 7
    await pool.aclose()


if __name__ == "__main__":
    asyncio.run(main())
