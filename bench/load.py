"""A load generator that costs little: raw sockets, one thread, the same bytes again and again."""

import selectors
import socket
import time
from dataclasses import dataclass

END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """What went through: answered requests, and over how many seconds."""

    requests: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def http_request(path: str, body: bytes, content_type: str = "application/x-protobuf", more: str = "") -> bytes:
    fields = f"Host: localhost\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}"
    return f"POST {path} HTTP/1.1\r\n{fields}\r\n".encode() + body


def send(port: int, request: bytes, *, connections: int, seconds: float) -> Load:
    """Each connection sends, waits for its 200 and sends again. Anything but 200 ends the measurement."""
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        selector.register(socket.create_connection(("127.0.0.1", port)), selectors.EVENT_READ)
    try:
        for key in list(selector.get_map().values()):
            key.fileobj.sendall(request)
        return _exchange(selector, request, connections, seconds)
    finally:
        for key in list(selector.get_map().values()):
            key.fileobj.close()
        selector.close()


def _exchange(selector: selectors.BaseSelector, request: bytes, outstanding: int, seconds: float) -> Load:
    answered, started = 0, time.perf_counter()
    end = started + seconds
    while outstanding:
        for key, _ in selector.select():
            _expect_success(key.fileobj)
            if time.perf_counter() < end:
                answered += 1
                key.fileobj.sendall(request)
            else:
                outstanding -= 1
    return Load(answered, seconds)


def _expect_success(connection: socket.socket) -> None:
    """Reads one answer; servers of OTLP answer a success with a head and hardly any body, in one write or two."""
    answer = connection.recv(65536)
    while END_OF_HEAD not in answer or len(answer) < _length(answer):
        more = connection.recv(65536)
        if not more:
            break
        answer += more
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"refused: {answer[:300]!r}")


def _length(answer: bytes) -> int:
    head, _, _ = answer.lower().partition(END_OF_HEAD)
    _, _, rest = head.partition(b"content-length:")
    return len(head) + len(END_OF_HEAD) + int(rest.split(b"\r\n")[0] or 0)
