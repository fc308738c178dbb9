"""Requests as the tests send them."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}


def trace_body(spans: int = 1, name: str = "span") -> bytes:
    scope_spans = {"spans": [{"name": name, "trace_id": b"\1" * 16, "span_id": b"\2" * 8}] * spans}
    return ExportTraceServiceRequest(resource_spans=[{"scope_spans": [scope_spans]}]).SerializeToString()


def post(client: httpx.Client, body: bytes, path: str = "/v1/traces", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(path, content=body, headers={**PROTOBUF, **named})


def status(response: httpx.Response) -> Status:
    assert response.headers["content-type"] == PROTOBUF["content-type"]
    return Status.FromString(response.content)


@contextmanager
def connected(port: int, timeout: float = 20) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        yield connection


def request(body: bytes, *headers: str, path: str = "/v1/traces", length: int | None = None) -> bytes:
    """An HTTP/1.1 request as it goes over the wire."""
    fields = ["Host: localhost", "Content-Type: application/x-protobuf", *headers]
    if length is not None or not any(field.startswith("Transfer-Encoding") for field in fields):
        fields.append(f"Content-Length: {len(body) if length is None else length}")
    return f"POST {path} HTTP/1.1\r\n".encode() + "".join(f"{field}\r\n" for field in fields).encode() + b"\r\n" + body


def read_to_end(connection: socket.socket) -> bytes:
    """Everything until the server closes, or resets, the connection."""
    received = bytearray()
    try:
        while part := connection.recv(65536):
            received += part
    except ConnectionResetError:
        pass
    return bytes(received)


def read_answer(connection: socket.socket) -> bytes:
    """One whole answer with a Content-Length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += _some(connection)
    return head + b"\r\n\r\n" + body


def _some(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    assert part, "the server closed the connection"
    return part


def eventually(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """The first true value of a condition; fails when there is none in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)
    return value
