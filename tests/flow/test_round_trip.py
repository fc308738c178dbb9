"""Every field of OTLP, generated, through the real engine and back, value by value."""

import asyncio
import itertools
import math
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from otlp_messages import log_requests, metric_requests, trace_requests

from trivet.query.answers import Resource, Scope, Trace
from trivet.query.ask import Ask, Budget
from trivet.query.attributes import EXACT, attributes
from trivet.query.origins import Resources
from trivet.query.trace.trace import TraceQuestions
from trivet.settings import MiB
from trivet.spool.record import Record
from trivet.store.client import Address, AsyncClient, Client
from trivet.store.insert import insert

RECEIVED = 1_760_000_000_000_000_000
LAST = 2**63 - 1  # ns: 2262-04-11, as late as the engine's times go
NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"]
EXAMPLES = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
numbers = itertools.count(1)


# ---- what the API shows of a message


def shown(any_value: Message) -> Any:
    kind = any_value.WhichOneof("value")
    if kind is None:
        return None
    value = getattr(any_value, kind)
    match kind:
        case "int_value":
            return value if abs(value) <= EXACT else {"$int": str(value)}
        case "double_value":
            return value if math.isfinite(value) else {"$double": NOT_FINITE[str(value)]}
        case "bytes_value":
            return {"$bytes": b64encode(value).decode()}
        case "array_value":
            return [shown(each) for each in value.values]
        case "kvlist_value":
            return all_of(value.values)
    return value


def all_of(pairs: Any) -> dict[str, Any]:
    """The first of each key."""
    found: dict[str, Any] = {}
    for pair in pairs:
        found.setdefault(pair.key, shown(pair.value))
    return found


def same(ours: Any, theirs: Any) -> bool:
    """Equality that tells 1 from 1.0 and True."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return type(ours) is type(theirs) and ours == theirs


def check_resource(ours: Resource, group: Message) -> None:
    assert same(ours.attributes, all_of(group.resource.attributes))
    assert (ours.dropped, ours.schema_url) == (group.resource.dropped_attributes_count, group.schema_url)
    assert [(r.schema_url, r.type, r.id_keys, r.description_keys) for r in ours.entity_refs] == [
        (r.schema_url, r.type, list(r.id_keys), list(r.description_keys)) for r in group.resource.entity_refs
    ]


def check_scope(ours: Scope, group: Message) -> None:
    assert (ours.name, ours.version) == (group.scope.name, group.scope.version)
    assert same(ours.attributes, all_of(group.scope.attributes))
    assert (ours.dropped, ours.schema_url) == (group.scope.dropped_attributes_count, group.schema_url)


# ---- sending and reading


def send(store: Client, signal: str, request: Message) -> int:
    number = next(numbers)
    record = Record(number, RECEIVED, "default", b"", 1, request.SerializeToString())
    insert(store, signal, [record], f"{signal}:{number}")
    return number


@pytest.fixture
def whole(address: Address) -> Iterator[Callable[[bytes], Trace]]:
    async def read(trace_id: bytes) -> Trace:
        client = AsyncClient(address)
        try:
            ask = Ask(client, budget=Budget(20, 512 * MiB, 10**9), at_once=4)
            return await TraceQuestions(ask, Resources(ask), lost_after=10**9).whole(trace_id.hex())
        finally:
            await client.close()

    return lambda trace_id: asyncio.run(read(trace_id))


def grouped(request: Message, groups: str, inner: str, items: str) -> Iterator[tuple[Message, Message, Message]]:
    for group in getattr(request, groups):
        for scope in getattr(group, inner):
            for item in getattr(scope, items):
                yield group, scope, item


# ---- the three signals


@given(request=trace_requests())
@EXAMPLES
def test_spans(store: Client, whole: Callable[[bytes], Trace], request: Message):
    sent = list(grouped(request, "resource_spans", "scope_spans", "spans"))
    trace_id = next(numbers).to_bytes(16, "big")
    for number, (_, _, span) in enumerate(sent, 1):
        span.trace_id, span.span_id = trace_id, number.to_bytes(8, "big")
    if not sent:
        return
    send(store, "traces", request)
    trace = whole(trace_id)
    found = {int(span.span_id, 16): span for span in trace.spans}
    assert len(found) == len(sent)
    for number, (group, scope, span) in enumerate(sent, 1):
        ours = found[number]
        check_resource(trace.resources[ours.resource], group)
        check_scope(trace.scopes[ours.scope], scope)
        parent = span.parent_span_id if len(span.parent_span_id) == 8 and any(span.parent_span_id) else b""
        assert (ours.parent_span_id or "") == parent.hex()
        assert (ours.name, ours.kind) == (span.name, KINDS[span.kind] if 0 <= span.kind <= 5 else "unspecified")
        assert ours.start == str(span.start_time_unix_nano)
        assert ours.duration == span.end_time_unix_nano - span.start_time_unix_nano
        assert ours.status.message == span.status.message
        assert ours.status.code == {1: "ok", 2: "error"}.get(span.status.code, "unset")
        assert (ours.flags, ours.trace_state) == (span.flags, span.trace_state)
        assert same(ours.attributes, all_of(span.attributes))
        dropped = (span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count)
        assert (ours.dropped.attributes, ours.dropped.events, ours.dropped.links) == dropped
        check_events(ours.events, span.events)
        check_links(ours.links, span.links)


def check_events(ours: list, theirs: Any) -> None:
    assert [(event.time, event.name, event.dropped) for event in ours] == [
        (str(event.time_unix_nano), event.name, event.dropped_attributes_count) for event in theirs
    ]
    assert all(same(one.attributes, all_of(other.attributes)) for one, other in zip(ours, theirs, strict=True))


def check_links(ours: list, theirs: Any) -> None:
    assert [(link.trace_id, link.span_id, link.trace_state, link.flags, link.dropped) for link in ours] == [
        (link.trace_id.hex(), link.span_id.hex(), link.trace_state, link.flags, link.dropped_attributes_count)
        for link in theirs
    ]
    assert all(same(one.attributes, all_of(other.attributes)) for one, other in zip(ours, theirs, strict=True))


@given(request=log_requests())
@EXAMPLES
def test_log_records(store: Client, whole: Callable[[bytes], Trace], request: Message):
    sent = list(grouped(request, "resource_logs", "scope_logs", "log_records"))
    trace_id = next(numbers).to_bytes(16, "big")
    for number, (_, _, record) in enumerate(sent, 1):
        record.trace_id, record.severity_text = trace_id, f"record {number}"  # no two alike: a resend would be folded
    if not sent:
        return
    send(store, "logs", request)
    trace = whole(trace_id)
    found = {record.severity_text: record for record in trace.logs}
    assert len(found) == len(sent)
    for group, scope, record in sent:
        ours = found[record.severity_text]
        check_resource(trace.resources[ours.resource], group)
        check_scope(trace.scopes[ours.scope], scope)
        assert ours.time == str(record.time_unix_nano or record.observed_time_unix_nano or RECEIVED)
        assert (ours.observed_time or "0") == str(record.observed_time_unix_nano)
        assert (ours.severity_number, ours.flags, ours.dropped) == (
            record.severity_number, record.flags, record.dropped_attributes_count,
        )  # fmt: skip
        assert (ours.event_name or "") == record.event_name
        assert same(ours.body, shown(record.body))
        assert same(ours.attributes, all_of(record.attributes))
        assert (ours.span_id or "") == (
            record.span_id.hex() if len(record.span_id) == 8 and any(record.span_id) else ""
        )


POINTS = {
    "gauge": ("otel_number_points", "value_type, value, int_value"),
    "sum": ("otel_number_points", "value_type, value, int_value"),
    "histogram": ("otel_histogram_points", "count, sum, min, max, bounds, bucket_counts"),
    "exponential_histogram": (
        "otel_exponential_points",
        "count, sum, min, max, scale, zero_count, zero_threshold, positive_offset, positive_counts, negative_offset, "
        "negative_counts",
    ),
    "summary": ("otel_summary_points", "count, sum, quantiles, values"),
}
SERIES = """
SELECT type, unit, description, temporality, monotonic, scope, scope_version,
       mapKeys(attributes) AS keys, mapValues(attributes) AS texts, CAST(types, 'Array(Int8)') AS kinds,
       mapKeys(metadata) AS metadata_keys, mapValues(metadata) AS metadata_texts,
       CAST(metadata_types, 'Array(Int8)') AS metadata_kinds
FROM otel_series WHERE metric = {metric:String} AND series_id = {series:UInt64}
"""


@given(request=metric_requests())
@EXAMPLES
def test_metric_points(store: Client, request: Message):
    sent = []
    for _, scope, metric in grouped(request, "resource_metrics", "scope_metrics", "metrics"):
        kind = metric.WhichOneof("data")
        metric.name = f"metric {next(numbers)}"
        sent += [(scope, metric, kind, point) for point in (getattr(metric, kind).data_points if kind else [])]
    record = send(store, "metrics", request)
    for metric in {metric.name: metric for _, metric, _, _ in sent}.values():
        kind = metric.WhichOneof("data")
        table, columns = POINTS[kind]
        rows = store.rows(
            f"SELECT series_id, toUnixTimestamp64Nano(time) AS time, toUnixTimestamp64Nano(start_time) AS start_time, "
            f"clamped, flags, {columns} FROM {table} "
            f"WHERE record = {record} AND metric = {{metric:String}} ORDER BY ordinal",
            params={"metric": metric.name},
        )
        mine = [(scope, point) for scope, other, _, point in sent if other.name == metric.name]
        assert len(rows) == len(mine)
        for row, (scope, point) in zip(rows, mine, strict=True):
            check_times(row, point)
            check_point(kind, row, point)
            check_series(store, row["series_id"], scope, metric, kind, point)


def check_times(row: dict[str, Any], point: Message) -> None:
    sent = [point.time_unix_nano, point.start_time_unix_nano]
    assert [row["time"], row["start_time"]] == [min(time, LAST) for time in sent]
    assert row["clamped"] == (sent if max(sent) > LAST else [])
    assert row["flags"] == point.flags


def check_point(kind: str, row: dict[str, Any], point: Message) -> None:
    optional = {name: getattr(point, name) if point.HasField(name) else None for name in optional_fields(point)}
    if kind in ("gauge", "sum"):
        expected = {"value_type": {"as_int": "int", "as_double": "double", None: "none"}[point.WhichOneof("value")]}
        expected |= {"int_value": point.as_int, "value": float(point.as_int or point.as_double)}
    elif kind == "histogram":
        expected = {"count": point.count, "bounds": list(point.explicit_bounds), **optional}
        expected |= {"bucket_counts": list(point.bucket_counts)}
    elif kind == "exponential_histogram":
        expected = {"count": point.count, "scale": point.scale, "zero_count": point.zero_count, **optional}
        expected |= {"zero_threshold": point.zero_threshold}
        for sign in ("positive", "negative"):
            buckets = getattr(point, sign)
            expected |= {f"{sign}_offset": buckets.offset, f"{sign}_counts": list(buckets.bucket_counts)}
    else:
        expected = {"count": point.count, "sum": point.sum, "quantiles": [q.quantile for q in point.quantile_values]}
        expected |= {"values": [q.value for q in point.quantile_values]}
    for name, value in expected.items():
        assert alike(row[name], value), (name, row[name], value)


def alike(ours: Any, theirs: Any) -> bool:
    """A double may come as an integer of JSON, which has no -0; NaN equals NaN."""
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    if isinstance(theirs, float) and isinstance(ours, int | float):
        return float(ours) == theirs or (ours != ours and theirs != theirs)
    return ours == theirs


def optional_fields(point: Message) -> list[str]:
    fields = point.DESCRIPTOR.fields_by_name
    return [name for name in ("sum", "min", "max") if name in fields and fields[name].has_presence]


def check_series(store: Client, series: int, scope: Message, metric: Message, kind: str, point: Message) -> None:
    (row,) = store.rows(SERIES, params={"metric": metric.name, "series": series})
    assert (row["type"], row["unit"], row["description"]) == (kind, metric.unit, metric.description)
    assert row["temporality"] == getattr(getattr(metric, kind), "aggregation_temporality", 0)
    assert row["monotonic"] == (metric.sum.is_monotonic if kind == "sum" else None)
    assert (row["scope"], row["scope_version"]) == (scope.scope.name, scope.scope.version)
    assert same(attributes(row["keys"], row["texts"], row["kinds"]), all_of(point.attributes))
    metadata = attributes(row["metadata_keys"], row["metadata_texts"], row["metadata_kinds"])
    assert same(metadata, all_of(metric.metadata))
