"""SAQ: a producer span where a job is enqueued, a consumer span for each attempt at it, in one trace.

The context travels in the job's `meta`. What a periodic job's turn sends is no span: each worker tries at every tick.
"""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

from trivet.instrument.carriers import extracted, fresh, inject
from trivet.instrument.depth import watch
from trivet.instrument.kit import CONSUMER, PRODUCER, Aside, Call, Custom, Teller, Told, Wrap
from trivet.instrument.messaging import PROCESSED, about, silence, waited
from trivet.instrument.patch import Patches, dressed

STORES = ("redis", "db")
TOLD = "_trivet_told"


def _about(job: Any, operation: str, **more: Any) -> dict[str, Any]:
    return about("saq", job.queue.name, operation, job.key, job_function=job.function, **more)


def _attempt(call: Call) -> dict[str, Any]:
    """When another attempt could have begun is not written down."""
    job = call.args[1]["job"]
    ready = max(job.scheduled, job.queued / 1000) if job.attempts == 1 else None
    return {**_about(job, "process", job_attempt=job.attempts), **waited(ready)}


_send = Wrap(
    "saq.queue.redis:RedisQueue._enqueue",
    name=lambda call: f"send {call.get('job').function}",
    kind=PRODUCER,
    leaves=STORES,
    when=lambda call: not call.get("job").key.startswith("cron:"),
    attributes=lambda call: _about(call.get("job"), "send"),
    before=lambda call: inject(call.get("job").meta),
    after=lambda call, job: {"saq.job.duplicate": True} if job is None else {},
)
_process = Wrap(
    "saq.worker:Worker.process",
    name=lambda call: f"process {call.args[1]['job'].function}",
    kind=CONSUMER,
    parent=lambda call: extracted(call.args[1]["job"].meta) or fresh(),
    attributes=_attempt,
    duration=PROCESSED,
)


def _install(module: ModuleType, patches: Patches, teller: Teller) -> None:
    """The worker's own hooks stand at the beginning and the end of an attempt, in the task that it is."""
    patches.wrap(module, "Worker._before_process", lambda function: _beginning(function, teller))
    patches.wrap(module, "Worker._after_process", _ending)


def _beginning(function: Callable, teller: Teller) -> Callable:
    async def _before_process(self: Any, ctx: dict[str, Any]) -> None:
        ctx[TOLD] = teller.begin(_process, Call({}, (self, ctx), {}))
        await function(self, ctx)

    return dressed(_before_process, function)


def _ending(function: Callable) -> Callable:
    async def _after_process(self: Any, ctx: dict[str, Any]) -> None:
        try:
            await function(self, ctx)
        finally:
            told: Told | None = ctx.pop(TOLD, None)
            if told is not None:
                _end(told, ctx)

    return dressed(_after_process, function)


def _end(told: Told, ctx: dict[str, Any]) -> None:
    error, status = ctx.get("exception"), str(getattr(ctx["job"].status, "value", ""))
    if error is not None:
        told.blame(error)
    told.leave({} if error is not None or status == "complete" else {"error.type": status})


def _working(call: Call) -> None:
    queue = call.self.queue
    if hasattr(queue, "_queued"):
        keys = {"waiting": [("LLEN", queue._queued)]}
        watch("saq", queue.name, queue.redis.connection_pool, lambda: keys)


RULES = (
    _send,
    replace(_send, target="saq.queue.postgres:PostgresQueue._enqueue"),
    Custom("saq.worker", install=_install),
    Aside("saq.worker:Worker.start", run=_working),
    # What the queue asks of its store by itself; an attempt begins a context of its own.
    silence("saq.queue.redis", ("RedisQueue",), STORES),
    silence("saq.queue.postgres", ("PostgresQueue",), STORES),
)
