from hypothesis import given, settings
from hypothesis import strategies as st
from otlp_messages import log_requests, requests

from trivet.forward.running import without_running
from trivet.otlp.messages import LENIENT, REQUESTS

RUNNING = "trivet.span.running"
Logs = REQUESTS["logs"]


def records(body: bytes) -> list:
    return [
        record
        for resource in Logs.FromString(body).resource_logs
        for scope in resource.scope_logs
        for record in scope.log_records
    ]


@settings(max_examples=60)
@given(request=log_requests(), every=st.integers(1, 4))
def test_only_the_reports_go(request, every):
    number = 0
    for resource in request.resource_logs:
        for scope in resource.scope_logs:
            for record in scope.log_records:
                number += 1
                record.event_name = RUNNING if number % every == 0 else "kept"
    body = request.SerializeToString()
    cleaned, dropped = without_running(body)
    assert dropped == number // every
    assert records(cleaned) == [record for record in records(body) if record.event_name == "kept"]
    if not dropped:
        assert cleaned is body


def test_the_words_in_a_body_are_no_report():
    request = Logs()
    request.resource_logs.add().scope_logs.add().log_records.add(event_name="other").body.string_value = RUNNING
    body = request.SerializeToString()
    assert without_running(body) == (body, 0)


def test_emptied_resources_go_and_fields_that_nobody_knows_stay():
    request = Logs()
    request.resource_logs.add(schema_url="gone").scope_logs.add().log_records.add(event_name=RUNNING)
    kept = request.resource_logs.add(schema_url="stays").scope_logs.add()
    kept.log_records.add(event_name=RUNNING)
    kept.log_records.add(event_name="kept").MergeFromString(b"\xc2\x3e\x04news")  # field 1000
    cleaned, dropped = without_running(request.SerializeToString())
    del request.resource_logs[0], kept.log_records[0]
    assert dropped == 2 and cleaned == request.SerializeToString() and b"news" in cleaned


def test_text_that_is_not_utf8_is_no_obstacle():
    lenient = LENIENT.of(Logs)()
    scope = lenient.resource_logs.add().scope_logs.add()
    scope.log_records.add(event_name=RUNNING.encode())
    scope.log_records.add(severity_text=b"\xff\xfe")
    cleaned, dropped = without_running(lenient.SerializeToString())
    assert dropped == 1 and b"\xff\xfe" in cleaned


def test_what_cannot_be_read_is_passed_on():
    assert without_running(RUNNING.encode()) == (RUNNING.encode(), 0)


@settings(max_examples=30)
@given(data=st.data(), signal=st.sampled_from(["traces", "metrics", "logs"]))
def test_requests_end_to_end_are_one_request_with_all_of_them(data, signal):
    """What lets small records travel together."""
    one, other = data.draw(requests(signal)), data.draw(requests(signal))
    together = REQUESTS[signal].FromString(one.SerializeToString() + other.SerializeToString())
    one.MergeFrom(other)
    assert together.SerializeToString(deterministic=True) == one.SerializeToString(deterministic=True)
