"""What each of our errors becomes for a sender."""

import pytest
from google.rpc.error_details_pb2 import RetryInfo

from trivet import errors
from trivet.receive import status


@pytest.mark.parametrize(
    ("error", "code", "retry"),
    [
        (errors.Invalid("x"), "INVALID_ARGUMENT", None),
        (errors.Unsupported("x"), "INVALID_ARGUMENT", None),
        (errors.Unauthenticated("x"), "UNAUTHENTICATED", None),
        (errors.NotAllowed("x"), "PERMISSION_DENIED", None),
        (errors.TooLarge("x"), "RESOURCE_EXHAUSTED", None),
        (errors.Quota("x", retry_after=2), "RESOURCE_EXHAUSTED", 2.0),
        (errors.Full("x", retry_after=0.25), "UNAVAILABLE", 0.25),
        (errors.Unavailable("x"), "UNAVAILABLE", 1.0),
        (errors.TrivetError("x"), "INTERNAL", None),
    ],
)
def test_codes_and_when_to_come_again(error: errors.TrivetError, code: str, retry: float | None):
    answer = status.status_of(error)
    assert (status.code_of(error).name, answer.code) == (code, status.code_of(error).value[0])
    delays = []
    for detail in answer.details:
        info = RetryInfo()
        assert detail.Unpack(info)
        delays.append(info.retry_delay.ToTimedelta().total_seconds())
    assert delays == ([] if retry is None else [retry])


def test_the_header_is_in_whole_seconds_and_never_too_early():
    assert status.retry_after_header(errors.Full("x", retry_after=0.25)) == b"1"
    assert status.retry_after_header(errors.Full("x", retry_after=5)) == b"5"
    assert status.retry_after_header(errors.Quota("x", retry_after=5.01)) == b"6"
    assert status.retry_after_header(errors.Invalid("x")) is None


def test_the_message_carries_the_hint():
    assert status.status_of(errors.Invalid("what", hint="what to do")).message == "what; what to do"
