"""OTLP requests in few words, and the way into a real store for the tests of what reads it."""

import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from trivet.spool.record import Record
from trivet.store.client import Client
from trivet.store.insert import insert

MS = 10**6
S = 10**9
KINDS = {"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
STATUSES = {"unset": 0, "ok": 1, "error": 2}
SEVERITIES = {"trace": 1, "debug": 5, "info": 9, "warn": 13, "error": 17, "fatal": 21}

_numbers = itertools.count(1)


def any_value(value: Any) -> AnyValue:
    match value:
        case None:
            return AnyValue()
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case str():
            return AnyValue(string_value=value)
        case bytes():
            return AnyValue(bytes_value=value)
        case Mapping():
            return AnyValue(kvlist_value=KeyValueList(values=pairs(value)))
    return AnyValue(array_value=ArrayValue(values=map(any_value, value)))


def pairs(attributes: Mapping[str, Any] | None) -> Iterator[KeyValue]:
    for key, value in (attributes or {}).items():
        yield KeyValue(key=key, value=any_value(value))


def trace_id(number: int) -> str:
    return f"{number:032x}"


def span_id(number: int) -> str:
    return f"{number:016x}"


class Telemetry:
    """Collects spans and log records, a resource per `service` (or given attributes), and loads them in one request
    a signal. Times are nanoseconds after `start`."""

    def __init__(self, start: int | None = None):
        self.start = start if start is not None else time.time_ns() - 60 * S
        self.received = time.time_ns()
        self._traces = ExportTraceServiceRequest()
        self._logs = ExportLogsServiceRequest()
        self.metrics = ExportMetricsServiceRequest()
        self._scopes: dict[tuple, Message] = {}

    def span(
        self,
        trace: int,
        span: int,
        name: str = "work",
        *,
        parent: int | None = None,
        at: int = 0,
        lasts: int = MS,
        service: str = "web",
        kind: str = "internal",
        status: str = "unset",
        message: str = "",
        attributes: Mapping[str, Any] | None = None,
        resource: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Message:
        """Adds a span and hands it out for what has no argument here."""
        made = self._scope(self._traces.resource_spans, "scope_spans", service, resource).spans.add(**more)
        made.trace_id, made.span_id = trace.to_bytes(16, "big"), span.to_bytes(8, "big")
        made.parent_span_id = b"" if parent is None else parent.to_bytes(8, "big")
        made.name, made.kind = name, KINDS[kind]
        made.start_time_unix_nano = self.start + at
        made.end_time_unix_nano = self.start + at + lasts
        made.status.code, made.status.message = STATUSES[status], message
        made.attributes.extend(pairs(attributes))
        return made

    def log(
        self,
        body: Any,
        *,
        at: int = 0,
        trace: int | None = None,
        span: int | None = None,
        severity: str = "info",
        service: str = "web",
        attributes: Mapping[str, Any] | None = None,
        resource: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Message:
        made = self._scope(self._logs.resource_logs, "scope_logs", service, resource).log_records.add(**more)
        made.time_unix_nano = self.start + at
        made.body.CopyFrom(any_value(body))
        made.severity_number = SEVERITIES[severity]
        made.trace_id = b"" if trace is None else trace.to_bytes(16, "big")
        made.span_id = b"" if span is None else span.to_bytes(8, "big")
        made.attributes.extend(pairs(attributes))
        return made

    def running(
        self,
        trace: int,
        span: int,
        name: str = "work",
        *,
        parent: int | None = None,
        at: int = 0,
        seen: int = S,
        report: int = 1,
        next_after: int = S,
        kind: str = "internal",
        stack: tuple[str, ...] = ("app.py:1 main",),
        attributes: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Message:
        """The report of a span that is still open, as the SDK sends it."""
        told = {
            "trivet.span.name": name,
            "trivet.span.kind": kind,
            "trivet.span.start": self.start + at,
            "trivet.span.attributes": dict(attributes or {}),
            "trivet.span.stack": list(stack),
            "trivet.span.report": report,
            "trivet.span.next_after": next_after,
        }
        if parent is not None:
            told["trivet.span.parent_id"] = span_id(parent)
        named = {"event_name": "trivet.span.running"}
        return self.log(None, at=seen, trace=trace, span=span, severity="debug", attributes=told, **named, **more)

    def load(self, store: Client) -> None:
        """Everything so far into the store, as the loader would send it; then starts anew."""
        for signal, body in self.bodies():
            number = next(_numbers)
            insert(store, signal, [Record(number, self.received, "default", b"", 1, body)], str(number))

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        """The requests of everything so far, by signal, as a client would send them; then starts anew."""
        for signal, request in (("traces", self._traces), ("logs", self._logs), ("metrics", self.metrics)):
            if body := request.SerializeToString():
                request.Clear()
                yield signal, body
        self._scopes.clear()

    def _scope(self, resources: Any, scopes: str, service: str, resource: Mapping[str, Any] | None) -> Any:
        described = {"service.name": service, **(resource or {})}
        key = (scopes, repr(described))
        if key not in self._scopes:
            added = resources.add()
            added.resource.attributes.extend(pairs(described))
            self._scopes[key] = getattr(added, scopes).add()
            self._scopes[key].scope.name = "tests"
        return self._scopes[key]
