"""Messages for dramatiq's worker processes, and who sends one of them: `dramatiq_shop.py`."""

import logging
import os
import subprocess

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import CurrentMessage
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend

log = logging.getLogger("shop")
results = RedisBackend(url=os.environ["REDIS"])
broker = RedisBroker(url=os.environ["REDIS"])
broker.add_middleware(CurrentMessage())
broker.add_middleware(Results(backend=results))
dramatiq.set_broker(broker)


@dramatiq.actor(max_retries=1, min_backoff=1, max_backoff=1, store_results=True)
def encode(video: int) -> int:
    log.warning("encoding %s", video)
    if not CurrentMessage.get_current_message().options.get("retries"):
        raise TimeoutError("busy")
    subprocess.run(["true"], check=True)
    return video


if __name__ == "__main__":
    assert encode.send(7).get_result(block=True, timeout=30_000) == 7
