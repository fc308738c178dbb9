"""Jobs for a worker of RQ, which forks for each, and who enqueues one of them: `rq_shop.py`."""

import logging
import os
import subprocess
import time

from redis import Redis
from rq import Queue, Retry, get_current_job

log = logging.getLogger("shop")


def encode(video: int) -> int:
    log.warning("encoding %s", video)
    if get_current_job().retries_left:
        raise TimeoutError("busy")
    subprocess.run(["true"], check=True)
    return video


if __name__ == "__main__":
    job = Queue("video", connection=Redis.from_url(os.environ["REDIS"])).enqueue(
        "rq_shop.encode", 7, retry=Retry(max=1)
    )
    while job.return_value(refresh=True) is None:
        time.sleep(0.05)
