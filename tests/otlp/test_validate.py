"""What is let in, how it is counted, and what it costs."""

import subprocess
import sys

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st
from otlp_messages import bodies, bodies_with_bad_text, requests

from trivet.errors import Invalid
from trivet.otlp.framing import framed
from trivet.otlp.messages import REQUESTS
from trivet.otlp.validate import METRIC_KINDS, validate

SIGNALS = st.sampled_from(list(REQUESTS))


def walked(signal: str, request: Message) -> int:
    """The count by the plain walk that `validate` spares us."""
    if signal == "traces":
        return sum(len(scope.spans) for resource in request.resource_spans for scope in resource.scope_spans)
    if signal == "logs":
        return sum(len(scope.log_records) for resource in request.resource_logs for scope in resource.scope_logs)
    metrics = [m for resource in request.resource_metrics for scope in resource.scope_metrics for m in scope.metrics]
    return sum(len(getattr(metric, kind).data_points) for metric in metrics for kind in METRIC_KINDS)


@given(data=st.data(), signal=SIGNALS)
def test_the_count_is_that_of_a_walk(data: st.DataObject, signal: str):
    request = data.draw(requests(signal))
    assert validate(signal, request.SerializeToString()) == walked(signal, request)


@given(data=st.data(), signal=SIGNALS)
def test_bad_text_is_no_reason_to_refuse(data: st.DataObject, signal: str):
    validate(signal, data.draw(bodies_with_bad_text(signal)))


@given(data=st.data(), signal=SIGNALS)
def test_any_bytes_are_counted_or_invalid(data: st.DataObject, signal: str):
    body = bytearray(data.draw(bodies(signal)) + data.draw(st.binary(max_size=20)))
    for place in data.draw(st.lists(st.integers(0, max(0, len(body) - 1)), max_size=3)):
        if body:
            body[place] = data.draw(st.integers(0, 255))
    try:
        assert validate(signal, bytes(body)) >= 0
    except Invalid as invalid:
        assert signal in invalid.message


def test_a_oneof_that_occurs_twice_still_counts_all_points():
    gauge, total = framed(framed_field(1, b"")), framed(framed_field(1, b"") * 2)
    metric = b"\x2a" + gauge + b"\x3a" + total
    body = framed_field(1, framed_field(2, framed_field(2, metric) * 3))
    assert validate("metrics", body) == 9


def framed_field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + framed(content)


def test_nothing_is_an_empty_request():
    assert [validate(signal, b"") for signal in REQUESTS] == [0, 0, 0]


def test_unknown_fields_pass():
    assert validate("traces", b"\xba\x3e\x03abc") == 0


@pytest.mark.parametrize("body", [b"\x0a", b"\x0a\x05abc", b"not protobuf", b"\x0a\x02\x12\x05", b"\x1f\x8b\x08\x00"])
def test_what_is_cut_or_no_protobuf_is_refused(body: bytes):
    with pytest.raises(Invalid):
        validate("traces", body)


def test_a_cut_inside_an_attribute_is_seen():
    attribute = framed_field(9, framed_field(1, b"key") + b"\x12\x7f")
    with pytest.raises(Invalid):
        validate("traces", framed_field(1, framed_field(2, framed_field(2, attribute))))


def test_a_nest_of_values_beyond_the_runtime_is_refused():
    value = b""
    for _ in range(60):
        value = framed_field(5, framed_field(1, value))
    with pytest.raises(Invalid, match="Depth"):
        validate("logs", framed_field(1, framed_field(2, framed_field(2, framed_field(5, value)))))


def test_a_body_of_millions_of_nothings_costs_no_memory():
    """A plain parse of these 8 MiB takes 270 MB."""
    code = (
        "import resource; from trivet.otlp.validate import validate\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "body = bytes((10, 0)) * (1 << 22); before = peak(); validate('traces', body); print(peak() - before)"
    )
    grown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(grown) < 20_000
