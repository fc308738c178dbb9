"""What names say of a call: heuristics, in the words that libraries use."""

import re
from typing import Final

PRODUCES: Final = frozenset((
    "send", "publish", "enqueue", "submit", "dispatch", "emit", "produce", "schedule", "defer", "push", "delay",
    "notify", "xadd",
))  # fmt: skip
CONSUMES: Final = frozenset((
    "process", "consume", "handle", "receive", "perform", "work", "poll", "subscribe", "listen",
))  # fmt: skip
ASKS: Final = frozenset((
    "request", "get", "post", "put", "patch", "delete", "head", "options", "fetch", "execute", "executemany",
    "query", "call", "invoke", "connect", "read", "write", "upload", "download", "search", "insert", "update",
    "upsert", "select", "find", "scan", "command", "send", "ask", "chat", "complete", "generate", "embed",
    "render", "convert", "translate", "transcode", "encode", "lookup", "resolve", "load", "save", "store",
    "remove", "list", "stream", "ping", "login", "authenticate", "urlopen",
))  # fmt: skip
# `handle_failure` is told of by the span that failed.
OUTCOMES: Final = frozenset((
    "failure", "success", "error", "errors", "exception", "exceptions", "retry", "result", "results",
    "callback",
))  # fmt: skip
# `get_version` hands out what is there; `get` may ask.
OFTEN_ACCESSORS: Final = frozenset((
    "get", "list", "find", "load", "resolve", "select", "options", "read", "remove", "store",
))  # fmt: skip
# Reaching for these from inside says that a call leaves the process.
REACHES: Final = frozenset((
    "socket", "connect", "create_connection", "open_connection", "sendall", "recv", "send", "sendto",
    "recvfrom", "getresponse", "urlopen", "urlretrieve", "request", "execute", "fetch", "readline",
    "readexactly", "drain", "write_eof", "getaddrinfo", "Popen", "create_subprocess_exec",
))  # fmt: skip
CLASSES: Final = {
    "producer": ("queue", "producer", "publisher", "sender", "broker", "exchange", "topic"),
    "consumer": ("worker", "consumer", "subscriber", "receiver", "listener", "processor"),
    "client": ("client", "session", "connection", "cursor", "api", "database", "transport", "http", "pool", "engine"),
}
TELLS_OF_IO: Final = frozenset((
    "url", "uri", "host", "hostname", "address", "endpoint", "query", "sql", "statement", "command", "request",
    "bucket", "path", "timeout", "method", "headers", "params", "recipients", "to_addrs",
))  # fmt: skip
TELLS_OF_MESSAGES: Final = frozenset((
    "message", "msg", "job", "task", "topic", "queue", "queue_name", "channel", "subject", "routing_key",
))  # fmt: skip
# Where a message usually has room for a context.
CARRIERS: Final = ("headers", "metadata", "meta", "properties", "attributes", "labels", "opts", "options")
MESSAGES: Final = ("message", "msg", "job", "task", "event", "record")
# Parameters that the semantic conventions have an attribute for.
ATTRIBUTES: Final = {
    "url": "url.full", "uri": "url.full", "method": "http.request.method", "host": "server.address",
    "hostname": "server.address", "port": "server.port", "sql": "db.query.text", "query": "db.query.text",
    "statement": "db.query.text", "topic": "messaging.destination.name", "queue": "messaging.destination.name",
    "queue_name": "messaging.destination.name", "channel": "messaging.destination.name",
    "subject": "messaging.destination.name", "routing_key": "messaging.destination.name",
}  # fmt: skip
# Never proposed: what is long, and what is nobody's business.
SECRET: Final = re.compile(r"pass|secret|token|auth|credential|cert|cookie|email|body|content|data|payload|value|text")
# What a test passes: nothing listens on port 9 of this machine.
SAMPLES: Final = {
    "url": "http://127.0.0.1:9/", "uri": "http://127.0.0.1:9/", "endpoint": "http://127.0.0.1:9/",
    "host": "127.0.0.1", "hostname": "127.0.0.1", "address": "127.0.0.1:9", "port": 9, "method": "GET",
    "sql": "SELECT 1", "query": "SELECT 1", "statement": "SELECT 1", "headers": {}, "timeout": 1,
}  # fmt: skip
WHERE: Final = frozenset(("url", "uri", "endpoint", "host", "hostname", "address", "port"))
SAMPLES_OF_TYPES: Final = {"int": 1, "float": 1.0, "bool": True, "bytes": b"x", "dict": {}, "list": [], "Mapping": {}}


def split(name: str) -> list[str]:
    """`apply_async` and `applyAsync` → `apply`, `async`."""
    return [word.lower() for part in name.split("_") for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", part)]


def has(names: object, words: frozenset[str]) -> bool:
    return any(word in words for word in names)  # type: ignore[attr-defined]
