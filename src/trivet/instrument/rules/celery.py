"""Celery: a producer span where a task is sent, a consumer span for each attempt at it, in one trace.

The context travels in the message's headers, where contrib's instrumentation puts it too. Attempts are heard of through
Celery's own signals, which come in the process that runs the task, whatever the pool.
"""

import time
from collections.abc import Mapping
from datetime import datetime
from types import ModuleType
from typing import Any

from trivet.instrument.carriers import extracted, fresh, inject
from trivet.instrument.depth import watch
from trivet.instrument.kit import CONSUMER, PRODUCER, Aside, Call, Custom, Teller, Told, Wrap
from trivet.instrument.messaging import PROCESSED, about, silence, waited
from trivet.instrument.patch import Patches

_under_way: dict[str, Told] = {}  # by task id


_send = Wrap(
    "celery.app.base:Celery.send_task",
    name=lambda call: f"send {call.get('name')}",
    kind=PRODUCER,
    leaves=("redis",),
    attributes=lambda call: about(
        "celery", call.kwargs.get("queue"), "send", call.get("task_id"), task_name=call.get("name")
    ),
    after=lambda call, result: {"messaging.message.id": result.id},
)

_process = Wrap(
    "celery.app.trace:build_tracer",
    name=lambda call: f"process {call.args[0].name}",
    kind=CONSUMER,
    parent=lambda call: extracted(_headers(call.args[0].request)) or fresh(),
    attributes=lambda call: _attempt(call.args[0].name, call.args[0].request),
    duration=PROCESSED,
)


def _headers(request: Any) -> Mapping[str, Any]:
    held = {name: getattr(request, name, None) for name in ("traceparent", "tracestate", "baggage")}
    return {name: value for name, value in {**held, **(request.headers or {})}.items() if isinstance(value, str)}


def _attempt(task: str, request: Any) -> dict[str, Any]:
    queue, attempt = (request.delivery_info or {}).get("routing_key"), (request.retries or 0) + 1
    sent = (request.headers or {}).get("trivet-sent") or getattr(request, "trivet_sent", None)
    ready = datetime.fromisoformat(request.eta).timestamp() if isinstance(request.eta, str) else float(sent or 0)
    said = about("celery", queue, "process", request.id, task_name=task, task_attempt=attempt)
    return {**said, **waited(ready)}


def _consuming(call: Call) -> None:
    """The lists that a worker on Redis takes from, one for each priority."""
    consumer = call.self.task_consumer
    channel = consumer.channel
    if not hasattr(channel, "priority_steps"):
        return
    for queue in consumer.queues:
        lists = [("LLEN", _key(channel, queue.name, priority)) for priority in channel.priority_steps]
        watch("celery", queue.name, channel.pool, lambda lists=lists: {"waiting": lists})


def _key(channel: Any, queue: str, priority: int) -> str:
    return f"{channel.global_keyprefix}{channel._q_for_pri(queue, priority)}"


def _install(module: ModuleType, patches: Patches, teller: Teller) -> None:
    def publishing(headers: dict[str, Any] | None = None, **_: Any) -> None:
        if headers is not None:
            inject(headers)
            headers["trivet-sent"] = f"{time.time():.3f}"

    def begins(task_id: str, task: Any, **_: Any) -> None:
        told = teller.begin(_process, Call({}, (task,), {}))
        if told is not None:
            _under_way[task_id] = told

    def fails(task_id: str, exception: BaseException, **_: Any) -> None:
        if task_id in _under_way:
            _under_way.pop(task_id).fail(exception)

    def retries(request: Any, reason: Any, **_: Any) -> None:
        cause = getattr(reason, "exc", None) or reason
        fails(request.id, cause if isinstance(cause, Exception) else RuntimeError(str(cause)))

    def ends(task_id: str, state: str | None = None, **_: Any) -> None:
        if task_id in _under_way:
            _under_way.pop(task_id).leave({"celery.task.state": state} if state else {})

    heard = (
        ("before_task_publish", publishing), ("task_prerun", begins), ("task_failure", fails),
        ("task_retry", retries), ("task_postrun", ends),
    )  # fmt: skip
    for name, receiver in heard:
        signal = getattr(module, name)
        signal.connect(receiver, weak=False)
        patches.on_undo(lambda signal=signal, receiver=receiver: signal.disconnect(receiver))


RULES = (
    _send,
    # What the transport asks of Redis: polling, acknowledging, restoring. An attempt begins a context of its own.
    silence("kombu.transport.redis", ("Channel", "QoS", "MultiChannelPoller"), ("redis",)),
    Custom("celery.signals", install=_install),
    Aside("celery.worker.consumer.consumer:Consumer.loop_args", run=_consuming),
    # What becomes of a task is kept in Redis by Celery itself, within the attempt: no work of the task's.
    *(Aside(f"celery.backends.redis:RedisBackend.{name}", quiet=("redis",)) for name in ("set", "get", "mget")),
)
