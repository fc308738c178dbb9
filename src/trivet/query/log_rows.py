"""Rows of log records as `questions/trace_logs.sql` and its like give them → log records as the API shows them."""

from typing import Any, NamedTuple

from trivet.query.answers import FoundLog, LogRecord, Resource, Scope
from trivet.query.attributes import attributes, value
from trivet.query.origins import Origins
from trivet.query.severity import word
from trivet.query.span_rows import parent

NO_TRACE = "0" * 32


class LogRow(NamedTuple):
    """A log record; in the order of the statement's columns."""

    TABLE = "otel_logs"
    at: int
    observed: int
    clamped: list[int]
    severity_number: int
    severity_text: str
    body: str
    body_kind: int
    event_name: str
    keys: list[str]
    texts: list[str]
    kinds: list[int]
    span_id: str
    service: str
    id: str
    flags: int
    dropped_attributes: int
    resource_id: int
    origin: str


def log_record(row: LogRow, origins: Origins) -> LogRecord:
    """A record of a trace: its resource and scope are places in the trace's lists."""
    return LogRecord(resource=origins.resource(row), scope=origins.scope(row), **_fields(row))


def found_log(row: LogRow, trace_id: str, resource: Resource, scope: Scope) -> FoundLog:
    """A record of a list, which brings its resource and scope along."""
    trace = None if trace_id == NO_TRACE else trace_id
    return FoundLog(trace_id=trace, resource=resource, scope=scope, **_fields(row))


def _fields(row: LogRow) -> dict[str, Any]:
    at, observed = row.clamped or (row.at, row.observed)  # as sent, where the store's own time type cannot hold them
    return {
        "time": str(at or observed or row.at),
        "observed_time": str(observed) if observed else None,
        "severity": word(row.severity_number, row.severity_text),
        "severity_number": row.severity_number,
        "severity_text": row.severity_text,
        "body": value(row.body, row.body_kind),
        "event_name": row.event_name or None,
        "attributes": attributes(row.keys, row.texts, row.kinds),
        "span_id": parent(row.span_id),
        "service": row.service,
        "id": row.id,
        "flags": row.flags,
        "dropped": row.dropped_attributes,
    }
