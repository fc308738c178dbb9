"""Reports of spans that are still running are log records of ours; most vendors would only file them as noise."""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import DecodeError

from trivet.otlp.messages import LENIENT, REQUESTS

EVENT_NAME = b"trivet.span.running"
_Logs = LENIENT.of(REQUESTS["logs"])


def without_running(body: bytes) -> tuple[bytes, int]:
    """A logs request without such reports, and how many there were; the same bytes when there are none."""
    if EVENT_NAME not in body:
        return body, 0
    try:
        request = _Logs.FromString(body)
    except DecodeError:
        return body, 0  # the destination will say so
    dropped = 0
    for resource in request.resource_logs:
        for scope in resource.scope_logs:
            dropped += _remove(scope.log_records, lambda record: record.event_name == EVENT_NAME)
        _remove(resource.scope_logs, lambda scope: not scope.log_records)
    _remove(request.resource_logs, lambda resource: not resource.scope_logs)
    return (request.SerializeToString(), dropped) if dropped else (body, 0)


def _remove(repeated: Any, unwanted: Callable[[Any], bool]) -> int:
    found = [at for at, each in enumerate(repeated) if unwanted(each)]
    for at in reversed(found):
        del repeated[at]
    return len(found)
