"""OTLP JSON, both ways, against generated messages and against what the specification says in words."""

import json
import math

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from otlp_messages import bodies, bodies_with_bad_text, requests

from trivet.errors import Invalid
from trivet.otlp.json_mapping import IDS, camel, from_json, to_json
from trivet.otlp.messages import REQUESTS

SIGNALS = st.sampled_from(list(REQUESTS))


def span_json(**fields: object) -> bytes:
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [fields]}]}]}).encode()


def span(**fields: object) -> Span:
    return first_span(from_json("traces", span_json(**fields)))


def first_span(body: bytes) -> Span:
    return REQUESTS["traces"].FromString(body).resource_spans[0].scope_spans[0].spans[0]


def value(**fields: object) -> object:
    """The attribute value that comes of a JSON one, as the message holds it."""
    read = span(attributes=[{"key": "k", "value": fields}]).attributes[0].value
    kind = read.WhichOneof("value")
    return kind and getattr(read, kind)


@given(data=st.data(), signal=SIGNALS)
def test_every_field_comes_back(data: st.DataObject, signal: str):
    body = data.draw(bodies(signal))
    assert from_json(signal, to_json(signal, body)) == body


@given(data=st.data(), signal=SIGNALS)
def test_what_is_written_is_protobufs_own_mapping_but_for_ids(data: st.DataObject, signal: str):
    request = data.draw(requests(signal))
    ours = json.loads(to_json(signal, request.SerializeToString()))
    theirs = MessageToDict(request, use_integers_for_enums=True)
    assert without_ids(ours) == without_ids(theirs)


def without_ids(tree: object) -> object:
    if isinstance(tree, list):
        return [without_ids(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    return {key: without_ids(each) for key, each in tree.items() if key not in {camel(name) for name in IDS}}


@given(data=st.data(), signal=SIGNALS)
def test_bad_text_is_written_with_a_mark(data: st.DataObject, signal: str):
    written = to_json(signal, data.draw(bodies_with_bad_text(signal)))
    from_json(signal, written)
    written.decode("utf-8")


@given(data=st.data(), signal=SIGNALS)
def test_any_text_is_read_or_invalid(data: st.DataObject, signal: str):
    text = bytearray(to_json(signal, data.draw(bodies(signal))))
    for place in data.draw(st.lists(st.integers(0, len(text) - 1), max_size=4)):
        text[place] = data.draw(st.integers(0, 255))
    try:
        REQUESTS[signal].FromString(from_json(signal, bytes(text)))
    except Invalid as invalid:
        assert invalid.message


def test_ids_are_hexadecimal_in_either_case():
    read = span(traceId="5B8EFFF798038103D269B633813FC60C", spanId="eee19b7ec3c1b174", parentSpanId="EEE19b7ec3c1B173")
    assert read.trace_id.hex() == "5b8efff798038103d269b633813fc60c"
    assert read.span_id.hex() == "eee19b7ec3c1b174"
    assert read.parent_span_id.hex() == "eee19b7ec3c1b173"


def test_ids_are_written_in_lower_case():
    body = from_json("traces", span_json(traceId="AB" * 16, links=[{"traceId": "CD" * 16, "spanId": "EF" * 8}]))
    written = json.loads(to_json("traces", body))["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert written == {"traceId": "ab" * 16, "links": [{"traceId": "cd" * 16, "spanId": "ef" * 8}]}


@pytest.mark.parametrize("number", [2**64 - 1, str(2**64 - 1), 0, "0", 1e6])
def test_wide_integers_are_strings_or_numbers(number: int | str | float):
    assert span(startTimeUnixNano=number).start_time_unix_nano == int(number)


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0, "0", "-1", str(2**63 - 1)])
def test_an_integer_value_is_exact(number: int | str):
    assert value(intValue=number) == int(number)


@pytest.mark.parametrize(("kind", "number"), [("SPAN_KIND_SERVER", 2), (2, 2), (0, 0), (77, 77), (None, 0)])
def test_enumerations_are_numbers_or_names(kind: object, number: int):
    assert span(kind=kind).kind == number


def test_doubles_that_json_lacks_are_words():
    assert math.isnan(value(doubleValue="NaN"))
    assert value(doubleValue="Infinity") == math.inf
    assert value(doubleValue="-Infinity") == -math.inf
    assert value(doubleValue=3) == 3.0


@pytest.mark.parametrize("text", ["/+8=", "_-8=", "/+8", "_-8"])
def test_bytes_are_base64_of_either_alphabet(text: str):
    assert value(bytesValue=text) == b"\xff\xef"


def test_presence_survives():
    assert value(stringValue="") == ""
    assert value(boolValue=False) is False
    assert value(intValue=0) == 0
    assert value() is None
    assert value(kvlistValue={"values": []}).values == []
    assert span(status={}).HasField("status") and not span().HasField("status")


def test_null_is_absent_and_what_nobody_knows_is_ignored():
    read = span(name=None, attributes=None, status=None, futureField={"deep": [1, {"x": None}]}, kind=3)
    assert read == Span(kind=3)


def test_field_names_of_the_proto_file_are_not_keys():
    assert from_json("traces", b'{"resource_spans": [{"scope_spans": []}]}') == b""


def test_lone_surrogates_and_bad_utf8_become_a_mark_and_the_rest_stays():
    text = span_json(name="HERE").replace(b"HERE", rb"\\ud83d|\ud83d|\ud83d\ude00|\ude00|\u0041" + b"|\xff")
    assert first_span(from_json("traces", text)).name == "\\ud83d|\ufffd|😀|\ufffd|A|\ufffd"


@pytest.mark.parametrize("text", [b"", b"{}", b'{"resourceSpans": null}', b'{"resourceSpans": []}', b' {"x": 1}\n'])
def test_nothing_is_an_empty_request(text: bytes):
    assert from_json("traces", text) == b""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"null", "got `null`"),
        (b"[]", "got `array`"),
        (b"{", "truncated"),
        (b'{"resourceSpans": [null]}', "resourceSpans[0]"),
        (b'{"resourceSpans": {}}', "resourceSpans"),
        (b'{"a":' * 100_000, "recursion"),
        (span_json(traceId="abc"), "traceId"),
        (span_json(traceId="zz"), "traceId"),
        (span_json(traceId=5), "traceId"),
        (span_json(name=5), "name"),
        (span_json(kind="SPAN_KIND_NONSENSE"), "SPAN_KIND_NONSENSE"),
        (span_json(kind=2**31), "out of range"),
        (span_json(startTimeUnixNano=str(2**64)), "out of range"),
        (span_json(startTimeUnixNano=-1), "out of range"),
        (span_json(startTimeUnixNano=1.5), "startTimeUnixNano"),
        (span_json(attributes=[{"key": "k", "value": {"bytesValue": "?"}}]), "bytesValue"),
    ],
)
def test_what_is_wrong_is_said(text: bytes, said: str):
    with pytest.raises(Invalid) as raised:
        from_json("traces", text)
    assert said in raised.value.message
