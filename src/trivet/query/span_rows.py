"""Rows of spans as `questions/trace_spans.sql` and its like give them → spans as the API shows them."""

from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from trivet.query import words
from trivet.query.answers import (
    Dropped,
    Event,
    FoundLog,
    FoundSpan,
    Link,
    Resource,
    Running,
    Scope,
    Span,
    SpanAlone,
    SpanStatus,
)
from trivet.query.attributes import TYPES, attributes, nested_attributes
from trivet.query.origins import Origins

NO_PARENT = "0" * 16


class SpanRow(NamedTuple):
    """A finished span; in the order of the statement's columns."""

    TABLE = "otel_spans"

    span_id: str
    parent: str
    service: str
    name: str
    kind: int
    begin: int
    duration: int
    status_code: int
    flags: int
    keys: list[str]
    texts: list[str]
    kinds: list[int]
    more: str
    resource_id: int
    origin: str


class EventMore(Struct, array_like=True):
    time: int
    name: str
    keys: list[str]
    texts: list[str]
    types: list[str]
    dropped: int


class LinkMore(Struct, array_like=True):
    trace_id: str
    span_id: str
    trace_state: str
    flags: int
    keys: list[str]
    texts: list[str]
    types: list[str]
    dropped: int


class More(Struct, array_like=True):
    """What few spans have (`otel_spans.more`); `clamped` are start and end as sent, when the store's own time type
    cannot hold them."""

    message: str = ""
    trace_state: str = ""
    clamped: list[int] = []
    dropped_attributes: int = 0
    dropped_events: int = 0
    dropped_links: int = 0
    events: list[EventMore] = []
    links: list[LinkMore] = []


NOTHING_MORE = More()
_more = msgspec.json.Decoder(More)


class RunningRow(NamedTuple):
    """The last report of a span that had not ended; `due` is when the next should have come, `lost` whether its
    process is gone (not a column: see running.py)."""

    TABLE = "running_spans"

    span_id: str
    parent: str
    service: str
    name: str
    kind: str
    begin: int
    seen: int
    keys: list[str]
    texts: list[str]
    kinds: list[int]
    stack: list[str]
    flags: int
    resource_id: int
    origin: str
    process: str
    due: int
    lost: bool = False


def span(row: SpanRow, origins: Origins) -> Span:
    """A finished span of a trace; its self time is filled in once the whole trace is known."""
    return Span(resource=origins.resource(row), scope=origins.scope(row), **_fields(row))


def found_span(row: SpanRow, trace_id: str, resource: Resource, scope: Scope) -> FoundSpan:
    """A finished span of a list, which brings its resource and scope along."""
    return FoundSpan(trace_id=trace_id, resource=resource, scope=scope, **_fields(row))


def _fields(row: SpanRow) -> dict[str, Any]:
    more = more_of(row.more)
    start, end = more.clamped or (row.begin, row.begin + row.duration)
    return {
        "span_id": row.span_id,
        "parent_span_id": parent(row.parent),
        "service": row.service,
        "name": row.name,
        "kind": words.kind(row.kind),
        "start": str(start),
        "duration": end - start,
        "self_time": None,
        "status": SpanStatus(words.status(row.status_code), more.message),
        "attributes": attributes(row.keys, row.texts, row.kinds),
        "events": [_event(each) for each in more.events],
        "links": [_link(each) for each in more.links],
        "flags": row.flags,
        "trace_state": more.trace_state,
        "dropped": Dropped(more.dropped_attributes, more.dropped_events, more.dropped_links),
        "running": None,
    }


def running_span(row: RunningRow, origins: Origins) -> Span:
    return Span(resource=origins.resource(row), scope=origins.scope(row), **_running_fields(row))


def span_alone(
    row: SpanRow | RunningRow, trace_id: str, resource: Resource, scope: Scope, logs: list[FoundLog]
) -> SpanAlone:
    """A span, finished or not, with what it brings along and its records."""
    fields = _running_fields(row) if isinstance(row, RunningRow) else _fields(row)
    return SpanAlone(trace_id=trace_id, resource=resource, scope=scope, logs=logs, **fields)


def _running_fields(row: RunningRow) -> dict[str, Any]:
    return {
        "span_id": row.span_id,
        "parent_span_id": parent(row.parent),
        "service": row.service,
        "name": row.name,
        "kind": row.kind if row.kind in words.KINDS else "unspecified",
        "start": str(row.begin),
        "duration": max(0, row.seen - row.begin),
        "self_time": None,
        "status": SpanStatus("unset", ""),
        "attributes": nested_attributes(row.keys, row.texts, row.kinds),
        "events": [],
        "links": [],
        "flags": row.flags,
        "trace_state": "",
        "dropped": Dropped(0, 0, 0),
        "running": Running(str(row.seen), row.stack, "lost" if row.lost else "running"),
    }


def parent(span_id: str) -> str | None:
    return None if span_id == NO_PARENT else span_id


def more_of(text: str) -> More:
    return _more.decode(text) if text else NOTHING_MORE


def _event(more: EventMore) -> Event:
    return Event(str(more.time), more.name, _held(more), more.dropped)


def _link(more: LinkMore) -> Link:
    return Link(more.trace_id.lower(), more.span_id.lower(), _held(more), more.trace_state, more.flags, more.dropped)


def _held(more: EventMore | LinkMore) -> dict[str, Any]:
    return attributes(more.keys, more.texts, [TYPES[name] for name in more.types])
