"""HTTP clients against a real server: one span a request, the context in its headers, the convention's attributes."""

import asyncio
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import urllib3

from trivet.testing import Capture


class Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers.items()))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/200")
        else:
            self.send_response(int(self.path.partition("?")[0][1:]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.seen = []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def with_requests(url: str) -> None:
    requests.get(url, timeout=5)


def with_urllib3(url: str) -> None:
    with urllib3.PoolManager() as pool:
        pool.request("GET", url, headers={"mine": "1"})


def with_httpx(url: str) -> None:
    with httpx.Client(trust_env=False, follow_redirects=True) as client:
        client.get(url)


def with_httpx_async(url: str) -> None:
    async def get() -> None:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as client:
            await client.get(url)

    asyncio.run(get())


def with_aiohttp(url: str) -> None:
    async def get() -> None:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            await response.read()

    asyncio.run(get())


def with_urllib(url: str) -> None:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            response.read()
    except urllib.error.HTTPError as error:
        error.close()


CLIENTS = [with_requests, with_urllib, with_urllib3, with_httpx, with_httpx_async, with_aiohttp]


@pytest.mark.parametrize("get", CLIENTS)
def test_a_request_is_one_span_that_the_server_hears_of(told: Capture, server: ThreadingHTTPServer, get):
    port = server.server_port
    get(f"http://127.0.0.1:{port}/200?quality=1080")
    span = told.spans.one("GET").has(
        {
            "http.request.method": "GET",
            "url.full": f"http://127.0.0.1:{port}/200?quality=1080",
            "server.address": "127.0.0.1",
            "server.port": port,
            "http.response.status_code": 200,
        }
    )
    assert (span.kind, span.error) == ("client", None)
    [headers] = server.seen
    sent = {name.lower(): value for name, value in headers.items()}
    assert sent["traceparent"].split("-")[1:3] == [span.trace_id, span.span_id]
    assert told.metrics.count("http.client.request.duration", {"http.response.status_code": 200}) == 1


@pytest.mark.parametrize("get", CLIENTS)
def test_an_answer_that_is_an_error(told: Capture, server: ThreadingHTTPServer, get):
    get(f"http://127.0.0.1:{server.server_port}/404")
    told.spans.one("GET").has({"http.response.status_code": 404, "error.type": "404"}).failed("404")


@pytest.mark.parametrize("get", CLIENTS)
def test_redirects_are_a_part_of_the_request(told: Capture, server: ThreadingHTTPServer, get):
    get(f"http://127.0.0.1:{server.server_port}/moved")
    told.spans.one("GET").has({"http.response.status_code": 200})
    assert len(server.seen) == 2


@pytest.mark.parametrize("get", CLIENTS)
def test_nobody_there(told: Capture, get):
    with pytest.raises(Exception):  # noqa: B017 (each library has its own)
        get("http://127.0.0.1:1/200")
    span = told.spans.one("GET").failed()
    assert "error.type" in span.attributes


def test_passwords_in_urls_stay_here(told: Capture, server: ThreadingHTTPServer):
    with_requests(f"http://me:secret@127.0.0.1:{server.server_port}/200")
    assert "secret" not in str(told.spans.one("GET").attributes)


def test_urllib_with_a_body_and_without_http(told: Capture, server: ThreadingHTTPServer, tmp_path: Path):
    request = urllib.request.Request(f"http://127.0.0.1:{server.server_port}/200", headers={"Mine": "1"})
    urllib.request.urlopen(request, b"x", timeout=5).close()
    (tmp_path / "file").touch()
    urllib.request.urlopen((tmp_path / "file").as_uri()).close()
    assert told.spans.names == ["POST"]
    assert server.seen[0]["Mine"] == "1"


def test_a_client_that_wants_none_is_left_alone(told: Capture, server: ThreadingHTTPServer):
    with httpx.Client(trust_env=False) as client:
        client.untold = True
        client.get(f"http://127.0.0.1:{server.server_port}/200")
    assert not told.spans
    assert "traceparent" not in {name.lower() for name in server.seen[0]}


def test_a_session_that_wants_none_is_left_alone(told: Capture, server: ThreadingHTTPServer):
    async def ask() -> None:
        connector = aiohttp.TCPConnector()
        connector.untold = True
        async with aiohttp.ClientSession(connector=connector) as session:
            (await session.get(f"http://127.0.0.1:{server.server_port}/200")).close()

    asyncio.run(ask())
    assert not told.spans
    assert "traceparent" not in {name.lower() for name in server.seen[0]}
