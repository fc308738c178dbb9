from opentelemetry.trace import get_current_span

from trivet.sdk.carried import handed_down, parent_of

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_parent_from_the_environment():
    parent = get_current_span(parent_of({"TRACEPARENT": TRACEPARENT, "TRACESTATE": "vendor=x"})).get_span_context()
    assert f"{parent.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c" and parent.is_remote
    assert parent.trace_state == {"vendor": "x"}
    assert parent_of({}) is None and parent_of({"TRACEPARENT": ""}) is None
    assert not get_current_span(parent_of({"TRACEPARENT": "nonsense"})).get_span_context().is_valid


def test_handed_down_is_taken_over(tracer):
    span = tracer.start_span("s", parent_of({"TRACEPARENT": TRACEPARENT, "TRACESTATE": "vendor=x"}))
    carried = handed_down(span)
    assert carried == {"TRACEPARENT": f"{TRACEPARENT[:36]}{span.context.span_id:016x}-01", "TRACESTATE": "vendor=x"}
    assert tracer.start_span("child", parent_of(carried)).parent.span_id == span.context.span_id
