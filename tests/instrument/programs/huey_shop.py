"""Tasks for huey's consumer, and who enqueues one of them: `huey_shop.py`."""

import logging
import os
import subprocess

from huey import RedisHuey
from huey.exceptions import TaskException

log = logging.getLogger("shop")
huey = RedisHuey("shop", url=os.environ["REDIS"])


@huey.task(retries=1, context=True)
def encode(video: int, task=None) -> int:
    log.warning("encoding %s", video)
    if task.retries:
        raise TimeoutError("busy")
    subprocess.run(["true"], check=True)
    return video


if __name__ == "__main__":
    from huey_shop import encode  # known to the worker by the name of its module

    asked = encode(7)
    try:
        assert asked.get(blocking=True, timeout=30) == 7
    except TaskException:  # of the first attempt, whose error stands there until the second has ended
        asked.reset()
        assert asked.get(blocking=True, timeout=30) == 7
