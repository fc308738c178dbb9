"""Our bytes, read by the generated protobuf classes, say what the official encoder's say."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans as official_encode
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

from trivet import faults
from trivet.sdk import encode
from trivet.sdk.encode import Encoder
from trivet.sdk.resource import Resource
from trivet.sdk.tracer import TracerProvider
from trivet.sdk.wire import any_value, varint

RESOURCE = Resource({"service.name": "tests", "list": [1, "two"]}, "https://schema")
REMOTE = SpanContext(1, 2, True, TraceFlags(1), TraceState([("vendor", "x"), ("other", "y")]))

texts = st.text(st.characters(exclude_categories=["Cs"]))
integers = st.integers(-(2**63), 2**63 - 1)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), integers, st.floats(allow_nan=False), texts, st.binary()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts.filter(bool), inner, max_size=3)),
    max_leaves=8,
)
attributes = st.dictionaries(texts.filter(bool), values, max_size=6)
contexts = st.builds(
    SpanContext, st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.booleans(), st.just(TraceFlags(1))
)


def parsed(spans, encoder: Encoder | None = None) -> ExportTraceServiceRequest:
    ((body, count),) = (encoder or Encoder(RESOURCE)).spans(spans)
    request = ExportTraceServiceRequest.FromString(body)
    assert count == sum(len(scope.spans) for scope in request.resource_spans[0].scope_spans)
    return request


def without_flags(request: ExportTraceServiceRequest) -> ExportTraceServiceRequest:
    """The official encoder leaves out the W3C bits and a link's trace state, and writes a status that says nothing."""
    for span in request.resource_spans[0].scope_spans[0].spans:
        span.flags &= 0x300
        span.status.SetInParent()
        for link in span.links:
            link.flags &= 0x300
            link.trace_state = ""
    return request


@given(
    name=texts,
    kind=st.sampled_from(SpanKind),
    own=attributes,
    events=st.lists(st.tuples(texts, attributes, st.integers(0, 2**63 - 1)), max_size=3),
    links=st.lists(st.builds(Link, contexts, attributes), max_size=2),
    status=st.tuples(st.sampled_from(StatusCode), texts),
    parent=st.none() | contexts,
    times=st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1)),
)
@settings(max_examples=80)
def test_any_span_reads_as_the_official_encoders(name, kind, own, events, links, status, parent, times):
    ended: list = []
    tracer = TracerProvider(resource=RESOURCE, deliver=ended.append).get_tracer("scope", "1.2", "url", {"k": 1})
    context = set_span_in_context(NonRecordingSpan(parent)) if parent else None
    span = tracer.start_span(name, context, kind, own, links, start_time=times[0])
    for event in events:
        span.add_event(*event)
    span.set_status(status[0], status[1] if status[0] is StatusCode.ERROR else None)
    span.end(times[1])
    ours = without_flags(parsed(ended))
    assert ours == without_flags(official_encode(ended))


@given(st.lists(attributes, min_size=2, max_size=8))
@settings(max_examples=40)
def test_what_an_encoder_remembers_changes_nothing(many):
    """The same keys come with other types, lengths and values: each time as if it were the first."""
    ended: list = []
    tracer = TracerProvider(resource=RESOURCE, deliver=ended.append).get_tracer("t")
    encoder = Encoder(RESOURCE)
    for own in [*many, *reversed(many)]:
        tracer.start_span("s", attributes={**own, "same": own.get("same", len(own)), "one": 1}).end()
        tracer.start_span("s", attributes={**own, "same": "x" * len(own), "one": True}).end()
    assert without_flags(parsed(ended, encoder)) == without_flags(official_encode(ended))


def test_flags_say_sampled_and_whether_the_parent_is_remote(tracer, ended):
    with tracer.start_as_current_span("root"):
        tracer.start_span("child").end()
    with tracer.start_as_current_span("r", context=set_span_in_context(NonRecordingSpan(REMOTE)), links=[Link(REMOTE)]):
        pass
    child, root, remote = parsed(ended).resource_spans[0].scope_spans[0].spans
    assert (root.flags, child.flags, remote.flags) == (0x103, 0x103, 0x301)
    assert remote.trace_state == "vendor=x,other=y"
    assert remote.links[0].flags == 0x301 and remote.links[0].trace_state == "vendor=x,other=y"


def test_every_scope_once_with_its_spans(provider, ended):
    for name in ("a", "b", "a"):
        provider.get_tracer(name, schema_url=f"https://{name}").start_span(f"in {name}").end()
    (resource_spans,) = parsed(ended).resource_spans
    assert resource_spans.schema_url == "https://schema"
    assert [(s.scope.name, s.schema_url, len(s.spans)) for s in resource_spans.scope_spans] == [
        ("a", "https://a", 2),
        ("b", "https://b", 1),
    ]


def test_dropped_things_are_counted(ended):
    from trivet.sdk.limits import Limits

    limits = Limits(span_attributes=1, events=1, links=1, event_attributes=0, link_attributes=0)
    tracer = TracerProvider(limits=limits, deliver=ended.append).get_tracer("t")
    span = tracer.start_span("s", attributes={"a": 1, "b": 2}, links=[Link(REMOTE, {"a": 1}), Link(REMOTE, {"a": 1})])
    span.add_event("one")
    span.add_event("two", {"a": 1})
    span.end()
    (read,) = parsed(ended).resource_spans[0].scope_spans[0].spans
    assert (read.dropped_attributes_count, read.dropped_events_count, read.dropped_links_count) == (1, 1, 1)
    assert (read.events[0].dropped_attributes_count, read.links[0].dropped_attributes_count) == (1, 1)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (2**63, AnyValue(string_value=str(2**63))),
        (-(2**63) - 1, AnyValue(string_value=str(-(2**63) - 1))),
        (-1, AnyValue(int_value=-1)),
        pytest.param(10**5000, AnyValue(string_value=hex(10**5000)), id="huge"),
        ("lone \udc80", AnyValue(string_value="lone \\udc80")),
        ("", AnyValue(string_value="")),
        (object, AnyValue(string_value=str(object))),
    ],
)
def test_what_the_wire_cannot_hold_becomes_text(tracer, ended, value, read):
    assert AnyValue.FromString(any_value(value)) == read
    for _ in range(2):
        tracer.start_span("s \udc80", attributes={"k \udc80": value}).end()
    for span in parsed(ended).resource_spans[0].scope_spans[0].spans:
        assert span.name == "s \\udc80" and span.attributes[0].key == "k \\udc80"
        assert span.attributes[0].value == read


def test_not_a_number_survives():
    assert AnyValue.FromString(any_value(float("nan"))).double_value != 0


@given(st.integers(0, 2**64 - 1))
@settings(max_examples=50)
def test_varints_are_protobufs(number):
    encoded = varint(number)
    assert sum((byte & 127) << 7 * place for place, byte in enumerate(encoded)) == number
    assert all(byte & 128 for byte in encoded[:-1]) and not encoded[-1] & 128


def test_one_span_that_cannot_be_written_does_not_take_the_batch_with_it(tracer, ended, monkeypatch):
    monkeypatch.setenv("TRIVET_RAISE", "0")
    before = faults.counted["encode"]
    tracer.start_span("good").end()
    tracer.start_span("bad", start_time=-1).end()
    spans = parsed(ended).resource_spans[0].scope_spans[0].spans
    assert [span.name for span in spans] == ["good"] and faults.counted["encode"] == before + 1


def test_memory_of_keys_and_names_is_bounded(tracer, ended, monkeypatch):
    monkeypatch.setattr(encode, "MAX_KEYS", 10)
    encoder = Encoder(RESOURCE)
    for number in range(100):
        tracer.start_span(f"name {number}", attributes={f"key {number}": "x", "n": number * 1000}).end()
    assert len(parsed(ended, encoder).resource_spans[0].scope_spans[0].spans) == 100
    assert len(encoder._names) <= 10 and len(encoder._span_attributes._known) <= 10


def test_attributes_set_while_encoding(tracer, ended):
    """Another thread still writes to a span that has ended: the batch goes out all the same."""
    stop = threading.Event()
    span = tracer.start_span("s", attributes={f"k{n}": n for n in range(100)})
    span.end()

    def write():
        while not stop.is_set():
            span._attributes["late"] = 1
            del span._attributes["late"]

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(300):
            assert len(parsed([span]).resource_spans[0].scope_spans[0].spans[0].attributes) in (100, 101)
    finally:
        stop.set()
        writer.join()


def test_a_request_has_a_size(tracer, ended, monkeypatch):
    monkeypatch.setattr(encode, "MAX_REQUEST", 1000)
    for length in (300, 300, 300, 5000, 10):
        tracer.start_span("s", attributes={"text": "x" * length}).end()
    assert [count for _, count in Encoder(RESOURCE).spans(ended)] == [2, 1, 1, 1]
    assert Encoder(RESOURCE).spans([]) == []
