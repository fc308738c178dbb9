"""Requests to measure with: spans of a web backend, 12 attributes each, about 527 bytes, no two alike."""

import random
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

START = 1_760_000_000_000_000_000


def trace_body(spans: int, *, seed: int = 3, start: int = START) -> bytes:
    """One request of one service, the same for the same seed."""
    chance = random.Random(seed)
    resource = {"service.name": "api", "service.version": "1.4.2", "host.name": "h1", "process.pid": 1234}
    scope = {"name": "opentelemetry.instrumentation.fastapi", "version": "0.66b1"}
    scope_spans = {"scope": scope, "spans": [_span(start, number, chance) for number in range(spans)]}
    request = ExportTraceServiceRequest(
        resource_spans=[{"resource": {"attributes": _attributes(resource)}, "scope_spans": [scope_spans]}]
    )
    return request.SerializeToString()


def _span(first: int, number: int, chance: random.Random) -> dict[str, Any]:
    start = first + number * 1_000_000
    events = [
        {"name": "exception", "time_unix_nano": start + 5, "attributes": _attributes({"exception.type": "ValueError"})}
    ]
    return {
        "trace_id": chance.randbytes(16),
        "span_id": chance.randbytes(8),
        "parent_span_id": chance.randbytes(8),
        "name": f"GET /r/{number % 40}",
        "kind": 2,
        "start_time_unix_nano": start,
        "end_time_unix_nano": start + chance.randrange(10**8),
        "attributes": _attributes(_what_happened(number, chance)),
        "events": events if number % 10 == 0 else [],
        "status": {"code": 1},
    }


def _what_happened(number: int, chance: random.Random) -> dict[str, str | int]:
    statement = (
        f"SELECT id, name, updated FROM table_{number % 50} WHERE account_id = $1 ORDER BY updated DESC LIMIT 50"
    )
    return {
        "http.request.method": "GET",
        "http.route": f"/r/{number % 40}",
        "http.response.status_code": 200,
        "server.address": "svc.internal",
        "user.id": f"user-{chance.randrange(50_000)}",
        "url.full": f"https://example.com/api/v2/videos/{chance.randrange(20_000)}?quality=1080",
        "net.peer.port": 8080,
        "thread.id": 139_823,
        "db.system": "postgresql",
        "db.statement": statement,
        "k8s.pod.name": f"pod-{number % 60}",
        "service.version": "1.4.2",
    }


def _attributes(values: dict[str, str | int]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {_kind(value): value}} for key, value in values.items()]


def _kind(value: str | int) -> str:
    return "string_value" if isinstance(value, str) else "int_value"
