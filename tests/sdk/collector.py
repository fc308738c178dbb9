"""A real OTLP/HTTP endpoint that keeps what it gets, and can be down, slow, full, deaf or forgetful.

Like Trivet's own server it takes a `Trivet-Batch` once: `spans`, `logs` and `points` are what a store would hold.
"""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

MESSAGES = {
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
    "/v1/logs": ExportLogsServiceRequest,
}


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    message: Any
    at: float


@dataclass
class Collector:
    """Change its fields at any time to make it behave otherwise."""

    requests: list[Request] = field(default_factory=list)
    status: int = 200
    retry_after: str | None = None
    answer: bytes = b""
    delay: float = 0.0
    deaf: bool = False  # takes the request and never answers
    forgets_to_answer: int = 0  # so many requests are taken, and the connection closed instead of an answer
    connections: int = 0
    port: int = 0
    certificate: tuple[Path, Path] | None = None  # speaks TLS with it

    def __enter__(self) -> "Collector":
        self._woken = threading.Event()
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """On the same port as before, when there was one."""
        collector = self

        class Handler(_Handler):
            owner = collector

        self._server = _Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._woken.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for connection in list(self._server.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other side was quicker
                pass

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def of(self, path: str) -> list[Any]:
        """Messages of one path; a batch key that was seen before does not count again."""
        seen: set[str] = set()
        messages = []
        for request in list(self.requests):
            key = request.headers.get("trivet-batch", "")
            if request.path == path and (not key or key not in seen):
                seen.add(key)
                messages.append(request.message)
        return messages

    @property
    def spans(self) -> list[Any]:
        return [s for m in self.of("/v1/traces") for r in m.resource_spans for c in r.scope_spans for s in c.spans]

    @property
    def logs(self) -> list[Any]:
        """In the order of their times."""
        records = [s for m in self.of("/v1/logs") for r in m.resource_logs for c in r.scope_logs for s in c.log_records]
        return sorted(records, key=lambda record: record.time_unix_nano)

    @property
    def metrics(self) -> list[Any]:
        return [
            s for m in self.of("/v1/metrics") for r in m.resource_metrics for c in r.scope_metrics for s in c.metrics
        ]

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.spans]

    def resource(self) -> dict[str, Any]:
        resource = self.of("/v1/traces")[0].resource_spans[0].resource
        return {pair.key: pair.value.string_value or pair.value.int_value for pair in resource.attributes}


def until(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Wait for `condition` to be true; its value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
    return value


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, *args: Any) -> None:
        self.open: set[Any] = set()
        super().__init__(*args)

    def get_request(self) -> Any:
        connection, address = super().get_request()
        self.open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that are killed in the middle of a request are what we test."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Collector
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.owner.connections += 1

    def do_POST(self) -> None:
        owner = self.owner
        length = self.headers["Content-Length"]
        body = self.rfile.read(int(length)) if length else b"".join(self._chunks())
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        message = MESSAGES[self.path].FromString(body)
        if owner.deaf:
            owner._woken.wait(30)
            self.close_connection = True
            return
        if owner.delay:
            owner._woken.wait(owner.delay)
        if owner.status < 300:
            headers = {name.lower(): value for name, value in self.headers.items()}
            owner.requests.append(Request(self.path, headers, message, time.monotonic()))
        if owner.forgets_to_answer:
            owner.forgets_to_answer -= 1
            self.close_connection = True
            return
        self.send_response(owner.status)
        if owner.retry_after is not None:
            self.send_header("Retry-After", owner.retry_after)
        self.send_header("Content-Length", str(len(owner.answer)))
        self.end_headers()
        self.wfile.write(owner.answer)

    def _chunks(self) -> Iterator[bytes]:
        """As Node sends them (RFC 9112, 7.1)."""
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def partial_success(rejected: int, why: str) -> bytes:
    response = ExportTraceServiceResponse()
    response.partial_success.rejected_spans = rejected
    response.partial_success.error_message = why
    return response.SerializeToString()
