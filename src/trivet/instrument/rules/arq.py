"""arq: a producer span where a job is enqueued, a consumer span for each attempt at it, in one trace.

The context travels beside the function's name in the serialized job, whatever the serializer; a worker that knows
nothing of it reads past it. What arq asks of Redis by itself is silent.
"""

import pickle
import time
from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from trivet.instrument.carriers import extracted, fresh, inject
from trivet.instrument.depth import Commands, watch
from trivet.instrument.kit import CONSUMER, PRODUCER, Aside, Call, Custom, Teller, Told, Wrap
from trivet.instrument.messaging import PROCESSED, about, waited
from trivet.instrument.patch import Patches, dressed

STORES = ("redis",)
WATCHED = "_trivet_watched"

_send = Wrap(
    "arq.connections:ArqRedis.enqueue_job",
    name=lambda call: f"send {call.get('function')}",
    kind=PRODUCER,
    leaves=STORES,
    attributes=lambda call: about(
        "arq", call.get("_queue_name") or call.self.default_queue_name, "send", job_function=call.get("function")
    ),
    # None: there is such a job already, as where each of several workers enqueues the same periodic job.
    after=lambda call, job: {"arq.job.duplicate": True} if job is None else {"messaging.message.id": job.job_id},
)
_process = Wrap(
    "arq.worker:Worker.run_job",
    name=lambda call: f"process {call.args[1]['f']}",
    kind=CONSUMER,
    parent=lambda call: extracted(call.args[1]) or fresh(),
    attributes=lambda call: about("arq", call.self.queue_name, "process", job_function=call.args[1]["f"]),
    duration=PROCESSED,
)


class _Attempt:
    """One run of `Worker.run_job`, whose span begins when it has read what the job is."""

    def __init__(self, worker: Any, job_id: str, score: int, teller: Teller):
        self._worker, self._teller = worker, teller
        self._about = {"messaging.message.id": job_id, **waited(score / 1000)}
        self.told: Told | None = None
        self.error: BaseException | None = None

    def begin(self, job: dict[str, Any]) -> None:
        self.told = self._teller.begin(_process, Call({}, (self._worker, job), {}))
        if self.told is not None:
            self.told.set(self._about)

    def end(self) -> None:
        if self.told is None:
            return
        if self.error is not None:
            self.told.blame(self.error)
        self.told.succeed()


_under_way: ContextVar[_Attempt | None] = ContextVar("trivet_arq", default=None)


def _carrying(call: Call) -> None:
    serialize = call.get("serializer") or pickle.dumps

    def serialize_with_context(job: dict[str, Any]) -> Any:
        inject(job)
        return serialize(job)

    call.put("serializer", serialize_with_context)


def _reading(call: Call) -> None:
    deserialize, attempt = call.get("deserializer") or pickle.loads, _under_way.get()

    def deserialize_and_begin(data: bytes) -> Any:
        job = deserialize(data)
        if attempt is not None:
            attempt.begin(job)
        return job

    call.put("deserializer", deserialize_and_begin)


def _polling(call: Call) -> None:
    """Jobs that are worked on are in the queue until they have ended, and count as waiting."""
    name = call.self.queue_name

    def commands() -> Commands:
        now = int(time.time() * 1000)
        return {"waiting": [("ZCOUNT", name, "-inf", now)], "delayed": [("ZCOUNT", name, f"({now}", "+inf")]}

    watch("arq", name, call.self.pool.connection_pool, commands)


def _kept(call: Call) -> None:
    """The result that a worker writes down says how the last attempt went, also where no function of the app's ran."""
    attempt = _under_way.get()
    if attempt is not None and call.get("success") is False:
        attempt.error = call.get("result")


def _install(module: ModuleType, patches: Patches, teller: Teller) -> None:
    patches.wrap(module, "Worker.run_job", lambda function: _running(function, teller))
    patches.wrap(module, "Worker.__init__", _made)


def _running(function: Callable, teller: Teller) -> Callable:
    async def run_job(self: Any, job_id: str, score: int) -> None:
        attempt = _Attempt(self, job_id, score, teller)
        token = _under_way.set(attempt)
        try:
            await function(self, job_id, score)
        finally:
            attempt.end()
            _under_way.reset(token)

    return dressed(run_job, function)


def _made(function: Callable) -> Callable:
    """A worker knows what its functions raise, and keeps it to itself where another attempt follows."""

    def __init__(self: Any, *args: Any, **options: Any) -> None:
        function(self, *args, **options)
        for each in self.functions.values():
            if not hasattr(each.coroutine, WATCHED):  # another worker of this process has the same
                each.coroutine = _watched(each.coroutine)

    return dressed(__init__, function)


def _watched(coroutine: Callable) -> Callable:
    async def watched(ctx: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        attempt = _under_way.get()
        if attempt is not None and attempt.told is not None:
            attempt.told.set({"arq.job.attempt": ctx["job_try"]})
        try:
            return await coroutine(ctx, *args, **kwargs)
        except BaseException as error:
            if attempt is not None:
                attempt.error = error
            raise

    setattr(watched, WATCHED, True)
    return dressed(watched, coroutine)


RULES = (
    _send,
    Aside("arq.connections:serialize_job", run=_carrying),
    Aside("arq.worker:deserialize_job_raw", run=_reading),
    Aside("arq.worker:serialize_result", run=_kept),
    Custom("arq.worker", install=_install),
    # An attempt begins a context of its own.
    Aside("arq.worker:Worker.main", quiet=STORES),
    Aside("arq.worker:Worker._poll_iteration", run=_polling),
    Aside("arq.worker:Worker.finish_job", quiet=STORES),
    Aside("arq.worker:Worker.finish_failed_job", quiet=STORES),
    Aside("arq.worker:Worker.close", quiet=STORES),
    Aside("arq.jobs:Job.result", quiet=STORES),
)
