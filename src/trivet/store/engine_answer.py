"""One HTTP answer of the engine: whole and with its totals when small, in chunks when large."""

import asyncio
import json
import re
import secrets
import uuid
from collections.abc import Awaitable, Callable

from trivet.store.compression import Encoder, encoder
from trivet.store.engine_request import EngineRequest
from trivet.store.exceptions import EngineError, http_status
from trivet.store.execution import Totals
from trivet.store.statement import Statement

Send = Callable[[dict], Awaitable[None]]

CONTENT_TYPES = {
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "TSV": "text/tab-separated-values; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8",
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
}
_UNSAFE = re.compile(r"[^A-Za-z0-9_.:/-]")


class Answer:
    """`stream` is called in the statement's thread, everything else on the event loop."""

    def __init__(self, send: Send):
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._encoder: Encoder | None = None
        self._started = False
        self._tag = secrets.token_hex(8)
        self._headers = {"X-ClickHouse-Server-Display-Name": "trivet", "X-ClickHouse-Timezone": "UTC"}
        self.query_id = ""
        self.totals = Totals()

    def prepare(self, request: EngineRequest, sql: Statement) -> None:
        self.query_id = _UNSAFE.sub("", request.interface.get("query_id", "")) or str(uuid.uuid4())
        if request.wants("enable_http_compression"):
            coding, self._encoder = encoder(request.headers.get("accept-encoding", ""))
            if coding:
                self._headers["Content-Encoding"] = coding
        form = _UNSAFE.sub("", sql.format or request.default_format)
        self._headers |= {"X-ClickHouse-Query-Id": self.query_id}
        if sql.verb != "INSERT":
            self._headers |= {
                "X-ClickHouse-Format": form,
                "Content-Type": CONTENT_TYPES.get(form, "application/octet-stream"),
            }

    async def text(self, body: str) -> None:
        await self._start(200, {"Content-Length": str(len(body))})
        await self._send({"type": "http.response.body", "body": body.encode()})

    async def complete(self, blocks: list[bytes]) -> None:
        """The end of the answer; all of it when nothing was streamed before."""
        body = self._encoded(b"".join(blocks), last=True)
        if not self._started:
            await self._start(200, self._summary() | {"Content-Length": str(len(body))})
        await self._send({"type": "http.response.body", "body": body})

    def stream(self, block: bytes) -> None:
        """Send a part and wait until the client's socket takes it."""
        asyncio.run_coroutine_threadsafe(self._part(block), self._loop).result()

    async def _part(self, block: bytes) -> None:
        if not self._started:
            await self._start(200, self._summary() | {"X-ClickHouse-Exception-Tag": self._tag})
        await self._send({"type": "http.response.body", "body": self._encoded(block), "more_body": True})

    async def fail(self, error: EngineError) -> None:
        """The error as an answer of its own, or at the end of one that has begun."""
        text = error.message.rstrip() + "\n"
        if self._started:
            tagged = f"\r\n__exception__\r\n{self._tag}\r\n{text}{len(text)} {self._tag}\r\n__exception__\r\n"
            await self._send({"type": "http.response.body", "body": self._encoded(tagged.encode(), last=True)})
            return
        self._headers.pop("Content-Encoding", None)
        headers = {"X-ClickHouse-Exception-Code": str(error.code), "Content-Type": "text/plain; charset=UTF-8"}
        if error.code == 516:
            headers["WWW-Authenticate"] = 'Basic realm="ClickHouse"'
        await self._start(http_status(error.code), headers | {"Content-Length": str(len(text.encode()))})
        await self._send({"type": "http.response.body", "body": text.encode()})

    async def _start(self, status: int, headers: dict[str, str]) -> None:
        self._started = True
        both = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (self._headers | headers).items()]
        await self._send({"type": "http.response.start", "status": status, "headers": both})

    def _summary(self) -> dict[str, str]:
        return {"X-ClickHouse-Summary": json.dumps(self.totals.summary())}

    def _encoded(self, data: bytes, *, last: bool = False) -> bytes:
        if not self._encoder:
            return data
        return self._encoder.compress(data) + (self._encoder.flush() if last else b"")
