"""What the tests of job queues share: what the jobs do, and what is to be told of it."""

from typing import Any

import trivet
from trivet.testing import Capture


def work(video: int, attempt: int) -> str:
    """What the jobs of all these queues do."""
    with trivet.span("transcode", video=video):
        if video == 13 or (video == 8 and attempt == 1):
            raise ValueError("no decoder")
    return "done"


def one_trace(told: Capture, system: str, job: str = "encode") -> None:
    """From the upload to the work, and nothing beside it."""
    assert spans_of(told) == f"upload\n  send {job} (producer)\n    process {job} (consumer)\n      transcode", system
    send, process = told.spans.one(f"send {job}"), told.spans.one(f"process {job}")
    both = {"messaging.system": system, "messaging.destination.name": send.attributes["messaging.destination.name"]}
    send.has({**both, "messaging.operation.name": "send", "messaging.operation.type": "send"})
    process.has({**both, "messaging.operation.name": "process", "messaging.operation.type": "process"})
    assert process.attributes["messaging.message.id"] == send.attributes["messaging.message.id"] != ""
    assert 0 <= process.attributes["trivet.queue.wait"] < 20
    assert send.error is process.error is None
    assert told.metrics.value("messaging.process.duration", **both, **{"messaging.operation.name": "process"})


def spans_of(told: Capture) -> str:
    """The tree without log records."""
    return "\n".join(line for line in told.spans.tree().splitlines() if "·" not in line)


def second_attempt(told: Capture, attempt: str) -> None:
    """Two attempts in one trace, of which the first failed."""
    first, second = told.spans.all("process encode")
    first.failed("ValueError: no decoder").has({"error.type": "ValueError", attempt: 1})
    assert [event.name for event in first.events] == ["exception"]
    second.has({attempt: 2})
    assert (second.error, second.trace_id, list(second.events)) == (None, first.trace_id, [])
    assert first.trace_id == told.spans.one("upload").trace_id


def providers() -> tuple[Any, Any]:
    from opentelemetry import metrics, trace

    return trace.get_tracer_provider(), metrics.get_meter_provider()
