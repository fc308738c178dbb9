"""Rows of finished spans → OTLP's spans."""

from trivet.query.attributes import TYPES
from trivet.query.export.values import Json, ids, key_values, said, wide
from trivet.query.span_rows import EventMore, LinkMore, SpanRow, more_of


def span(row: SpanRow, trace_id: str) -> Json:
    more = more_of(row.more)
    start, end = more.clamped or (row.begin, row.begin + row.duration)
    return said(
        traceId=trace_id,
        spanId=row.span_id,
        traceState=more.trace_state,
        parentSpanId=ids(row.parent),
        flags=row.flags,
        name=row.name,
        kind=row.kind,
        startTimeUnixNano=wide(start),
        endTimeUnixNano=wide(end),
        attributes=key_values(row.keys, row.texts, row.kinds),
        droppedAttributesCount=more.dropped_attributes,
        events=list(map(_event, more.events)),
        droppedEventsCount=more.dropped_events,
        links=list(map(_link, more.links)),
        droppedLinksCount=more.dropped_links,
        status=said(message=more.message, code=row.status_code) or None,
    )


def _event(event: EventMore) -> Json:
    return said(
        timeUnixNano=wide(event.time),
        name=event.name,
        attributes=_held(event),
        droppedAttributesCount=event.dropped,
    )


def _link(link: LinkMore) -> Json:
    return said(
        traceId=link.trace_id.lower(),
        spanId=link.span_id.lower(),
        traceState=link.trace_state,
        attributes=_held(link),
        droppedAttributesCount=link.dropped,
        flags=link.flags,
    )


def _held(more: EventMore | LinkMore) -> list[Json]:
    return key_values(more.keys, more.texts, [TYPES[name] for name in more.types])
