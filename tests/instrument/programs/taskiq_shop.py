"""Tasks for taskiq's worker processes, and who sends one of them: `taskiq_shop.py`."""

import asyncio
import logging
import os

from taskiq import Context, SimpleRetryMiddleware, TaskiqDepends
from taskiq_redis import ListQueueBroker, RedisAsyncResultBackend

log = logging.getLogger("shop")
broker = ListQueueBroker(os.environ["REDIS"], queue_name="shop")
broker = broker.with_result_backend(RedisAsyncResultBackend(os.environ["REDIS"]))
broker.add_middlewares(SimpleRetryMiddleware())


@broker.task(task_name="encode", retry_on_error=True, max_retries=2)
async def encode(video: int, context: Context = TaskiqDepends()) -> int:
    log.warning("encoding %s", video)
    if not context.message.labels.get("_retries"):
        raise TimeoutError("busy")
    await (await asyncio.create_subprocess_exec("true")).wait()
    return video


async def main() -> None:
    await broker.startup()
    task = await encode.kiq(7)
    assert (await task.wait_result(timeout=30, check_interval=0.05)).return_value == 7
    await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(main())
