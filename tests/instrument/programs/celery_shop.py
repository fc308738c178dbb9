"""Tasks for a prefork worker, and who sends one of them: `celery_shop.py`."""

import logging
import os
import subprocess

from celery import Celery

log = logging.getLogger("shop")
app = Celery("shop", broker=os.environ["REDIS"], backend=os.environ["REDIS"])
app.conf.broker_connection_retry_on_startup = True


@app.task(name="encode", bind=True, max_retries=1)
def encode(self, video: int) -> int:
    log.warning("encoding %s", video)
    if self.request.retries == 0:
        raise self.retry(exc=TimeoutError("busy"), countdown=0)
    subprocess.run(["true"], check=True)
    return video


if __name__ == "__main__":
    assert encode.delay(7).get(timeout=30) == 7
