"""The process that decodes what would hold the event loop: `python -m trivet.receive.decode_child MEMORY`.

It reads requests from its standard input and answers on its standard output, one at a time. It ends when its input does
(so it never outlives the server, however that ended), when nothing has come for IDLE_SECONDS, and after a body that
left it large. MEMORY caps its address space: a body that wants more is refused instead of taking the machine with it.
"""

import select
import struct
import sys
from typing import BinaryIO, Final

from trivet.errors import Invalid
from trivet.otlp.validate import validate

REQUEST: Final = struct.Struct("<BBQ")
"""Signal, kind, length of the body that follows."""
ANSWER: Final = struct.Struct("<BQQ")
"""Outcome, items, length of what follows: protobuf for JSON, nothing for protobuf, the message of a refusal."""

SIGNALS: Final = ("traces", "metrics", "logs")
PROTOBUF, JSON = 0, 1
DONE, INVALID, TOO_LARGE = 0, 1, 2

IDLE_SECONDS: Final = 60.0
LARGE_BYTES: Final = 8 * 1024 * 1024
"""A body over this leaves a heap behind that is cheaper to throw away than to keep."""


def main() -> None:
    _cap_memory(int(sys.argv[1]))
    large = False
    while not large and (request := _next_request(sys.stdin.buffer)):
        outcome, items, content = _decode(*request)
        _answer(sys.stdout.buffer, outcome, items, content)
        large = outcome == TOO_LARGE or len(request[2]) > LARGE_BYTES


def _cap_memory(size: int) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    except (ImportError, ValueError, OSError):
        pass  # where there is no such cap, we go without


def _next_request(requests: BinaryIO) -> tuple[str, int, bytes] | None:
    ready, _, _ = select.select([requests], [], [], IDLE_SECONDS)
    head = requests.read(REQUEST.size) if ready else b""
    if len(head) < REQUEST.size:
        return None
    signal, kind, length = REQUEST.unpack(head)
    return SIGNALS[signal], kind, requests.read(length)


def _answer(answers: BinaryIO, outcome: int, items: int, content: bytes) -> None:
    answers.write(ANSWER.pack(outcome, items, len(content)))
    answers.write(content)
    answers.flush()


def _decode(signal: str, kind: int, body: bytes) -> tuple[int, int, bytes]:
    try:
        if kind == PROTOBUF:
            return DONE, validate(signal, body), b""
        protobuf = _from_json(signal, body)
        return DONE, validate(signal, protobuf), protobuf
    except Invalid as invalid:
        return INVALID, 0, invalid.message.encode("utf-8", "replace")
    except MemoryError:
        return TOO_LARGE, 0, b"decoding the body needs more memory than allowed (decode_memory)"


def _from_json(signal: str, text: bytes) -> bytes:
    from trivet.otlp.json_mapping import from_json  # 40 ms and a family of messages that the server itself does without

    return from_json(signal, text)


if __name__ == "__main__":
    main()
