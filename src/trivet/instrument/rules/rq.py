"""RQ: a producer span where a job is enqueued, a consumer span for each attempt at it, in one trace.

The context travels in the job's `meta`.
"""

from dataclasses import replace
from typing import Any

from trivet.instrument.carriers import extracted, fresh, inject
from trivet.instrument.depth import watch
from trivet.instrument.kit import CONSUMER, PRODUCER, Aside, Call, Wrap
from trivet.instrument.messaging import PROCESSED, about, waited

STORES = ("redis",)
RETRIES = "trivet-retries"  # beside the context


def _sending(call: Call) -> None:
    """RQ counts down how many attempts are left."""
    job = call.get("job")
    inject(job.meta)
    job.meta[RETRIES] = job.retries_left or 0


def _attempt(call: Call) -> dict[str, Any]:
    job = call.self
    used = job.meta.get(RETRIES, 0) - (job.retries_left or 0)
    attempt = 1 + max(0, used) + (getattr(job, "number_of_retries", None) or 0)
    said = about("rq", job.origin, "process", job.id, job_function=job.func_name, job_attempt=attempt)
    return {**said, **waited(job.enqueued_at.timestamp() if job.enqueued_at else None)}


def _working(call: Call) -> None:
    for queue in call.self.queues:
        keys = {"waiting": [("LLEN", queue.key)], "delayed": [("ZCARD", queue.scheduled_job_registry.key)]}
        watch("rq", queue.name, queue.connection.connection_pool, lambda keys=keys: keys)


_send = Wrap(
    "rq.queue:Queue.enqueue_job",
    name=lambda call: f"send {call.self.name}",
    kind=PRODUCER,
    leaves=STORES,
    # Otherwise it is on its way already: a worker enqueues it again, or its time has come.
    when=lambda call: "traceparent" not in call.get("job").meta,
    attributes=lambda call: about(
        "rq", call.self.name, "send", call.get("job").id, job_function=call.get("job").func_name
    ),
    before=_sending,
    optional=True,
)

RULES = (
    _send,
    replace(_send, target="rq.queue:Queue._enqueue_job", optional=False),  # each job of `enqueue_many`
    replace(_send, target="rq.queue:Queue.schedule_job", name=lambda call: f"schedule {call.self.name}"),
    Wrap(
        "rq.job:Job.perform",
        name=lambda call: f"process {call.self.origin}",
        kind=CONSUMER,
        parent=lambda call: extracted(call.self.meta) or fresh(),
        attributes=_attempt,
        duration=PROCESSED,
    ),
    # What a worker asks of Redis by itself, and whoever waits for a result; a job begins a context of its own.
    Aside("rq.worker.base:BaseWorker.work", run=_working, quiet=STORES),
    Aside("rq.suspension:is_suspended", quiet=STORES, optional=True),
    *(
        Aside(f"rq.job:Job.{name}", quiet=STORES, optional=True)
        for name in ("return_value", "latest_result", "refresh")
    ),
)
