"""One HTTP request to the engine, as ClickHouse's interface understands it: who asks, the statement, its data,
settings and parameters. https://clickhouse.com/docs/interfaces/http
"""

import base64
import binascii
import hmac
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from trivet.store.compression import decoder
from trivet.store.exceptions import EngineError

# What the interface itself consumes; every other parameter of the URL is a setting.
INTERFACE = {
    "query", "database", "default_format", "query_id", "session_id", "session_timeout", "session_check",
    "close_session", "user", "password", "quota_key", "role", "compress", "decompress", "stacktrace", "buffer_size",
    "wait_end_of_query", "client_protocol_version", "enable_http_compression", "send_progress_in_http_headers",
    "http_headers_progress_interval_ms", "cancel_http_readonly_queries_on_client_close",
}  # fmt: skip
Receive = Callable[[], Awaitable[dict]]


@dataclass
class EngineRequest:
    """`interface` holds what the HTTP interface itself consumes, `settings` and `params` what the statement gets."""

    method: str
    path: str
    headers: dict[str, str]
    interface: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    body: AsyncIterator[bytes] = field(default_factory=lambda: _nothing(), repr=False)

    @classmethod
    def of(cls, scope: dict) -> "EngineRequest":
        """The head of the request; `read_body` goes on, once it is known who asks."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        request = cls(scope["method"], scope["path"], headers)
        query = scope["query_string"].decode("latin-1")
        request._take(parse_qsl(query, keep_blank_values=True, errors="surrogateescape"))
        if request.method in ("GET", "HEAD"):  # ClickHouse's own rule
            request.settings.setdefault("readonly", "2")
        return request

    async def read_body(self, receive: Receive) -> None:
        """Parameters out of a form; anything else stays in `body`, still to come. EngineError: not understood."""
        if self.wants("decompress") or self.wants("compress"):
            raise EngineError.of(48, "NOT_IMPLEMENTED", "compress and decompress: use Content-Encoding instead")
        self.body = _decoded(_chunks(receive), self.headers.get("content-encoding", ""))
        content_type = self.headers.get("content-type", "")
        if content_type.startswith("multipart/form-data"):
            self._take(_form(await whole(self.body), content_type))
            self.body = _nothing()

    def _take(self, fields: Iterable[tuple[str, str]]) -> None:
        for name, value in fields:
            if name in INTERFACE:
                self.interface[name] = value
            elif name.startswith("param_"):
                self.params[name.removeprefix("param_")] = value
            else:
                self.settings[name] = value

    def credentials(self) -> tuple[str, str]:
        """User and password from the `X-ClickHouse-` headers, Basic authentication or the URL, in that order."""
        if "x-clickhouse-user" in self.headers:
            return self.headers["x-clickhouse-user"], self.headers.get("x-clickhouse-key", "")
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                user, _, password = base64.b64decode(value).decode().partition(":")
                return user, password
            except (binascii.Error, UnicodeDecodeError):
                return "", ""
        return self.interface.get("user", ""), self.interface.get("password", "")

    def is_from(self, user: str, password: str) -> bool:
        given_user, given_password = self.credentials()
        right = hmac.compare_digest(given_user.encode(), user.encode())
        return hmac.compare_digest(given_password.encode(), password.encode()) and right

    def wants(self, name: str) -> bool:
        return self.interface.get(name, "0").lower() in ("1", "true")

    @property
    def database(self) -> str:
        return self.interface.get("database") or self.headers.get("x-clickhouse-database", "")

    @property
    def default_format(self) -> str:
        return self.interface.get("default_format") or self.headers.get("x-clickhouse-format") or "TabSeparated"


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client went away while sending")
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


async def _decoded(chunks: AsyncIterator[bytes], coding: str) -> AsyncIterator[bytes]:
    try:
        decode = decoder(coding)
    except KeyError:
        raise EngineError.of(48, "NOT_IMPLEMENTED", f"Content-Encoding {coding} is not read here") from None
    async for chunk in chunks:
        try:
            yield decode.decompress(chunk) if decode else chunk
        except Exception as error:
            raise EngineError.of(36, "BAD_ARGUMENTS", f"the body is not valid {coding}: {error}") from None
    if decode and not decode.eof:
        raise EngineError.of(36, "BAD_ARGUMENTS", f"the {coding} body ends too early")


async def whole(body: AsyncIterator[bytes]) -> bytes:
    return b"".join([part async for part in body])


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield


def _form(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The fields of a multipart form. Files, ClickHouse's external tables, are not taken."""
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if not boundary:
        raise EngineError.of(36, "BAD_ARGUMENTS", "a multipart body without a boundary")
    fields = []
    for part in body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = re.search(rb'\bname="([^"]*)"', head)
        if not name or b"filename=" in head:
            raise EngineError.of(48, "NOT_IMPLEMENTED", "the embedded engine takes no external tables")
        fields.append((name[1].decode(), value.removesuffix(b"\r\n").decode("utf-8", "surrogateescape")))
    return fields
