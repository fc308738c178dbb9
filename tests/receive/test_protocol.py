"""Slow, idle and malformed connections, and that good requests go on beside them."""

import asyncio
import resource
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

import httpx
import pytest
from receive.asking import connected, eventually, post, read_answer, read_to_end, request, trace_body
from receive.serving import Serving
from receive.spools import SlowDisk

from trivet.receive.http import Receive, Scope, Send
from trivet.receive.protocol import MAX_HEAD_BYTES, MAX_PIPELINED

QUICK = {"header_timeout": 0.3, "body_timeout": 0.3, "idle_timeout": 0.3}
GOOD = request(trace_body())


@pytest.fixture
def hurried(start: Callable[..., Serving]) -> Serving:
    return start(**QUICK)


def dribble(connection: socket.socket, data: bytes) -> bytes:
    """Sends byte after byte, each well within any time-out, until the server answers or closes."""
    connection.settimeout(0.05)
    for place in range(len(data)):
        try:
            connection.sendall(data[place : place + 1])
            if received := connection.recv(65536):
                return received
            return b""
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            return b""
    raise AssertionError("the server took it all")


def test_a_dribbled_head_is_timed_from_its_first_byte(hurried: Serving):
    with connected(hurried.port) as connection:
        assert dribble(connection, GOOD[:90]).startswith(b"HTTP/1.1 408")


def test_a_dribbled_body_is_timed_from_its_head(hurried: Serving):
    with connected(hurried.port) as connection:
        connection.sendall(request(b"", length=1000))
        answer = dribble(connection, b"\x0a\x00" * 500)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer
    assert eventually(lambda: hurried.receiver.admission.held_bytes == 0)


def test_a_connection_that_says_nothing_is_closed(hurried: Serving):
    with connected(hurried.port) as connection:
        assert read_to_end(connection) == b""


def test_a_connection_is_kept_between_requests_and_then_closed(start: Callable[..., Serving]):
    serving = start(**{**QUICK, "idle_timeout": 1.0})
    with connected(serving.port) as connection:
        for _ in range(3):
            connection.sendall(GOOD)
            assert read_answer(connection).startswith(b"HTTP/1.1 200")
            time.sleep(0.4)
        started = time.monotonic()
        assert read_to_end(connection) == b""
        assert 0.3 < time.monotonic() - started < 5


def test_an_answer_that_takes_long_is_waited_for(start: Callable[..., Serving]):
    disk = SlowDisk()
    serving = start(disk, **QUICK)
    with connected(serving.port) as connection:
        connection.sendall(GOOD)
        eventually(lambda: disk.waiting)
        time.sleep(1.5)
        serving.on_loop(disk.release())
        assert read_answer(connection).startswith(b"HTTP/1.1 200")


def test_a_refused_body_that_never_ends_is_cut_off(start: Callable[..., Serving]):
    serving = start(**QUICK, max_body_bytes=1000)
    with connected(serving.port) as connection:
        connection.sendall(request(b"", length=10**9))
        assert read_answer(connection).startswith(b"HTTP/1.1 413")
        assert dribble(connection, b"x" * 1000) == b""


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    """An application whose answer never ends while somebody listens."""
    await receive()
    gone = asyncio.ensure_future(receive())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while not gone.done():
        await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})
        await asyncio.sleep(0.001)


def test_a_client_that_does_not_read_is_cut_off(start: Callable[..., Serving]):
    serving = start(behind=endless, **QUICK)
    with connected(serving.port) as reading, connected(serving.port) as connection:
        for one in (reading, connection):
            one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        end = time.monotonic() + 2
        while time.monotonic() < end:
            assert reading.recv(1 << 20)
        eventually(lambda: len(serving.server.server_state.connections) == 1)


@pytest.mark.parametrize(
    "head",
    [
        b"POST /v1/traces HTTP/1.1\r\nX: " + b"x" * (3 * MAX_HEAD_BYTES),
        b"POST /" + b"x" * (3 * MAX_HEAD_BYTES),
        b"POST /v1/traces HTTP/1.1\r\n" + b"X: y\r\n" * MAX_HEAD_BYTES,
        b"\r\n" * (3 * MAX_HEAD_BYTES),
    ],
    ids=["header", "path", "headers", "line ends"],
)
def test_a_head_without_end_is_refused(shared: Serving, head: bytes):
    with connected(shared.port) as connection:
        try:
            connection.sendall(head)
        except (ConnectionResetError, BrokenPipeError):
            pass
        answer = read_to_end(connection)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431") or answer.startswith(b"HTTP/1.1 400")
    assert not shared.server.server_state.connections


def test_trailers_without_end_are_refused(shared: Serving):
    with connected(shared.port) as connection:
        connection.sendall(request(b"", "Transfer-Encoding: chunked") + b"2\r\n\x0a\x00\r\n0\r\n")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(1000):
                connection.sendall(b"X: " + b"y" * 10_000 + b"\r\n")
                time.sleep(0.001)


def test_a_chunked_body_of_single_bytes_passes(serving: Serving):
    body = trace_body(2000)
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    with connected(serving.port) as connection:
        connection.sendall(request(b"", "Transfer-Encoding: chunked") + chunks)
        assert read_answer(connection).startswith(b"HTTP/1.1 200")
    assert serving.bodies("traces") == [body]


def test_too_many_requests_sent_ahead_end_the_connection(start: Callable[..., Serving]):
    disk = SlowDisk()
    serving = start(disk)
    with connected(serving.port) as connection:
        connection.sendall(GOOD * (3 * MAX_PIPELINED))
        assert read_to_end(connection) == b""
    serving.on_loop(disk.release())


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_is_refused(shared: Serving, nonsense: bytes):
    with connected(shared.port) as connection:
        connection.sendall(nonsense)
        answer = read_to_end(connection)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


def test_an_upgrade_is_ignored(shared: Serving):
    with connected(shared.port) as connection:
        connection.sendall(request(trace_body(), "Connection: Upgrade, close", "Upgrade: websocket"))
        assert read_to_end(connection).startswith(b"HTTP/1.1 ")


def test_thousands_of_idle_connections_stay_cheap_and_good_requests_go_on(start: Callable[..., Serving]):
    """2,000 connections that say nothing, half of a head or half of a body; both ends are in this process."""
    serving = start()
    with ExitStack() as stack, httpx.Client(base_url=serving.url) as client:
        assert post(client, trace_body()).status_code == 200
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for number in range(2000):
            connection = stack.enter_context(connected(serving.port))
            connection.sendall((b"", GOOD[:40], GOOD[:-5])[number % 3])
        eventually(lambda: len(serving.server.server_state.connections) == 2001)
        started = time.perf_counter()
        for _ in range(50):
            assert post(client, trace_body()).status_code == 200
        assert time.perf_counter() - started < 5
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2000 * 30
    assert len(serving.bodies("traces")) == 51


def test_connections_over_the_limit_are_closed(start: Callable[..., Serving]):
    serving = start(max_connections=3)
    with ExitStack() as stack:
        first = [stack.enter_context(connected(serving.port)) for _ in range(3)]
        eventually(lambda: len(serving.server.server_state.connections) == 3)
        assert read_to_end(stack.enter_context(connected(serving.port))) == b""
        first[0].sendall(GOOD)
        assert read_answer(first[0]).startswith(b"HTTP/1.1 200")
        first[1].close()
        eventually(lambda: len(serving.server.server_state.connections) == 2)
        late = stack.enter_context(connected(serving.port))
        late.sendall(GOOD)
        assert read_answer(late).startswith(b"HTTP/1.1 200")
