import json
import logging
import threading
import time

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import INVALID_SPAN_CONTEXT, Link, SpanContext, Status, StatusCode, TraceState

from trivet.sdk.limits import Limits
from trivet.sdk.tracer import TracerProvider

OTHER = SpanContext(0x1234, 0x5678, is_remote=True)


def limited(ended, **limits) -> TracerProvider:
    return TracerProvider(limits=Limits(**limits), deliver=ended.append)


def test_attributes_are_set_replaced_and_cleaned(tracer):
    span = tracer.start_span("s", attributes={"a": 1, "list": [1, 2]})
    span.set_attribute("b", "text")
    span.set_attributes({"b": "other", "c": None, "d": {"e": (1, [2])}})
    assert span.attributes == {"a": 1, "list": (1, 2), "b": "other", "c": None, "d": {"e": (1, (2,))}}
    with pytest.raises(TypeError):
        span.attributes["x"] = 1


@pytest.mark.parametrize("key", ["", 5, None, ["list"]])
def test_a_key_that_is_no_text_is_dropped_and_counted(tracer, key):
    span = tracer.start_span("s")
    span.set_attribute(key, "x")
    assert span.attributes == {} and span.dropped_attributes == 1


def test_attributes_beyond_the_limit_are_dropped_but_known_ones_still_change(ended):
    tracer = limited(ended, span_attributes=2, span_attribute_length=3).get_tracer("t")
    span = tracer.start_span("s", attributes={"a": "abcdef", "b": [b"abcdef"], "c": 3})
    span.set_attribute("d", 4)
    span.set_attribute("a", "uvwxyz")
    assert span.attributes == {"a": "uvw", "b": (b"abc",)} and span.dropped_attributes == 2


def test_events_keep_their_time_and_the_newest_stay(ended):
    tracer = limited(ended, events=2, event_attributes=1, attribute_length=2).get_tracer("t")
    span = tracer.start_span("s")
    before = time.time_ns()
    span.add_event("first")
    span.add_event("second", {"k": "long", "l": 1})
    span.add_event("third", timestamp=42)
    assert [event.name for event in span.events] == ["second", "third"] and span.dropped_events == 1
    assert before <= span.events[0].timestamp <= time.time_ns() and span.events[1].timestamp == 42
    assert span.events[0].attributes == {"k": "lo"} and span.events[0].dropped_attributes == 1
    with pytest.raises(AttributeError):
        span.events[0].name = "else"


def test_links_given_at_the_start_and_later(ended):
    tracer = limited(ended, links=2, link_attributes=1).get_tracer("t")
    span = tracer.start_span("s", links=[Link(OTHER, {"a": 1, "b": 2}), None, Link(INVALID_SPAN_CONTEXT)])
    assert [link.context for link in span.links] == [OTHER] and span.links[0].dropped_attributes == 1
    span.add_link(INVALID_SPAN_CONTEXT)
    span.add_link(INVALID_SPAN_CONTEXT, {"why": "attributes make it worth keeping"})
    span.add_link(SpanContext(0, 0, False, trace_state=TraceState([("k", "v")])))
    assert len(span.links) == 2 and span.dropped_links == 1


@pytest.mark.parametrize(
    ("steps", "code", "text"),
    [
        ([(StatusCode.ERROR, "why")], StatusCode.ERROR, "why"),
        ([(Status(StatusCode.ERROR, "why"), None)], StatusCode.ERROR, "why"),
        ([(Status(StatusCode.ERROR, "why"), "ignored")], StatusCode.ERROR, "why"),
        ([(StatusCode.OK, None), (StatusCode.ERROR, "late")], StatusCode.OK, None),
        ([(StatusCode.ERROR, "first"), (StatusCode.UNSET, None)], StatusCode.ERROR, "first"),
        ([(StatusCode.ERROR, "first"), (StatusCode.ERROR, "second")], StatusCode.ERROR, "second"),
        ([("nonsense", None)], StatusCode.UNSET, None),
    ],
)
def test_status_rules(tracer, steps, code, text):
    span = tracer.start_span("s")
    for status, description in steps:
        span.set_status(status, description)
    assert (span.status.status_code, span.status.description) == (code, text)


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no")


def test_an_exception_is_an_event(tracer):
    span = tracer.start_span("s")
    try:
        raise LookupError("gone")
    except LookupError as error:
        span.record_exception(error, {"extra": 1}, timestamp=7, escaped=True)
    (event,) = span.events
    assert event.name == "exception" and event.timestamp == 7
    stack = event.attributes["exception.stacktrace"]
    assert "test_an_exception_is_an_event" in stack and stack.endswith("LookupError: gone\n")
    assert {k: v for k, v in event.attributes.items() if k != "exception.stacktrace"} == {
        "exception.type": "LookupError",
        "exception.message": "gone",
        "exception.escaped": "True",
        "extra": 1,
    }
    span.record_exception(Unprintable())
    described = span.events[1].attributes
    assert described["exception.type"] == f"{__name__}.Unprintable"
    assert described["exception.message"] == "<Unprintable has no text>"


def test_a_span_ends_once_and_is_deaf_afterwards(tracer, ended, caplog):
    span = tracer.start_span("s")
    span.end(end_time=span.start_time + 5)
    with caplog.at_level(logging.WARNING):
        span.end()
        span.set_attribute("a", 1)
        span.set_attributes({"b": 1})
        span.add_event("e")
        span.add_link(OTHER)
        span.set_status(StatusCode.ERROR)
        span.update_name("other")
        span.record_exception(ValueError())
    assert len(caplog.records) == 8
    assert ended == [span] and not span.is_recording() and span.end_time == span.start_time + 5
    assert (span.name, span.attributes, span.events, span.links) == ("s", {}, (), ())
    assert span.status.status_code is StatusCode.UNSET


def test_many_threads_end_a_span_once(tracer, ended):
    for _ in range(50):
        span = tracer.start_span("s")
        gate = threading.Barrier(4)

        def end(span=span, gate=gate):
            gate.wait()
            span.end()

        threads = [threading.Thread(target=end) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(ended) == 50


def test_a_clock_set_back_makes_no_negative_duration(tracer):
    span = tracer.start_span("s", start_time=time.time_ns() + 10**12)
    span.end()
    assert span.end_time == span.start_time


def test_a_span_is_a_context_manager_that_is_not_current(tracer, ended):
    with pytest.raises(ValueError), tracer.start_span("s") as span:
        raise ValueError("bad")
    assert ended == [span]
    assert span.status.status_code is StatusCode.ERROR and span.status.description == "ValueError: bad"
    assert [event.name for event in span.events] == ["exception"]


def test_official_processors_and_exporters_read_our_spans(provider, tracer):
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with tracer.start_as_current_span("parent"), tracer.start_as_current_span("child", links=[Link(OTHER)]) as child:
        child.add_event("e", {"raw": b"bytes"})
        child.set_status(StatusCode.ERROR, "why")
    spans = exporter.get_finished_spans()
    assert [span.name for span in spans] == ["child", "parent"]
    written = json.loads(spans[0].to_json())
    assert written["name"] == "child" and written["status"] == {"status_code": "ERROR", "description": "why"}
    assert written["parent_id"] == f"0x{spans[1].context.span_id:016x}"
    assert written["events"][0]["attributes"] == {"raw": "bytes"}
    assert written["links"][0]["context"]["trace_id"] == f"0x{OTHER.trace_id:032x}"
