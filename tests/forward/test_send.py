import grpc
import pytest
from forward.vendors import partial_success, retry_info
from grpc import StatusCode

from trivet.forward.send import Accepted, Later, Never, accepted, one_line
from trivet.forward.send_grpc import outcome
from trivet.forward.send_http import retry_after

NOW = 784111777 * 10**9  # Sun, 06 Nov 1994 08:49:37 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 06 Nov 1994 08:50:07 GMT", 30.0),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize("signal", ["traces", "metrics", "logs"])
def test_partial_success(signal):
    assert accepted(signal, b"") == Accepted()
    assert accepted(signal, partial_success(signal, 3, "too\nlong")) == Accepted(3, "too long")
    assert accepted(signal, partial_success(signal, 0, "deprecated")) == Accepted(0, "deprecated")
    assert accepted(signal, b"\xff not protobuf") == Accepted()


def failed(code: StatusCode, *trailers: tuple[str, bytes]) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(*trailers), details="why")


@pytest.mark.parametrize("code", [code for code in StatusCode if code is not StatusCode.OK])
def test_what_a_grpc_status_means(code):
    later = {"CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS"}
    reason = f"gRPC {code.name}: why"
    if code.name in later:
        assert outcome(failed(code)) == Later(reason)
    elif code.name in {"UNAUTHENTICATED", "PERMISSION_DENIED", "UNIMPLEMENTED"}:
        assert outcome(failed(code)) == Later(reason, 60.0)
    else:
        assert outcome(failed(code)) == Never(reason)


def test_only_retry_info_makes_exhaustion_pass():
    trailer = ("grpc-status-details-bin", retry_info(1.5))
    assert outcome(failed(StatusCode.RESOURCE_EXHAUSTED, trailer)) == Later("gRPC RESOURCE_EXHAUSTED: why", 1.5)
    broken = ("grpc-status-details-bin", b"\xff")
    assert isinstance(outcome(failed(StatusCode.RESOURCE_EXHAUSTED, broken)), Never)
    assert isinstance(outcome(failed(StatusCode.RESOURCE_EXHAUSTED, ("other", b"x"))), Never)


def test_a_reason_is_one_short_printable_line():
    assert one_line("a\r\n  b\x00c\x1b[31m") == "a b c [31m"
    assert len(one_line("x" * 1000)) == 300
