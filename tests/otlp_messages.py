"""Hypothesis strategies for OTLP requests: every field of every message, made from the descriptors.

Values lean to the edges: empty and present, duplicate keys, NaN and infinities, the ends of every integer, ids of wrong
length, enumerations that nobody has defined yet, attribute values nested in each other.
"""

from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st

from trivet.otlp.messages import LENIENT, REQUESTS

F = FieldDescriptor
INTEGERS = {
    F.TYPE_INT32: (-(2**31), 2**31 - 1),
    F.TYPE_SINT32: (-(2**31), 2**31 - 1),
    F.TYPE_INT64: (-(2**63), 2**63 - 1),
    F.TYPE_SFIXED64: (-(2**63), 2**63 - 1),
    F.TYPE_UINT32: (0, 2**32 - 1),
    F.TYPE_FIXED32: (0, 2**32 - 1),
    F.TYPE_UINT64: (0, 2**64 - 1),
    F.TYPE_FIXED64: (0, 2**64 - 1),
}
ID_BYTES = {"trace_id": 16, "span_id": 8, "parent_span_id": 8}
KEYS = ["a", "b", "service.name", "http.route", "exception.type", "ключ", ""]
ONLY_IN_PROFILES = {"string_value_strindex", "key_strindex"}
SPINE = {"resource_spans", "scope_spans", "spans", "resource_logs", "scope_logs", "log_records"}
SPINE |= {"resource_metrics", "scope_metrics", "metrics", "data_points"}
"""The way to the items: always there and seldom empty, or most requests would hold nothing."""
DEPTH = 3
"""Levels of arrays and key-value lists inside an attribute value."""


def trace_requests() -> st.SearchStrategy[Message]:
    return requests("traces")


def metric_requests() -> st.SearchStrategy[Message]:
    return requests("metrics")


def log_requests() -> st.SearchStrategy[Message]:
    return requests("logs")


def requests(signal: str) -> st.SearchStrategy[Message]:
    """Export*ServiceRequest messages of the official class; all text in them is UTF-8."""
    request = REQUESTS[signal]
    return _fields(request.DESCRIPTOR, DEPTH, bad_text=False).map(lambda values: request(**values))


def bodies(signal: str) -> st.SearchStrategy[bytes]:
    return requests(signal).map(lambda request: request.SerializeToString())


def bodies_with_bad_text(signal: str) -> st.SearchStrategy[bytes]:
    """Bodies whose strings are any bytes, most of them not UTF-8; no strict runtime would read these."""
    request = LENIENT.of(REQUESTS[signal])
    return _fields(request.DESCRIPTOR, DEPTH, bad_text=True).map(lambda values: request(**values).SerializeToString())


@cache
def _fields(message: Descriptor, depth: int, *, bad_text: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Keyword arguments for a message: each field may be there or not, at most one of each oneof."""
    fields = [f for f in message.fields if f.name not in ONLY_IN_PROFILES]
    plain = {f.name: _some(f, depth, bad_text) for f in fields if f.containing_oneof is None}
    either = [_one_of(oneof, depth, bad_text) for oneof in message.oneofs]
    parts = st.tuples(st.fixed_dictionaries(plain), *either)
    return parts.map(lambda found: {name: value for part in found for name, value in part.items() if value is not None})


def _some(field: FieldDescriptor, depth: int, bad_text: bool) -> st.SearchStrategy[Any]:
    if field.name in SPINE:
        return _few(_one(field, depth, bad_text))
    return st.none() | _values(field, depth, bad_text)


def _one_of(oneof: OneofDescriptor, depth: int, bad_text: bool) -> st.SearchStrategy[dict[str, Any]]:
    members = [f for f in oneof.fields if f.name not in ONLY_IN_PROFILES and (depth or not _nests(f))]
    chosen = [_values(f, depth - _nests(f), bad_text).map(lambda value, n=f.name: {n: value}) for f in members]
    return st.one_of(st.just({}), *chosen)


def _nests(field: FieldDescriptor) -> bool:
    return field.name in ("array_value", "kvlist_value")


def _values(field: FieldDescriptor, depth: int, bad_text: bool) -> st.SearchStrategy[Any]:
    one = _one(field, depth, bad_text)
    return st.lists(one, max_size=2) if field.is_repeated else one


def _few(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.sampled_from([1, 1, 1, 2, 2, 0]).flatmap(lambda size: st.lists(one, min_size=size, max_size=size))


def _one(field: FieldDescriptor, depth: int, bad_text: bool) -> st.SearchStrategy[Any]:
    if field.message_type:
        return st.deferred(lambda: _fields(field.message_type, depth, bad_text=bad_text))
    if field.name in ID_BYTES:
        return _ids(ID_BYTES[field.name])
    if field.enum_type:
        return st.sampled_from([value.number for value in field.enum_type.values] + [99, -1])
    if field.type in INTEGERS:
        low, high = INTEGERS[field.type]
        return st.sampled_from([low, high, 0, 1, 1_760_000_000]) | st.integers(low, high)
    return {F.TYPE_STRING: _text(field), F.TYPE_BOOL: st.booleans(), F.TYPE_DOUBLE: _doubles()}.get(
        field.type, _bad_bytes() if bad_text else st.binary(max_size=8)
    )


def _ids(size: int) -> st.SearchStrategy[bytes]:
    wrong = st.sampled_from([b"", b"\0" * size, b"\x01" * (size - 1), b"\x01" * (size + 1)])
    return st.binary(min_size=size, max_size=size) | wrong


def _text(field: FieldDescriptor) -> st.SearchStrategy[str]:
    if field.name == "key":
        return st.sampled_from(KEYS)
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def _doubles() -> st.SearchStrategy[float]:
    return st.floats(allow_nan=False) | st.sampled_from([float("nan"), float("inf"), float("-inf"), -0.0])


def _bad_bytes() -> st.SearchStrategy[bytes]:
    return st.sampled_from([b"\xff", b"a\x80b", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf0\x9f\x98"]) | st.binary(max_size=12)
