"""A client of the HTTP API: questions out, JSON or a complaint back.

On http.client: importing it takes 25 ms, httpx 250 ms, and a command is one request. It asks no proxy, since the
server is mostly on this machine.
"""

import http.client
import json
import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from trivet.cli.complaint import Misused, Refused
from trivet.errors import Unavailable
from trivet.version import __version__

DEFAULT_URL = "http://127.0.0.1:4318"
CONNECT_SECONDS = 10
ANSWER_SECONDS = 120  # well above the server's own budget for one question


class Client:
    """Raises Refused for an answer that is an error, Unavailable when there is none."""

    def __init__(self, url: str, *, token: str = "", session: str = "", seconds: float = ANSWER_SECONDS):
        self._at = _address(url)
        self._seconds = seconds
        self._headers = {
            "Accept": "application/json",
            "User-Agent": f"trivet/{__version__}",
            "Trivet-Session": session or shell_session(),
        }
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    @property
    def url(self) -> str:
        return self._at.geturl()

    def get(self, path: str, *, text: str = "", **parameters: Any) -> Any:
        """The JSON of `GET path`; parameters that are None are left out. `text` is what an error's column counts in."""
        with self._answer("GET", path, parameters, None) as response:
            return self._json(response, text)

    def post(self, path: str, body: Mapping[str, Any], *, text: str = "") -> Any:
        with self._answer("POST", path, {}, json.dumps(body).encode()) as response:
            return self._json(response, text)

    def told(self, path: str, body: Mapping[str, Any], say: Callable[[Any], None], *, text: str = "") -> Any:
        """As `post`, for what can take long: `say` hears of the progress, `{rows, total, ms}`."""
        sent = json.dumps(body).encode()
        with self._answer("POST", path, {}, sent, accept="text/event-stream") as response:
            if "event-stream" not in response.headers.get("Content-Type", ""):
                return self._json(response, text)
            for event, data in _events(response):
                if event == "result":
                    return data
                if event == "error":
                    raise _refused(data, response, text)
                say(data)
        raise Unavailable(f"the server at {self.url} went away before it had answered")

    def pages(self, path: str, rows: str, limit: int, *, text: str = "", **parameters: Any) -> dict[str, Any]:
        """Up to `limit` of the list `rows`, over as many requests as that takes; the last answer's other fields."""
        found: list[Any] = []
        cursor, answer = None, {}
        while len(found) < limit:
            wanted = min(limit - len(found), 1000)
            answer = self.get(path, text=text, limit=wanted, cursor=cursor, **parameters)
            found += answer[rows]
            cursor = answer.get("next")
            if cursor is None:
                break
        return {**answer, rows: found}

    def events(self, path: str, *, text: str = "", **parameters: Any) -> Iterator[tuple[str, Any]]:
        """Server-sent events of `path` as (event, data) until the server ends the stream."""
        with self._answer("GET", path, parameters, None, accept="text/event-stream") as response:
            if response.status != HTTPStatus.OK or "event-stream" not in response.headers.get("Content-Type", ""):
                self._json(response, text)
                raise Refused(f"{self.url}{path} does not stream", code="unsupported")
            yield from _events(response)

    def _answer(
        self, method: str, path: str, parameters: Mapping[str, Any], body: bytes | None, accept: str | None = None
    ) -> "_Answer":
        asked = urlencode({name: value for name, value in parameters.items() if value is not None})
        headers = self._headers | ({"Accept": accept} if accept else {})
        if body is not None:
            headers["Content-Type"] = "application/json"
        target = self._at.path + path + (f"?{asked}" if asked else "")
        return _Answer(self.url, self.connection(), self._seconds, lambda c: c.request(method, target, body, headers))

    @property
    def headers(self) -> dict[str, str]:
        return dict(self._headers)

    def target(self, path: str) -> str:
        """What a request line says for `path`."""
        return self._at.path + path

    def unanswered(self, error: Exception) -> Unavailable:
        return _unanswered(self.url, error)

    def connection(self) -> http.client.HTTPConnection:
        make = http.client.HTTPSConnection if self._at.scheme == "https" else http.client.HTTPConnection
        return make(self._at.hostname, self._at.port, timeout=min(CONNECT_SECONDS, self._seconds))

    def _json(self, response: http.client.HTTPResponse, text: str) -> Any:
        try:
            answer = json.loads(response.read())
        except ValueError:
            raise Unavailable(
                f"what answers at {self.url} is not Trivet ({response.status} {response.reason})",
                hint="name the server with --url or TRIVET_URL",
            ) from None
        if response.status != HTTPStatus.OK:
            raise _refused(answer, response, text)
        return answer


class _Answer:
    """One request on a connection of its own; as a context, its response. Trouble on the way becomes Unavailable."""

    def __init__(self, url: str, connection: http.client.HTTPConnection, seconds: float, send: Callable[[Any], None]):
        self._url = url
        self._connection = connection
        self._seconds = seconds
        self._send = send

    def __enter__(self) -> http.client.HTTPResponse:
        try:
            self._connection.connect()
            self._connection.sock.settimeout(self._seconds)
            self._send(self._connection)
            return self._connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise _unanswered(self._url, error) from None

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: Any) -> None:
        self._connection.close()
        if isinstance(error, OSError | http.client.HTTPException):
            raise _unanswered(self._url, error) from None


def path_part(text: str) -> str:
    return quote(text, safe="")


def _address(url: str) -> SplitResult:
    """`HOST:PORT`, `http://HOST:PORT`, `https://HOST/below`; Misused for anything else."""
    try:
        split = urlsplit(url if "://" in url else f"http://{url}")
        usable = split.scheme in ("http", "https") and split.hostname and (split.port or True)
    except ValueError:
        usable = False
    if not usable:
        raise Misused(f"{url!r} is not the address of a server", hint=f"wanted something like {DEFAULT_URL}")
    return split._replace(path=split.path.rstrip("/"), query="", fragment="")


def _unanswered(url: str, error: Exception) -> Unavailable:
    if isinstance(error, TimeoutError):
        return Unavailable(f"the server at {url} did not answer in time")
    if isinstance(error, ssl.SSLError):
        why = getattr(error, "verify_message", "") or error.reason or error
        return Unavailable(
            f"no safe connection to {url}: {why}",
            hint="SSL_CERT_FILE can name the certificate to trust; a server without TLS wants http://",
        )
    why = getattr(error, "strerror", None) or type(error).__name__
    hint = "start one with `trivet up`, or name yours with --url or TRIVET_URL"
    return Unavailable(f"no server answers at {url} ({why})", hint=hint)


def _refused(answer: Any, response: http.client.HTTPResponse, text: str) -> Refused:
    """The API's error envelope as an exception."""
    said = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(said, dict):
        said = {"message": f"the server answered {response.status} {response.reason}"}
    later = response.headers.get("Retry-After")
    hint = said.get("hint") or (f"try again in {later} s" if later else None)
    message = said.get("message") or f"the server answered {response.status}"
    return Refused(message, text=text, code=said.get("code"), hint=hint, at=said.get("at"))


def _events(lines: Iterator[bytes]) -> Iterator[tuple[str, Any]]:
    """Server-sent events: `event:` and `data:` lines up to an empty one; comments keep the connection busy."""
    event, data = "message", []
    for raw in lines:
        line = raw.decode().rstrip("\r\n")
        name, _, value = line.partition(":")
        if name == "event":
            event = value.removeprefix(" ")
        elif name == "data":
            data.append(value.removeprefix(" "))
        elif not line:
            if data:
                yield event, json.loads("\n".join(data))
            event, data = "message", []


def shell_session() -> str:
    """One name for all commands of a shell: its pid and when it started, so that investigations stay apart."""
    shell = os.getsid(0) or os.getppid()
    try:
        started = Path(f"/proc/{shell}/stat").read_text().rpartition(")")[2].split()[19]  # clock ticks since boot
    except (OSError, IndexError):
        started = "0"
    return f"shell-{shell}-{started}"
