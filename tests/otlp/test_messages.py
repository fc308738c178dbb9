"""The families: the same wire, read in another shape."""

import pytest
from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1 import common_pb2

from trivet.otlp.messages import LENIENT, REQUESTS, Family

BAD_KEY = b"\x0a\x02a\xff"


def test_the_official_family_refuses_bad_text_and_the_lenient_one_hands_it_over():
    with pytest.raises(DecodeError):
        common_pb2.KeyValue.FromString(BAD_KEY)
    assert LENIENT.of(common_pb2.KeyValue).FromString(BAD_KEY).key == b"a\xff"


def test_a_family_leaves_the_official_classes_alone():
    Family(lambda message: [setattr(field, "name", field.name + "_") for field in message.field])
    assert common_pb2.KeyValue(key="a").key == "a"


@pytest.mark.parametrize("signal", REQUESTS)
def test_names_stay_the_official_ones(signal: str):
    name = REQUESTS[signal].DESCRIPTOR.full_name
    assert LENIENT.named(name).DESCRIPTOR.full_name == name
    assert LENIENT.named(name) is LENIENT.of(REQUESTS[signal])


def test_bytes_keep_fields_that_nobody_knows():
    unknown = b"\xba\x3e\x03abc"
    assert LENIENT.of(REQUESTS["logs"]).FromString(unknown).SerializeToString() == unknown
