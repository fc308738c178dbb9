"""RQ: a producer span where a job is enqueued, a consumer span for each attempt at it, in one trace.

The context travels in the job's `meta`.
"""

import time
from typing import Any

from trivet.instrument.carriers import extracted, fresh, inject
from trivet.instrument.kit import CONSUMER, PRODUCER, Aside, Call, Wrap

STORES = ("redis",)


def _about(job: Any, queue: str | None, operation: str) -> dict[str, Any]:
    attributes = {
        "messaging.system": "rq",
        "messaging.destination.name": queue,
        "messaging.operation.type": operation,
        "messaging.message.id": job.id,
        "rq.job.function": job.func_name,
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _attempt(call: Call) -> dict[str, Any]:
    job = call.self
    about = _about(job, job.origin, "process")
    if job.enqueued_at is None:
        return about
    waited = time.time() - job.enqueued_at.timestamp()
    return {**about, "trivet.queue.wait": max(0.0, round(waited, 3))}


RULES = (
    Wrap(
        "rq.queue:Queue._enqueue_job",
        name=lambda call: f"send {call.self.name}",
        kind=PRODUCER,
        leaves=STORES,
        when=lambda call: "traceparent" not in call.get("job").meta,  # a worker enqueues it again for the next attempt
        attributes=lambda call: _about(call.get("job"), call.self.name, "send"),
        before=lambda call: inject(call.get("job").meta),
    ),
    Wrap(
        "rq.job:Job.perform",
        name=lambda call: f"process {call.self.origin}",
        kind=CONSUMER,
        parent=lambda call: extracted(call.self.meta) or fresh(),
        attributes=_attempt,
    ),
    # What a worker asks of Redis by itself; a job begins a context of its own.
    Aside("rq.worker.base:BaseWorker.work", quiet=STORES),
)
