"""Jobs and messages in the words of OpenTelemetry's conventions, which every queue's rules share.

https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
"""

import inspect
import time
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from trivet.instrument.kit import Aside, Custom, Duration, Teller
from trivet.instrument.patch import Patches
from trivet.instrument.wrapped import quiet

READY = "trivet-ready"  # beside the context in what a job carries: when its first attempt could begin, unix seconds
PROCESSED = Duration(
    "messaging.process.duration",
    "time that an attempt at a message took",
    ("messaging.system", "messaging.destination.name", "messaging.operation.name", "error.type"),
)


def about(system: str, queue: str | None, operation: str, message: Any = None, **more: Any) -> dict[str, Any]:
    """`operation` is `send` or `process`, or the library's own word for a send; `more` by names with `_` for `.`."""
    attributes = {
        "messaging.system": system,
        "messaging.destination.name": queue,
        "messaging.operation.name": operation,
        "messaging.operation.type": "process" if operation == "process" else "send",
        "messaging.message.id": None if message is None else str(message),
        **{f"{system}.{name.replace('_', '.')}": value for name, value in more.items()},
    }
    return {name: value for name, value in attributes.items() if value is not None}


def waited(ready: float | None) -> Mapping[str, float]:
    """Seconds since the attempt could have begun, which is when a worker was free at last."""
    return {"trivet.queue.wait": max(0.0, round(time.time() - ready, 3))} if ready else {}


def silence(module: str, classes: Sequence[str], families: Sequence[str]) -> Custom:
    """What a queue asks of its store by itself: no method of these classes makes spans of these families inside."""

    def install(found: ModuleType, patches: Patches, _: Teller) -> None:
        for kind in classes:
            for name, method in list(vars(getattr(found, kind)).items()):
                if inspect.isfunction(method) and not inspect.isasyncgenfunction(method) and name != "__init__":
                    patches.wrap(found, f"{kind}.{name}", quiet(Aside("", quiet=families)))

    return Custom(module, install=install)
