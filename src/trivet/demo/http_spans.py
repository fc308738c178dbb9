"""HTTP between the demo's processes: a small server and a client, with the spans and headers of OpenTelemetry."""

import http.client
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from opentelemetry import metrics, propagate, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

logger = logging.getLogger(__name__)
tracer = trace.get_tracer(__name__)
requests = metrics.get_meter(__name__).create_histogram(
    "http.server.request.duration", unit="s", description="Duration of HTTP server requests."
)

CALL_SECONDS = 10


class Failed(Exception):
    """A request ends with this status; `message` is for the caller."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


Answer = Mapping[str, Any]
Routes = Mapping[str, Callable[..., Answer]]
"""`"GET /videos/{id}"` → a function of the path's parts, the query's and the body's fields, as keyword arguments."""


def serve(routes: Routes) -> ThreadingHTTPServer:
    """A server on a free port of this machine, not yet started."""
    patterns = [(*route.split(" ", 1), function) for route, function in routes.items()]
    compiled = [
        (method, path, re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)), function)
        for method, path, function in patterns
    ]

    class Handler(_Handler):
        routes = compiled

    return _Server(("127.0.0.1", 0), Handler)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    routes: list[tuple[str, str, re.Pattern, Callable[..., Answer]]]

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Its access log; the spans say the same."""

    def _handle(self) -> None:
        url = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(url.query).items()}
        if length := int(self.headers.get("Content-Length", 0)):
            given |= json.loads(self.rfile.read(length))
        for method, path, pattern, function in self.routes:
            if method == self.command and (found := pattern.fullmatch(url.path)):
                return self._answer(path, function, given | found.groupdict())
        return self._send(404, {"error": "no such page"}, None)

    def _answer(self, route: str, function: Callable[..., Answer], given: dict[str, Any]) -> None:
        attributes = {
            "http.request.method": self.command, "http.route": route, "url.path": self.path.partition("?")[0],
            "server.address": "127.0.0.1", "client.address": self.client_address[0],
        }  # fmt: skip
        came_from = propagate.extract(dict(self.headers))
        name, started = f"{self.command} {route}", time.perf_counter()
        with tracer.start_as_current_span(name, came_from, SpanKind.SERVER, attributes=attributes) as span:
            status, answer = _outcome(span, function, given)
            span.set_attribute("http.response.status_code", status)
            self._send(status, answer, span)
            asked = {"http.request.method": self.command, "http.route": route, "http.response.status_code": status}
            requests.record(time.perf_counter() - started, asked)

    def _send(self, status: int, answer: Answer, span: Span | None) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if span:
            context = span.get_span_context()
            self.send_header("traceresponse", f"00-{context.trace_id:032x}-{context.span_id:016x}-01")
        self.end_headers()
        self.wfile.write(body)


def _outcome(span: Span, function: Callable[..., Answer], given: dict[str, Any]) -> tuple[int, Answer]:
    """What a route's function returns or raises, as a status and a body."""
    try:
        return 200, function(**given)
    except Failed as failed:
        if failed.status >= 500:
            span.set_status(Status(StatusCode.ERROR, str(failed)))
        return failed.status, {"error": str(failed)}
    except Exception as error:
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
        logger.exception("request failed")
        return 500, {"error": "internal error"}


def call(base: str, method: str, path: str, body: Answer | None = None) -> Answer:
    """Another process's answer; Failed when its status is an error."""
    url = urlsplit(base)
    attributes = {
        "http.request.method": method, "url.full": base + path,
        "server.address": url.hostname, "server.port": url.port,
    }  # fmt: skip
    with tracer.start_as_current_span(method, kind=SpanKind.CLIENT, attributes=attributes) as span:
        headers = {"Content-Type": "application/json"}
        propagate.inject(headers)
        status, answer = send(base, method, path, body, headers)[:2]
        span.set_attribute("http.response.status_code", status)
        if status >= 400:
            span.set_status(Status(StatusCode.ERROR, answer["error"]))
    if status >= 400:
        raise Failed(502 if status >= 500 else status, answer["error"])
    return answer


def send(
    base: str, method: str, path: str, body: Answer | None, headers: Mapping[str, str]
) -> tuple[int, Answer, Mapping[str, str]]:
    """One request without any span: status, body and headers of the answer."""
    url = urlsplit(base)
    with closing(http.client.HTTPConnection(url.hostname, url.port, timeout=CALL_SECONDS)) as connection:
        connection.request(method, path, json.dumps(body) if body is not None else None, dict(headers))
        response = connection.getresponse()
        return response.status, json.loads(response.read()), response.headers
