import time

import pytest
from opentelemetry.trace import SpanKind, set_span_in_context
from sdk.collector import until

from trivet.sdk import outbox
from trivet.sdk.serverless import is_on


@pytest.mark.parametrize(
    ("wish", "environ", "on"),
    [
        ("", {}, False),
        ("", {"K_SERVICE": "web"}, True),
        ("", {"AWS_LAMBDA_FUNCTION_NAME": "f"}, True),
        ("", {"CLOUD_RUN_JOB": "j"}, False),  # a job runs until it is done
        ("off", {"K_SERVICE": "web"}, False),
        ("on", {}, True),
    ],
)
def test_where_it_is_on(wish, environ, on):
    assert is_on(wish, environ) is on


@pytest.fixture
def patient(monkeypatch):
    """Nothing would leave by itself."""
    monkeypatch.setattr(outbox, "FIRST_DELAY", 60.0)
    monkeypatch.setattr(outbox, "LONGEST_DELAY", 60.0)


def request(runtime) -> None:
    with runtime.tracer.start_as_current_span("GET /", kind=SpanKind.SERVER):
        runtime.tracer.start_span("inner").end()


def test_each_request_takes_its_data_along(patient, runtime_for, collector):
    runtime = runtime_for(collector.url, serverless="on")
    for number in range(1, 4):
        request(runtime)
        until(lambda number=number: len(collector.spans) == 2 * number)


def test_spans_inside_a_request_do_not_flush(patient, runtime_for, collector):
    runtime = runtime_for(collector.url, serverless="on")
    root = runtime.tracer.start_span("GET /")
    runtime.tracer.start_span("inner", context=set_span_in_context(root)).end()
    time.sleep(0.2)
    assert not collector.requests
    root.end()
    until(lambda: len(collector.spans) == 2)


def test_the_caller_does_not_wait_for_the_endpoint(patient, runtime_for, collector):
    collector.delay = 0.5
    runtime = runtime_for(collector.url, serverless="on")
    started = time.perf_counter()
    request(runtime)
    assert time.perf_counter() - started < 0.2
    until(lambda: len(collector.spans) == 2)


def test_on_lambda_the_data_is_there_before_the_handler_returns(runtime_for, collector):
    runtime = runtime_for(collector.url, serverless="on", environ={"AWS_LAMBDA_FUNCTION_NAME": "f"})
    request(runtime)
    assert len(collector.spans) == 2
    assert collector.resource()["faas.name"] == "f"
