"""One batch over HTTP/1.1, on a connection that is kept: never raises, answers what became of it."""

import http.client
import os
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from socket import SOCK_STREAM
from time import time
from typing import Any, Literal, NamedTuple

from trivet.sdk.endpoint import Target, is_loopback
from trivet.sdk.native import original
from trivet.sdk.wire import read_partial_success

LATER = (408, 429, 502, 503, 504)  # OTLP specification, *Retryable Response Codes*, and a timeout
CONNECT_SECONDS = 3.0
MAX_ANSWER = 65_536  # bytes of an answer that are looked at
# What a server that closed an idle connection looks like from here.
STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


@dataclass(slots=True)
class Batch:
    """One request: its body, and the key (32 hex) that is the same on every resend."""

    signal: str
    body: bytes
    items: int
    key: str = field(default_factory=lambda: os.urandom(16).hex())
    gzipped: bool = False
    attempts: int = 0
    path: Path | None = None  # its file, once it is in the spill
    lock: int | None = None  # on that file, while it is ours to deliver all the same
    rescued: bool = False  # it is the spill's from here on

    def close(self) -> None:
        """Of its lock, if there is one: a forked child's copy holds nothing."""
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None


def compress(body: bytes) -> bytes:
    """gzip at level 1: half the time of the default for 7 % more bytes (measured on batches of 1,000 spans)."""
    deflate = zlib.compressobj(1, zlib.DEFLATED, 31)
    return deflate.compress(body) + deflate.flush()


class Answer(NamedTuple):
    """`later`: worth a resend, after `wait` seconds when the server says so; `refused`: never will be."""

    what: Literal["accepted", "later", "refused"]
    why: str = ""
    wait: float | None = None
    rejected: int = 0  # of an accepted batch


class Transport:
    """Used by one thread at a time."""

    def __init__(self, targets: Mapping[str, Target], timeout: float):
        self.targets = targets
        self.timeout = timeout
        self._connections: dict[tuple, http.client.HTTPConnection] = {}

    def send(self, batch: Batch, timeout: float | None = None) -> Answer:
        target = self.targets.get(batch.signal)
        if target is None:
            return Answer("refused", f"{batch.signal} are switched off")
        timeout = self.timeout if timeout is None else max(0.05, min(timeout, self.timeout))
        kept = target.address in self._connections
        try:
            try:
                return self._exchange(target, batch, timeout)
            except STALE:
                if not kept:
                    raise
                self._drop(target)
                return self._exchange(target, batch, timeout)
        except Exception as error:  # OSError and HTTPException mostly; whatever it is, the data must stay
            self._drop(target)
            return Answer("later", f"{type(error).__name__}: {error}")

    def _exchange(self, target: Target, batch: Batch, timeout: float) -> Answer:
        connection, path = self._connection(target, timeout)
        headers = {**target.headers, "Trivet-Batch": batch.key}
        body = batch.body
        if batch.gzipped or target.gzip:
            headers["Content-Encoding"] = "gzip"
            body = body if batch.gzipped else compress(body)
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        said = response.read(MAX_ANSWER)
        if not response.isclosed():  # more than we care to read
            self._drop(target)
        return _answer(response, said)

    def _connection(self, target: Target, timeout: float) -> tuple[http.client.HTTPConnection, str]:
        connection = self._connections.get(target.address)
        proxy = None if is_loopback(target.host) else _proxy(target)
        if connection is None:
            connection = _connect(target, proxy, min(timeout, CONNECT_SECONDS))
            self._connections[target.address] = connection
        connection.sock.settimeout(timeout)
        return connection, str(target) if proxy and target.scheme == "http" else target.path

    def _drop(self, target: Target) -> None:
        connection = self._connections.pop(target.address, None)
        if connection is not None:
            connection.close()

    def close(self) -> None:
        for connection in list(self._connections.values()):
            connection.close()
        self._connections.clear()


def _connect(target: Target, proxy: tuple[str, int] | None, timeout: float) -> http.client.HTTPConnection:
    host, port = proxy or (target.host, target.port)
    if target.scheme == "https":
        context = ssl.create_default_context(cafile=target.certificate or None)
        if target.client[0]:
            context.load_cert_chain(target.client[0], target.client[1] or None)
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=timeout, context=context
        )
        if proxy:
            connection.set_tunnel(target.host, target.port)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
    connection._create_connection = _open_socket  # type: ignore[attr-defined]
    try:
        connection.connect()
    except BaseException:
        connection.close()
        raise
    return connection


def _open_socket(address: tuple[str, int], timeout: float, source: object = None) -> Any:
    """`socket.create_connection`, made of what the module held before anybody patched it."""
    failure: OSError | None = None
    for family, kind, protocol, _, found in original("socket", "getaddrinfo")(*address, type=SOCK_STREAM):
        made = original("socket", "socket")(family, kind, protocol)
        try:
            made.settimeout(timeout)
            made.connect(found)
            return made
        except OSError as error:
            made.close()
            failure = error
    raise failure or OSError(f"{address[0]} has no address")


def _proxy(target: Target) -> tuple[str, int] | None:
    """`HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, read only where one is set: urllib takes 20 ms to import."""
    if not any(name.lower() in ("http_proxy", "https_proxy", "all_proxy") for name in os.environ):
        return None
    from urllib.parse import urlsplit
    from urllib.request import getproxies_environment, proxy_bypass_environment

    proxies = getproxies_environment()
    address = proxies.get(target.scheme) or proxies.get("all")
    if not address or proxy_bypass_environment(target.host, proxies):
        return None
    url = urlsplit(address if "://" in address else f"http://{address}")
    return (url.hostname, url.port or 80) if url.hostname else None


def _answer(response: http.client.HTTPResponse, body: bytes) -> Answer:
    if response.status < 300:
        rejected, why = read_partial_success(body)
        return Answer("accepted", why, rejected=rejected)
    why = f"HTTP {response.status} {response.reason}"
    if response.status in LATER:
        return Answer("later", why, _retry_after(response.getheader("Retry-After")))
    return Answer("refused", why)


def _retry_after(text: str | None) -> float | None:
    """Seconds, from a number or an HTTP date (RFC 9110, 10.2.3)."""
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time())
    except ValueError:
        return None
