"""A span as the JSON text that the official SDK's console exporter prints."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import SpanContext, format_span_id, format_trace_id

if TYPE_CHECKING:
    from trivet.sdk.span import Event, Link, Span


def span_to_json(span: "Span", indent: int | None) -> str:
    parent = span.parent
    return json.dumps(
        {
            "name": span.name,
            "context": _context(span.context),
            "kind": str(span.kind),
            "parent_id": parent and f"0x{format_span_id(parent.span_id)}",
            "start_time": _time(span.start_time),
            "end_time": _time(span.end_time),
            "status": _status(span),
            "attributes": dict(span.attributes),
            "events": _events(span.events),
            "links": _links(span.links),
            "resource": json.loads(span.resource.to_json()),
        },
        indent=indent,
        default=_bytes_as_text,
    )


def _context(context: SpanContext) -> dict[str, str]:
    return {
        "trace_id": f"0x{format_trace_id(context.trace_id)}",
        "span_id": f"0x{format_span_id(context.span_id)}",
        "trace_state": repr(context.trace_state),
    }


def _status(span: "Span") -> dict[str, str]:
    status = {"status_code": span.status.status_code.name}
    if span.status.description:
        status["description"] = span.status.description
    return status


def _events(events: "Iterable[Event]") -> list[dict[str, Any]]:
    return [{"name": e.name, "timestamp": _time(e.timestamp), "attributes": dict(e.attributes)} for e in events]


def _links(links: "Iterable[Link]") -> list[dict[str, Any]]:
    return [{"context": _context(link.context), "attributes": dict(link.attributes)} for link in links]


def _time(ns: int | None) -> str | None:
    return ns and datetime.fromtimestamp(ns / 1e9, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _bytes_as_text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
