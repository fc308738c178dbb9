"""HTTP in the words of OpenTelemetry's stable conventions, for servers and clients.

https://opentelemetry.io/docs/specs/semconv/http/http-spans/
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from trivet.instrument.kit import Duration

METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"}
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}

CLIENT_DURATION = Duration(
    "http.client.request.duration",
    "Duration of HTTP client requests.",
    ("http.request.method", "server.address", "server.port", "http.response.status_code", "error.type"),
)
SERVER_DURATION = Duration(
    "http.server.request.duration",
    "Duration of HTTP server requests.",
    ("http.request.method", "url.scheme", "http.route", "http.response.status_code", "error.type"),
)


def method_of(method: Any) -> dict[str, Any]:
    """A method that nobody has heard of would make a series of its own: it is kept beside `_OTHER`."""
    text = (method.decode("latin-1") if isinstance(method, bytes) else str(method)).upper()
    if text in METHODS:
        return {"http.request.method": text}
    return {"http.request.method": "_OTHER", "http.request.method_original": text}


def client_name(method: Any) -> str:
    said = method_of(method)["http.request.method"]
    return "HTTP" if said == "_OTHER" else said


def client_request(method: Any, url: Any) -> dict[str, Any]:
    """Of a request that is about to be sent; user names and passwords leave the URL here, other secrets on the way."""
    parts = urlsplit(str(url))
    host = parts.hostname or ""
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    attributes = {**method_of(method), "url.full": urlunsplit(bare), "server.address": host}
    port = parts.port or PORTS.get(parts.scheme)
    return {**attributes, "server.port": port} if port else attributes


def client_response(status: int) -> dict[str, Any]:
    """From 400 on the client has failed, says the convention."""
    attributes: dict[str, Any] = {"http.response.status_code": status}
    return {**attributes, "error.type": str(status)} if status >= 400 else attributes


def server_request(method: Any, scheme: str, path: str, query: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """`headers` by lower-case name."""
    host, _, port = headers.get("host", "").rpartition(":") if ":" in headers.get("host", "") else (
        headers.get("host", ""), "", "")  # fmt: skip
    attributes = {
        **method_of(method), "url.scheme": scheme, "url.path": path, "url.query": query, "server.address": host,
        "user_agent.original": headers.get("user-agent", ""),
    }  # fmt: skip
    if port.isdigit():
        attributes["server.port"] = int(port)
    return {name: value for name, value in attributes.items() if value != ""}


def server_response(status: int) -> dict[str, Any]:
    """Only from 500 on the server has failed."""
    attributes: dict[str, Any] = {"http.response.status_code": status}
    return {**attributes, "error.type": str(status)} if status >= 500 else attributes


def named(method: str, route: str) -> str:
    return f"{client_name(method)} {route}" if route else client_name(method)
