"""The pages: the built bundle as static files, kept in memory.

Files whose names carry a hash are cached for ever, everything else is asked for again. The paths of pages answer with
the bundle's `index.html`, and no other path does.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

UI = Path(__file__).parent / "ui"
PAGES = (
    "/",
    "/traces",
    "/traces/{trace_id}",
    "/logs",
    "/explore",
    "/services",
    "/services/{name}",
    "/metrics-explorer",
    "/sql",
)

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Trivet</title>
<h1>The server runs; its pages have not been built.</h1>
<p>In a clone, <code>make setup</code> builds them. The API works without: <a href="/api/status">/api/status</a>,
<a href="/api/openapi.json">/api/openapi.json</a>. OTLP is taken at <code>/v1/traces</code>, <code>/v1/metrics</code>
and <code>/v1/logs</code> of this address.</p></html>
"""


@dataclass(frozen=True)
class File:
    """One file of the bundle."""

    body: bytes
    media_type: str
    cache: str

    @classmethod
    def read(cls, path: Path, hashed: bool) -> "File":
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return cls(path.read_bytes(), media_type, FOR_EVER if hashed else ASK_AGAIN)

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.blake2b(self.body, digest_size=12).hexdigest()}"'

    @cached_property
    def compressed(self) -> bytes | None:
        """gzip, where that makes it smaller."""
        body = gzip.compress(self.body, mtime=0)
        return body if len(body) < len(self.body) else None

    def response(self, request: Request) -> Response:
        headers = {"cache-control": self.cache, "etag": self.etag, "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", "") and self.compressed:
            headers["content-encoding"] = "gzip"
            return Response(self.compressed, headers=headers, media_type=self.media_type)
        return Response(self.body, headers=headers, media_type=self.media_type)


class Pages:
    """The bundle of a directory; read again when it has been built anew."""

    def __init__(self, directory: Path = UI):
        self._directory = directory
        self._built = 0
        self._files: dict[str, File] = {}

    def routes(self) -> list[Route]:
        return [Route(path, self._page) for path in PAGES]

    async def file(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application for what no route takes."""
        file = self._bundle().get(scope["path"].removeprefix("/"))
        if file is None or scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(404, "there is nothing at this address")
        await file.response(Request(scope, receive))(scope, receive, send)

    async def _page(self, request: Request) -> Response:
        index = self._bundle().get("index.html")
        if index is None:
            return Response(MISSING, status_code=503, media_type="text/html", headers={"cache-control": "no-store"})
        return index.response(request)

    def _bundle(self) -> dict[str, File]:
        index = self._directory / "index.html"
        built = index.stat().st_mtime_ns if index.exists() else 0
        if built != self._built:
            self._built = built
            self._files = dict(_read(self._directory)) if built else {}
        return self._files


def _read(directory: Path) -> list[tuple[str, File]]:
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    names = [path.relative_to(directory).as_posix() for path in paths]
    return [(name, File.read(path, name.startswith("assets/"))) for name, path in zip(names, paths, strict=True)]
