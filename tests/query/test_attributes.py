"""Canonical texts and types → JSON values. (That the store writes these texts is tested with the real engine.)"""

import base64
import json

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from trivet.query.attributes import ARRAY, BOOL, BYTES, DOUBLE, EMPTY, INT, KVLIST, STRING, attributes, value


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("", STRING, ""),
        ("200", STRING, "200"),
        ("200", INT, 200),
        ("9007199254740992", INT, 2**53),
        ("9007199254740993", INT, {"$int": "9007199254740993"}),
        ("-9223372036854775808", INT, {"$int": "-9223372036854775808"}),
        ("3", DOUBLE, 3.0),
        ("1e300", DOUBLE, 1e300),
        ("nan", DOUBLE, {"$double": "NaN"}),
        ("inf", DOUBLE, {"$double": "Infinity"}),
        ("-inf", DOUBLE, {"$double": "-Infinity"}),
        ("true", BOOL, True),
        ("false", BOOL, False),
        ("AAEC", BYTES, {"$bytes": "AAEC"}),
        ("", EMPTY, None),
        ("[]", ARRAY, []),
        ('["a",1,1.5,true,{"$empty":true}]', ARRAY, ["a", 1, 1.5, True, None]),
        ('[{"$double":"1e100"},{"$double":"inf"}]', ARRAY, [1e100, {"$double": "Infinity"}]),
        ('[{"$bytes":"AA=="}]', ARRAY, [{"$bytes": "AA=="}]),
        ("[9007199254740993]", ARRAY, [{"$int": "9007199254740993"}]),
        ('[["b",1],["a","x"],["b",2]]', KVLIST, {"b": 1, "a": "x"}),
    ],
)  # fmt: skip
def test_each_type(text: str, kind: int, shown: object):
    got = value(text, kind)
    assert got == shown
    assert type(got) is type(shown)
    json.dumps(got, allow_nan=False)


def test_what_lies_deeper_is_read_from_the_wire():
    inner = KeyValueList(
        values=[
            KeyValue(key="n", value=AnyValue(int_value=2**60)),
            KeyValue(key="n", value=AnyValue(int_value=1)),
            KeyValue(key="d", value=AnyValue(double_value=float("nan"))),
            KeyValue(key="b", value=AnyValue(bytes_value=b"\x00")),
            KeyValue(key="e", value=AnyValue()),
        ]
    )
    deep = ArrayValue(
        values=[AnyValue(kvlist_value=inner), AnyValue(array_value=ArrayValue()), AnyValue(bool_value=True)]
    )
    text = json.dumps([{"$array": base64.b64encode(deep.SerializeToString()).decode()}])
    assert value(text, ARRAY) == [
        [{"n": {"$int": str(2**60)}, "d": {"$double": "NaN"}, "b": {"$bytes": "AA=="}, "e": None}, [], True]
    ]


def test_deep_strings_that_are_not_utf8_are_shown_as_bytes():
    wire = base64.b64encode(b"\x0a\x03\x0a\x01\xff").decode()
    assert value(json.dumps([["k", {"$array": wire}]]), KVLIST) == {"k": {"$bytes": wire}}


def test_of_keys_sent_twice_the_first_counts_and_keeps_its_place():
    assert attributes(["a", "b", "a"], ["1", "2", "3"], [STRING] * 3) == {"a": "1", "b": "2"}
    got = attributes(["a", "b", "a"], ["1", "2", "x"], [INT, STRING, STRING])
    assert list(got.items()) == [("a", 1), ("b", "2")]


def test_mixed_types():
    got = attributes(["s", "i", "t"], ["x", "1", "true"], [STRING, INT, BOOL])
    assert got == {"s": "x", "i": 1, "t": True}
