"""Rows of log records → OTLP's records."""

from trivet.query.attributes import EMPTY
from trivet.query.export.values import Json, any_value, ids, key_values, said, wide
from trivet.query.log_rows import LogRow


def record(row: LogRow, trace_id: str, came_with_time: bool) -> Json:
    """`came_with_time`: the record said when it was; else `at` is what the store put in its place."""
    at, observed = row.clamped or (row.at if came_with_time else 0, row.observed)
    return said(
        timeUnixNano=wide(at),
        observedTimeUnixNano=wide(observed),
        severityNumber=row.severity_number,
        severityText=row.severity_text,
        body=None if row.body_kind == EMPTY else any_value(row.body, row.body_kind),
        attributes=key_values(row.keys, row.texts, row.kinds),
        droppedAttributesCount=row.dropped_attributes,
        flags=row.flags,
        traceId=ids(trace_id),
        spanId=ids(row.span_id),
        eventName=row.event_name,
    )
