"""huey: a producer span where a task is enqueued, a consumer span for each attempt at it, in one trace.

The context travels behind the pickled message, where a worker that knows nothing of it does not look (the end of a
pickle is in the pickle). What huey asks of its storage by itself is silent.
"""

import json
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from trivet.instrument.carriers import extracted, fresh, injected
from trivet.instrument.depth import watch
from trivet.instrument.kit import CONSUMER, PRODUCER, Aside, Call, Custom, Teller, Wrap, blame
from trivet.instrument.messaging import PROCESSED, READY, about, silence, waited
from trivet.instrument.patch import Patches, dressed
from trivet.instrument.within import EVERYTHING

CARRIER = "_trivet_carrier"  # of a task
ATTEMPT = "trivet-attempt"  # beside the context: which one comes next
MARK = b"\0trivet\0"

_on_its_way: ContextVar[dict[str, Any] | None] = ContextVar("trivet_huey", default=None)


def _carrier(task: Any) -> dict[str, Any]:
    return task.__dict__.get(CARRIER) or {}


def _about(huey: Any, task: Any, operation: str, **more: Any) -> dict[str, Any]:
    return about("huey", huey.name, operation, task.id, task_name=task.name, **more)


def _due(huey: Any, task: Any) -> float:
    """When it may begin, unix seconds; huey's times have no zone."""
    now, eta = time.time(), task.eta
    if not isinstance(eta, datetime):
        return now
    return max(now, (eta.replace(tzinfo=UTC) if huey.utc and eta.tzinfo is None else eta).timestamp())


def _sending(call: Call) -> None:
    task = call.get("task")
    task.__dict__[CARRIER] = injected({READY: _due(call.self, task), ATTEMPT: 1})


def _again(call: Call) -> None:
    """Another attempt follows: `retries` counts those that are left."""
    task = call.get("task")
    waits = 0 if call.get("retry_eta") is not None else task.retry_delay or 0
    due = max(_due(call.self, task) if call.get("retry_eta") is not None else 0, time.time() + waits)
    task.__dict__[CARRIER] = {**_carrier(task), READY: due, ATTEMPT: _carrier(task).get(ATTEMPT, 1) + 1}


def _install(module: ModuleType, patches: Patches, _: Teller) -> None:
    patches.wrap(module, "Huey.serialize_task", _serializing)
    patches.wrap(module, "Huey.deserialize_task", _deserializing)


def _serializing(function: Callable) -> Callable:
    def serialize_task(self: Any, task: Any) -> Any:
        token = _on_its_way.set(_carrier(task))
        try:
            return function(self, task)
        finally:
            _on_its_way.reset(token)

    return dressed(serialize_task, function)


def _deserializing(function: Callable) -> Callable:
    def deserialize_task(self: Any, data: Any) -> Any:
        token = _on_its_way.set(None)
        try:
            task = function(self, data)
            task.__dict__[CARRIER] = _on_its_way.get()
            return task
        finally:
            _on_its_way.reset(token)

    return dressed(deserialize_task, function)


def _install_pickles(module: ModuleType, patches: Patches, _: Teller) -> None:
    patches.wrap(module, "Serializer._serialize", _appending)
    patches.wrap(module, "Serializer._deserialize", _finding)


def _appending(function: Callable) -> Callable:
    def _serialize(self: Any, data: Any) -> Any:
        made, carrier = function(self, data), _on_its_way.get()
        return made + MARK + json.dumps(carrier).encode() if carrier else made

    return dressed(_serialize, function)


def _finding(function: Callable) -> Callable:
    def _deserialize(self: Any, data: Any) -> Any:
        _, found, text = data.rpartition(MARK)
        if found:
            try:
                _on_its_way.set(json.loads(text))
            except ValueError:  # the mark was part of somebody's arguments
                pass
        return function(self, data)

    return dressed(_deserialize, function)


def _consuming(call: Call) -> None:
    storage = call.self.huey.storage
    if hasattr(storage, "queue_key"):
        size = "ZCARD" if storage.priority else "LLEN"
        keys = {"waiting": [(size, storage.queue_key)], "delayed": [("ZCARD", storage.schedule_key)]}
        watch("huey", call.self.huey.name, storage.pool, lambda: keys)


RULES = (
    Wrap(
        "huey.api:Huey.enqueue",
        name=lambda call: f"send {call.get('task').name}",
        kind=PRODUCER,
        # Groups and chords enqueue their tasks one by one; what has a context already is on its way.
        when=lambda call: hasattr(call.get("task"), "retries") and not _carrier(call.get("task")),
        attributes=lambda call: _about(call.self, call.get("task"), "send"),
        before=_sending,
    ),
    Wrap(
        "huey.api:Huey._execute",
        name=lambda call: f"process {call.get('task').name}",
        kind=CONSUMER,
        parent=lambda call: extracted(_carrier(call.get("task"))) or fresh(),
        attributes=lambda call: {
            **_about(call.self, call.get("task"), "process", task_attempt=_carrier(call.get("task")).get(ATTEMPT, 1)),
            **waited(_carrier(call.get("task")).get(READY)),
        },
        duration=PROCESSED,
    ),
    # It catches what a task raises, tells its hooks, and sees to another attempt.
    Aside("huey.api:Huey._run_post_execute", run=lambda call: blame(call.get("exception"))),
    Aside("huey.api:Huey._requeue_task", run=_again),
    Aside("huey.consumer:Consumer.start", run=_consuming),
    Custom("huey.api", install=_install),
    Custom("huey.serializer", install=_install_pickles),
    silence(
        "huey.storage",
        ("RedisStorage", "RedisExpireStorage", "RedisPriorityQueue", "BaseSqlStorage", "SqliteStorage"),
        (EVERYTHING,),
    ),
)
