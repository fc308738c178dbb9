"""taskiq: a producer span where a task is sent, a consumer span for each attempt at it, in one trace.

The context travels in the message's labels, where taskiq's own middleware for OpenTelemetry puts it too; a broker that
has this middleware tells by itself, and these rules leave it alone.
"""

import copy
import time
from types import ModuleType
from typing import Any

from opentelemetry.trace import get_current_span

from trivet.instrument.carriers import extracted, fresh, injected
from trivet.instrument.depth import watch
from trivet.instrument.kit import CONSUMER, PRODUCER, Aside, Call, Custom, Teller, Wrap, blame
from trivet.instrument.messaging import PROCESSED, READY, about, silence, waited
from trivet.instrument.patch import Patches

STORES = ("redis",)


def _tells_by_itself(broker: Any) -> bool:
    return any(type(middleware).__name__ == "OpenTelemetryMiddleware" for middleware in broker.middlewares)


def _queue(broker: Any, labels: dict[str, Any]) -> str:
    return str(labels.get("queue_name") or getattr(broker, "queue_name", type(broker).__name__))


def _sent(call: Call, operation: str) -> dict[str, Any]:
    kicker = call.self
    queue = _queue(kicker.broker, kicker.labels)
    return about("taskiq", queue, operation, kicker.custom_task_id, task_name=kicker.task_name)


def _carrying(call: Call) -> None:
    """A kicker may be used again, and shares its labels with the task: a copy carries the context."""
    kicker = copy.copy(call.self)
    there = {name: value for name, value in kicker.labels.items() if name not in ("traceparent", "tracestate")}
    ready = time.time() + float(there.get("delay") or 0)
    kicker.labels = {**injected(there), READY: f"{ready:.3f}"}
    call.args = (kicker, *call.args[1:])


def _attempt(call: Call) -> dict[str, Any]:
    message = call.get("message")
    attempt = int(message.labels.get("_retries") or 0) + 1
    queue = _queue(call.self.broker, message.labels)
    said = about("taskiq", queue, "process", message.task_id, task_name=message.task_name, task_attempt=attempt)
    return {**said, **waited(float(message.labels.get(READY) or 0))}


def _install(module: ModuleType, patches: Patches, _: Teller) -> None:
    """The receiver catches what an attempt raises and makes a result of it, which a middleware for retries replaces. A
    function that raises `NoResultError` wants no result, and has not failed."""
    result = module.TaskiqResult

    def made(**fields: Any) -> Any:
        error = fields.get("error")
        if not isinstance(error, module.NoResultError):
            blame(error)
        return result(**fields)

    patches.put(module, "TaskiqResult", made)


def _listening(call: Call) -> None:
    """The list of `taskiq-redis`; its streams do not say what waits."""
    broker = call.self.broker
    if type(broker).__name__ == "ListQueueBroker":
        lists = {"waiting": [("LLEN", broker.queue_name)]}
        watch("taskiq", broker.queue_name, broker.connection_pool, lambda: lists)


RULES = (
    Wrap(
        "taskiq.kicker:AsyncKicker.kiq",
        name=lambda call: f"send {call.self.task_name}",
        kind=PRODUCER,
        leaves=STORES,
        when=lambda call: not _tells_by_itself(call.self.broker),
        # What was scheduled in a trace is sent from the scheduler's process.
        parent=lambda call: None if get_current_span().get_span_context().is_valid else extracted(call.self.labels),
        attributes=lambda call: _sent(call, "send"),
        before=_carrying,
        after=lambda call, task: {"messaging.message.id": task.task_id},
    ),
    # A task for once is part of the trace that wants it; one that comes again and again begins traces of its own.
    Wrap(
        "taskiq.kicker:AsyncKicker.schedule_by_time",
        name=lambda call: f"schedule {call.self.task_name}",
        kind=PRODUCER,
        leaves=STORES,
        when=lambda call: not _tells_by_itself(call.self.broker),
        attributes=lambda call: _sent(call, "schedule"),
        before=_carrying,
    ),
    Wrap(
        "taskiq.receiver.receiver:Receiver.run_task",
        name=lambda call: f"process {call.get('message').task_name}",
        kind=CONSUMER,
        when=lambda call: not _tells_by_itself(call.self.broker),
        parent=lambda call: extracted(call.get("message").labels) or fresh(),
        attributes=_attempt,
        duration=PROCESSED,
    ),
    Custom("taskiq.receiver.receiver", install=_install),
    # What a worker, and whoever waits for a result, asks of Redis. An attempt begins a context of its own.
    Aside("taskiq.receiver.receiver:Receiver.callback", quiet=STORES),
    Aside("taskiq.task:AsyncTaskiqTask.wait_result", quiet=STORES),
    Aside("taskiq.task:AsyncTaskiqTask.is_ready", quiet=STORES),
    Aside("taskiq.receiver.receiver:Receiver.listen", run=_listening, quiet=STORES),
    silence("taskiq_redis.list_schedule_source", ("ListRedisScheduleSource",), STORES),
    silence("taskiq_redis.schedule_source", ("RedisScheduleSource",), STORES),
)
