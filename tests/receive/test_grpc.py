"""OTLP over gRPC as the specification and api.md say it."""

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import httpx
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2_grpc import MetricsServiceStub
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from receive.asking import JSON, eventually, trace_body
from receive.serving import Serving
from receive.spools import FullSpool, SlowDisk

from trivet.errors import CannotStart
from trivet.otlp.json_mapping import to_json
from trivet.otlp.messages import REQUESTS, RESPONSES
from trivet.receive.counts import SignalCounts
from trivet.receive.grpc import STATUS_DETAILS

STUBS = {"traces": TraceServiceStub, "metrics": MetricsServiceStub, "logs": LogsServiceStub}
EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
LOCAL = "127.0.0.1:0"
BAD = b"\x0a\x7f"


@pytest.fixture
def serving(start: Callable[..., Serving]) -> Serving:
    return start(grpc=LOCAL)


@contextlib.contextmanager
def calling(serving: Serving) -> Iterator[Callable[..., bytes]]:
    """Sends raw bytes, as nothing checks them on this side."""
    with grpc.insecure_channel(serving.grpc_target, options=[("grpc.max_send_message_length", -1)]) as channel:
        yield channel.unary_unary(EXPORT)


def refusal(call: Callable[..., bytes], body: bytes, **how: object) -> tuple[grpc.StatusCode, Status, float | None]:
    """(code, details, seconds until another try) of a call that fails."""
    with pytest.raises(grpc.RpcError) as raised:
        call(body, **how)
    trailing = dict(raised.value.trailing_metadata() or ())
    details = Status.FromString(trailing.get(STATUS_DETAILS, b""))
    info = RetryInfo()
    retry = (
        info.retry_delay.ToTimedelta().total_seconds() if details.details and details.details[0].Unpack(info) else None
    )
    return raised.value.code(), details, retry


@pytest.mark.parametrize("signal", REQUESTS)
def test_the_three_services_answer_when_it_is_on_disk(serving: Serving, signal: str):
    with grpc.insecure_channel(serving.grpc_target) as channel:
        request = REQUESTS[signal].FromString(b"\x0a\x00")
        assert STUBS[signal](channel).Export(request) == RESPONSES[signal]()
        assert serving.bodies(signal) == [b"\x0a\x00"]


def test_gzip_is_read(serving: Serving):
    with calling(serving) as call:
        assert call(trace_body(1000), compression=grpc.Compression.Gzip) == b""
    assert serving.bodies("traces") == [trace_body(1000)]


def test_bytes_pass_as_they_are(serving: Serving):
    """Fields that nobody knows and text that is not UTF-8 are not ours to refuse."""
    body = trace_body() + b"\xba\x3e\x03abc"
    with calling(serving) as call:
        call(body)
        call(body.replace(b"span", b"sp\xff\xff"))
    assert serving.bodies("traces") == [body, body.replace(b"span", b"sp\xff\xff")]


def test_nothing_is_an_empty_request(serving: Serving):
    with calling(serving) as call:
        assert call(b"") == b""
    assert serving.bodies("traces") == []


def test_bad_bytes_are_an_invalid_argument(serving: Serving):
    with calling(serving) as call:
        code, details, retry = refusal(call, BAD)
    assert (code, details.code, retry) == (grpc.StatusCode.INVALID_ARGUMENT, 3, None)
    assert "traces" in details.message
    assert serving.receiver.counts.of("traces") == SignalCounts(rejected=1)


def test_full_is_unavailable_with_a_time_to_come_again(start: Callable[..., Serving]):
    with calling(start(FullSpool(), grpc=LOCAL)) as call:
        code, details, retry = refusal(call, trace_body())
    assert (code, details.code, retry) == (grpc.StatusCode.UNAVAILABLE, 14, 6.2)


def test_an_oversized_message_is_exhausted_for_good(start: Callable[..., Serving]):
    serving = start(grpc=LOCAL, max_body_bytes=100_000)
    with calling(serving) as call:
        for compression in (grpc.Compression.NoCompression, grpc.Compression.Gzip):
            code, _, retry = refusal(call, b"\x0a\x00" * 100_000, compression=compression)
            assert (code, retry) == (grpc.StatusCode.RESOURCE_EXHAUSTED, None)
        assert call(trace_body()) == b""


def test_a_bomb_costs_the_limit_and_no_more(start: Callable[..., Serving]):
    serving = start(grpc=LOCAL, max_body_bytes=1 << 20)
    with calling(serving) as call:
        code, _, _ = refusal(call, bytes(1 << 27), compression=grpc.Compression.Gzip)
        assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert call(trace_body()) == b""


def test_tokens_are_asked_for_in_the_metadata(start: Callable[..., Serving]):
    serving = start(grpc=LOCAL, ingest_token="in", read_token="out")
    with calling(serving) as call:
        assert refusal(call, trace_body())[0] == grpc.StatusCode.UNAUTHENTICATED
        for token, code in (("wrong", grpc.StatusCode.UNAUTHENTICATED), ("out", grpc.StatusCode.PERMISSION_DENIED)):
            assert refusal(call, trace_body(), metadata=[("authorization", f"Bearer {token}")])[0] == code
        assert serving.bodies("traces") == []
        assert call(trace_body(), metadata=[("authorization", "Bearer in")]) == b""


def test_a_stranger_is_refused_before_the_message_is_read(start: Callable[..., Serving]):
    """A message that never ends: the answer comes all the same."""
    serving = start(grpc=LOCAL, token="secret")
    ended = []
    with grpc.insecure_channel(serving.grpc_target) as channel:

        def messages() -> Iterator[bytes]:
            eventually(lambda: ended)
            yield b""

        with pytest.raises(grpc.RpcError) as raised:
            channel.stream_unary(EXPORT)(messages(), timeout=10)
        ended.append(True)
    assert raised.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_a_message_that_does_not_come_is_waited_for_in_vain(start: Callable[..., Serving]):
    serving = start(grpc=LOCAL, body_timeout=0.2)
    ended = []
    with grpc.insecure_channel(serving.grpc_target) as channel:

        def messages() -> Iterator[bytes]:
            eventually(lambda: ended)
            yield b""

        with pytest.raises(grpc.RpcError) as raised:
            channel.stream_unary(EXPORT)(messages(), timeout=10)
        ended.append(True)
        assert raised.value.code() == grpc.StatusCode.UNAVAILABLE
        with pytest.raises(grpc.RpcError) as raised:
            channel.stream_unary(EXPORT)(iter(()), timeout=10)
        assert raised.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_calls_over_the_limit_may_come_again(start: Callable[..., Serving]):
    disk = SlowDisk()
    serving = start(disk, grpc=LOCAL, max_requests=3)
    with ThreadPoolExecutor(3) as threads, calling(serving) as call:
        under_way = [threads.submit(call, trace_body()) for _ in range(3)]
        eventually(lambda: disk.waiting == 3)
        code, details, retry = refusal(call, trace_body())
        assert (code, retry) == (grpc.StatusCode.UNAVAILABLE, 1.0)
        assert "max_requests" in details.message
        serving.on_loop(disk.release())
        assert [one.result() for one in under_way] == [b""] * 3


def test_a_resent_batch_is_not_kept_twice(serving: Serving):
    with calling(serving) as call:
        for _ in range(2):
            call(trace_body(), metadata=[("trivet-batch", "ab" * 16)])
        assert refusal(call, trace_body(), metadata=[("trivet-batch", "ab")])[0] == grpc.StatusCode.INVALID_ARGUMENT
    assert [record.batch for record in serving.records("traces")] == [b"\xab" * 16]


def test_json_over_http_goes_on_beside_calls(serving: Serving):
    """Its process is started from one that runs gRPC's threads."""
    with calling(serving) as call:
        call(trace_body())
        answer = httpx.post(f"{serving.url}/v1/traces", content=to_json("traces", trace_body()), headers=JSON)
        assert answer.status_code == 200
        call(trace_body())
    assert serving.bodies("traces") == [trace_body()] * 3


def test_other_methods_are_not_there(serving: Serving):
    with grpc.insecure_channel(serving.grpc_target) as channel:
        for method in (EXPORT + "2", EXPORT.replace("trace", "profile")):
            assert refusal(channel.unary_unary(method), b"")[0] == grpc.StatusCode.UNIMPLEMENTED


def test_a_port_in_use_is_said_in_plain_words(start: Callable[..., Serving]):
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(CannotStart, match="in use") as raised:
        start(grpc=f"127.0.0.1:{other.getsockname()[1]}")
    assert "--grpc" in raised.value.hint


def test_a_second_server_does_not_share_the_port(serving: Serving, start: Callable[..., Serving]):
    with pytest.raises(CannotStart, match="in use"):
        start(FullSpool(), grpc=serving.grpc_target)


def test_ipv6(start: Callable[..., Serving]):
    if not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("no IPv6 here")
    serving = start(grpc="[::1]:0")
    with grpc.insecure_channel(f"[::1]:{serving.receiver.grpc_port}") as channel:
        assert channel.unary_unary(EXPORT)(trace_body()) == b""
