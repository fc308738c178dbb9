"""Vendors: real servers of OTLP over HTTP and gRPC that answer as a test tells them to."""

import asyncio
import contextlib
import gzip
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import grpc
import uvicorn
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from trivet.otlp.messages import REQUESTS, RESPONSES

PROTOBUF = b"application/x-protobuf"


@dataclass
class Answer:
    """Over HTTP: a status and its headers. Over gRPC: a code, and whether it carries RetryInfo."""

    status: Any = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    retry: float | None = None
    wait: float = 0.0


@dataclass
class Got:
    signal: str
    body: bytes
    headers: dict[str, str]


class Vendor:
    """Remembers what it got. `script` are the next answers; then everything is accepted."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.always: Callable[[Got], Answer] = lambda got: Answer()
        self.got: list[Got] = []
        self.accepted: list[Got] = []
        self._changed = asyncio.Event()

    def answer(self, got: Got) -> Answer:
        self.got.append(got)
        answer = self.script.pop(0) if self.script else self.always(got)
        if answer.status in (200, grpc.StatusCode.OK):
            self.accepted.append(got)
        self._changed.set()
        return answer

    def names(self, signal: str = "traces", requests: Iterable[Got] | None = None) -> list[str]:
        """Names of the spans, log events or metrics that were accepted, in order of arrival."""
        requests = self.accepted if requests is None else requests
        return [name for got in requests if got.signal == signal for name in names_in(signal, got.body)]

    async def until(self, wanted: Callable[[], bool], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not wanted():
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), 0.05)

    async def __aenter__(self) -> "Vendor":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def names_in(signal: str, body: bytes) -> list[str]:
    request = REQUESTS[signal].FromString(body)
    if signal == "traces":
        return [s.name for r in request.resource_spans for scope in r.scope_spans for s in scope.spans]
    if signal == "logs":
        return [s.event_name for r in request.resource_logs for scope in r.scope_logs for s in scope.log_records]
    return [m.name for r in request.resource_metrics for scope in r.scope_metrics for m in scope.metrics]


class _Server(uvicorn.Server):
    def capture_signals(self) -> Any:
        return contextlib.nullcontext()


class HttpVendor(Vendor):
    def __init__(self, port: int = 0):
        super().__init__()
        self.port = port

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self._server = _Server(uvicorn.Config(self, lifespan="off", log_level="critical", timeout_graceful_shutdown=1))
        self._serving = asyncio.create_task(self._server.serve([listening]))

    async def stop(self) -> None:
        self._server.should_exit = True
        await self._serving

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        answer = self.answer(Got(scope["path"].removeprefix("/v1/"), body, headers))
        await asyncio.sleep(answer.wait)
        given = {"content-type": PROTOBUF.decode(), **answer.headers}
        raw = [(name.encode(), value.encode()) for name, value in given.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.body})


SIGNALS = {"TraceService": "traces", "MetricsService": "metrics", "LogsService": "logs"}


class GrpcVendor(Vendor, grpc.GenericRpcHandler):
    def __init__(self, port: int = 0):
        super().__init__()
        self.port = port

    @property
    def endpoint(self) -> str:
        return f"grpc://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers([self])
        self.port = self._server.add_insecure_port(f"127.0.0.1:{self.port}")
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop(0)

    def service(self, call: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        signal = SIGNALS[call.method.split("/")[1].rsplit(".", 1)[1]]
        metadata = dict(call.invocation_metadata)

        async def export(body: bytes, context: grpc.aio.ServicerContext) -> bytes:
            answer = self.answer(Got(signal, body, metadata))
            await asyncio.sleep(answer.wait)
            if answer.status not in (200, grpc.StatusCode.OK):
                if answer.retry is not None:
                    context.set_trailing_metadata((("grpc-status-details-bin", retry_info(answer.retry)),))
                await context.abort(answer.status, answer.body.decode())
            return answer.body

        return grpc.unary_unary_rpc_method_handler(export)


def retry_info(seconds: float) -> bytes:
    status, delay = Status(), Duration()
    delay.FromNanoseconds(int(seconds * 1e9))
    status.details.add().Pack(RetryInfo(retry_delay=delay))
    return status.SerializeToString()


def partial_success(signal: str, rejected: int, message: str) -> bytes:
    response = RESPONSES[signal]()
    field_name = {"traces": "rejected_spans", "logs": "rejected_log_records", "metrics": "rejected_data_points"}[signal]
    setattr(response.partial_success, field_name, rejected)
    response.partial_success.error_message = message
    return response.SerializeToString()
