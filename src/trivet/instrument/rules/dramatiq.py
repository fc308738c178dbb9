"""dramatiq: a producer span where a message is enqueued, a consumer span for each attempt at it, in one trace.

The context travels in the message's options. What the broker asks of Redis by itself is silent.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

from trivet.instrument.carriers import extracted, fresh, inject
from trivet.instrument.depth import watch
from trivet.instrument.kit import CONSUMER, PRODUCER, Aside, Call, Custom, Teller, Wrap, blame
from trivet.instrument.messaging import PROCESSED, READY, about, waited
from trivet.instrument.patch import Patches, dressed
from trivet.instrument.wrapped import quiet

STORES = ("redis",)


def _about(message: Any, operation: str, **more: Any) -> dict[str, Any]:
    queue = message.queue_name.removesuffix(".DQ")  # where it waits for its time
    return about("dramatiq", queue, operation, message.message_id, actor_name=message.actor_name, **more)


_send = Wrap(
    "dramatiq.brokers.redis:RedisBroker.enqueue",
    name=lambda call: f"send {call.get('message').actor_name}",
    kind=PRODUCER,
    leaves=STORES,
    # Otherwise it is on its way already: its time has come, or another attempt follows.
    when=lambda call: "traceparent" not in call.get("message").options,
    attributes=lambda call: _about(call.get("message"), "send"),
)


def _enqueuing(call: Call) -> None:
    """The brokers' word to their middleware comes with the message as it will be sent."""
    if call.get("signal") != "enqueue":
        return
    _, _, message, delay = call.args
    if "traceparent" not in message.options:
        inject(message.options)
    if delay is not None or READY not in message.options:
        message.options[READY] = round(time.time() + (delay or 0) / 1000, 3)


def _attempt(call: Call) -> dict[str, Any]:
    message = call.get("message")
    said = _about(message, "process", message_attempt=message.options.get("retries", 0) + 1)
    return {**said, **waited(message.options.get(READY))}


def _silence(module: ModuleType, patches: Patches, _: Teller) -> None:
    """Every command of the broker: each is a function made for the purpose."""

    def dispatching(function: Callable) -> Callable:
        return dressed(lambda self, command: quiet(Aside("", quiet=STORES))(function(self, command)), function)

    patches.wrap(module, "RedisBroker._dispatch", dispatching)


def _consuming(call: Call) -> None:
    """What a worker has fetched ahead waits inside of it and is not counted; all that is delayed does."""
    broker, queue = call.self.broker, call.self.queue_name
    if hasattr(broker, "namespace") and not queue.endswith(".DQ"):
        lists = {"waiting": [("LLEN", f"{broker.namespace}:{queue}")]}
        watch("dramatiq", queue, broker.client.connection_pool, lambda: lists)


RULES = (
    _send,
    replace(_send, target="dramatiq.brokers.rabbitmq:RabbitmqBroker.enqueue"),
    replace(_send, target="dramatiq.brokers.stub:StubBroker.enqueue"),
    Aside("dramatiq.broker:Broker.emit_before", run=_enqueuing),
    Wrap(
        "dramatiq.worker:WorkerThread.process_message",
        name=lambda call: f"process {call.get('message').actor_name}",
        kind=CONSUMER,
        parent=lambda call: extracted(call.get("message").options) or fresh(),
        attributes=_attempt,
        duration=PROCESSED,
    ),
    Aside("dramatiq.worker:ConsumerThread.run", run=_consuming),
    # The worker catches what an attempt raises; that is how the attempt went.
    Aside("dramatiq.broker:MessageProxy.stuff_exception", run=lambda call: blame(call.get("exception"))),
    Custom("dramatiq.brokers.redis", install=_silence),
    # What becomes of a message is kept in Redis by dramatiq itself: no work of the actor's.
    Aside("dramatiq.results.backends.redis:RedisBackend._store", quiet=STORES, optional=True),
    Aside("dramatiq.results.backends.redis:RedisBackend.get_result", quiet=STORES, optional=True),
)
