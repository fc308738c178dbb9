"""OTLP over gRPC: the bytes as they are, without making messages of them."""

import grpc
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from grpc import StatusCode

from trivet.forward.send import WHEN_WE_ARE_REFUSED, Later, Never, Outcome, accepted, one_line
from trivet.forward.target import Target

METHODS = {
    "traces": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "metrics": "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
}
RETRYABLE = {
    StatusCode.CANCELLED,
    StatusCode.DEADLINE_EXCEEDED,
    StatusCode.ABORTED,
    StatusCode.OUT_OF_RANGE,
    StatusCode.UNAVAILABLE,
    StatusCode.DATA_LOSS,
}
REFUSES_US = {StatusCode.UNAUTHENTICATED, StatusCode.PERMISSION_DENIED, StatusCode.UNIMPLEMENTED}
OPTIONS = (
    ("grpc.max_receive_message_length", 64 * 1024),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.max_reconnect_backoff_ms", 30_000),
)


class GrpcSender:
    """One destination, one channel. To be made in the event loop that uses it."""

    def __init__(self, target: Target):
        self._target = target
        if target.tls:
            self._channel = grpc.aio.secure_channel(target.endpoint, grpc.ssl_channel_credentials(), OPTIONS)
        else:
            self._channel = grpc.aio.insecure_channel(target.endpoint, OPTIONS)
        self._export = {signal: self._channel.unary_unary(METHODS[signal]) for signal in target.signals}
        self._metadata = tuple(target.headers.items())
        self._compression = grpc.Compression.Gzip if target.compression == "gzip" else None

    async def close(self) -> None:
        await self._channel.close()

    async def send(self, signal: str, body: bytes) -> Outcome:
        try:
            response = await self._export[signal](
                body, timeout=self._target.timeout, metadata=self._metadata, compression=self._compression
            )
        except grpc.aio.AioRpcError as error:
            return outcome(error)
        return accepted(signal, response)


def outcome(error: grpc.RpcError) -> Later | Never:
    """What the status of a failed call means for the request."""
    reason = f"gRPC {error.code().name}: {one_line(error.details() or '')}"
    after = retry_delay(error.trailing_metadata() or ())
    if error.code() in RETRYABLE:
        return Later(reason, after)
    if error.code() is StatusCode.RESOURCE_EXHAUSTED and after is not None:
        return Later(reason, after)
    if error.code() in REFUSES_US:
        return Later(reason, WHEN_WE_ARE_REFUSED)
    return Never(reason)


def retry_delay(metadata: grpc.aio.Metadata) -> float | None:
    """Seconds that a RetryInfo in the trailers asks for."""
    for key, value in metadata:
        if key == "grpc-status-details-bin":
            try:
                return _retry_info(Status.FromString(value))
            except DecodeError:
                return None
    return None


def _retry_info(status: Status) -> float | None:
    for detail in status.details:
        info = RetryInfo()
        if detail.Unpack(info):
            return max(0.0, info.retry_delay.ToTimedelta().total_seconds())
    return None
