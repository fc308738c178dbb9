"""OTLP over gRPC: the three Export methods, handed raw bytes, so that a message is parsed once and by us.

Each method is declared as a stream of requests, which looks the same on the wire as one: only so is the sender asked
for its token before its message is read. Source: opentelemetry.io, "OTLP specification", OTLP/gRPC.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import grpc
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from trivet.errors import CannotStart, Full, Invalid, TrivetError, Unavailable
from trivet.receive import status
from trivet.receive.admission import RETRY_AFTER, Admission
from trivet.receive.intake import Intake, batch_key
from trivet.receive.listen import bind
from trivet.settings import ServerSettings

SERVICES: Final = {
    "traces": trace_service_pb2.DESCRIPTOR.services_by_name["TraceService"].full_name,
    "metrics": metrics_service_pb2.DESCRIPTOR.services_by_name["MetricsService"].full_name,
    "logs": logs_service_pb2.DESCRIPTOR.services_by_name["LogsService"].full_name,
}
STATUS_DETAILS: Final = "grpc-status-details-bin"
GRACE_SECONDS: Final = 5.0


class OtlpGrpc:
    """The gRPC listener. `start` binds and returns when calls are accepted; `port` is then its port."""

    def __init__(self, intake: Intake, admission: Admission, settings: ServerSettings):
        self._intake = intake
        self._admission = admission
        self._settings = settings
        self._calls = 0
        self._server: grpc.aio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        """CannotStart when the address or the certificate cannot be had."""
        settings = self._settings
        with bind("grpc", settings.grpc) as probe:  # gRPC binds by itself, and says little when it cannot
            host, port = probe.getsockname()[:2]
        self._server = grpc.aio.server(options=_options(settings))
        self._server.add_generic_rpc_handlers(tuple(self._service(signal) for signal in SERVICES))
        wanted = 0 if settings.grpc.endswith(":0") else port
        self.port = _listen(self._server, f"[{host}]:{wanted}" if ":" in host else f"{host}:{wanted}", settings)
        await self._server.start()

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop(GRACE_SECONDS)

    def _service(self, signal: str) -> grpc.GenericRpcHandler:
        export = grpc.stream_unary_rpc_method_handler(self._export(signal))
        return grpc.method_handlers_generic_handler(SERVICES[signal], {"Export": export})

    def _export(self, signal: str) -> Callable[[Any, grpc.aio.ServicerContext], Awaitable[bytes]]:
        async def export(_: Any, context: grpc.aio.ServicerContext) -> bytes:
            self._calls += 1
            try:
                await self._take(signal, context)
            except TrivetError as error:
                await _abort(context, error)
            finally:
                self._calls -= 1
            return b""

        return export

    async def _take(self, signal: str, context: grpc.aio.ServicerContext) -> None:
        metadata = dict(context.invocation_metadata())
        sender = self._admission.sender(metadata.get("authorization"))
        batch = batch_key(metadata.get("trivet-batch", ""))
        if self._calls > self._settings.max_requests:
            raise Full(f"{self._calls} calls are open (max_requests)", retry_after=RETRY_AFTER)
        with self._admission.body() as held:
            body = await self._read(context)
            held.add(len(body))
            with self._admission.work():
                await self._intake.take(signal, body, json=False, sender=sender, batch=batch)

    async def _read(self, context: grpc.aio.ServicerContext) -> bytes:
        try:
            async with asyncio.timeout(self._settings.body_timeout):
                message = await context.read()
        except TimeoutError:
            raise Unavailable("the message took too long to arrive (body_timeout)") from None
        if message is grpc.aio.EOF:
            raise Invalid("the call has no message")
        return message


async def _abort(context: grpc.aio.ServicerContext, error: TrivetError) -> None:
    answer = status.status_of(error)
    details = ((STATUS_DETAILS, answer.SerializeToString()),)
    await context.abort(status.code_of(error), answer.message, trailing_metadata=details)


def _options(settings: ServerSettings) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", settings.max_body_bytes),
        ("grpc.max_connection_idle_ms", int(settings.idle_timeout * 1000)),
        ("grpc.so_reuseport", 0),  # a second server on our port must fail, not share it
    ]


def _listen(server: grpc.aio.Server, address: str, settings: ServerSettings) -> int:
    if not settings.tls_cert:
        return server.add_insecure_port(address)
    try:
        pair = Path(settings.tls_key).read_bytes(), Path(settings.tls_cert).read_bytes()
        return server.add_secure_port(address, grpc.ssl_server_credentials([pair]))
    except (OSError, RuntimeError) as error:
        raise CannotStart(
            f"the certificate {settings.tls_cert} or its key {settings.tls_key} cannot be used: {error}",
            hint="tls_cert and tls_key name PEM files that this user can read, and that belong together",
        ) from None
