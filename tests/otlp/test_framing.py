"""Delimited messages, against protobuf's own reader and writer."""

import io

import pytest
from google.protobuf import proto
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from trivet.errors import Invalid
from trivet.otlp.framing import framed, joined, messages, read_varint, varint


@given(st.integers(0, 2**64 - 1))
def test_numbers_come_back(number: int):
    written = varint(number)
    assert read_varint(b"xx" + written + b"yy", 2) == (number, 2 + len(written))


@pytest.mark.parametrize(
    "cut", [b"", b"\x80", b"\xff" * 9, b"\xff" * 10, b"\xff" * 9 + b"\x02", b"\x80" * 11 + b"\x01"]
)
def test_a_cut_or_too_long_number_is_refused(cut: bytes):
    with pytest.raises(Invalid):
        read_varint(cut)


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_messages_come_back(bodies: list[bytes]):
    assert list(messages(joined(bodies))) == bodies


def test_protobuf_reads_what_we_write_and_we_what_it_writes():
    pairs = [KeyValue(key="k" * length) for length in (0, 1, 127, 128, 20_000)]
    stream = io.BytesIO()
    for pair in pairs:
        proto.serialize_length_prefixed(pair, stream)
    assert joined(pair.SerializeToString() for pair in pairs) == stream.getvalue()
    assert [KeyValue.FromString(message) for message in messages(stream.getvalue())] == pairs


def test_a_message_that_is_cut_is_named_by_its_place():
    with pytest.raises(Invalid) as raised:
        list(messages(framed(b"whole") + framed(b"cut")[:-1]))
    assert raised.value.at == 6
