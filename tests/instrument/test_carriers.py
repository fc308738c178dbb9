import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import get_current_span

from trivet.instrument.carriers import extracted, from_environ, from_pairs, from_text

PARENT = f"00-{'ab' * 16}-{'cd' * 8}-01"


@pytest.mark.parametrize(
    "context",
    [
        extracted({"traceparent": PARENT}),
        extracted({"Traceparent": PARENT}),
        extracted({b"traceparent": PARENT.encode()}),
        from_pairs([(b"host", b"x"), (b"TraceParent", PARENT.encode())]),
        from_environ({"HTTP_TRACEPARENT": PARENT, "wsgi.input": object()}),
        from_text(json.dumps({"traceparent": PARENT})),
    ],
)
def test_a_parent_is_found_however_it_travels(context):
    span = get_current_span(context).get_span_context()
    assert (span.trace_id, span.span_id, span.is_remote) == (int("ab" * 16, 16), int("cd" * 8, 16), True)


@pytest.mark.parametrize("text", [None, "", "7", "[]", "{", '{"traceparent": 7}', b"\xff"])
def test_no_parent_is_none(text):
    assert from_text(text) is None


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.binary(), st.integers(), st.none())))
def test_nothing_that_comes_along_can_harm(carrier):
    extracted(carrier | {"traceparent": next(iter(carrier.values()), None)})
    from_text(str(carrier))
