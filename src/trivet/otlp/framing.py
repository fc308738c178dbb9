"""Length-delimited messages, as protobuf's own tools write them: a varint of the length, then the message.

Plain Python: the app side uses it too. Source: protobuf.dev, "Encoding" (Base 128 Varints), and "Techniques"
(Streaming Multiple Messages).
"""

from collections.abc import Iterable, Iterator

from trivet.errors import Invalid

MAX_VARINT = 10
"""Bytes of the longest varint, one of 64 bits."""


def varint(number: int) -> bytes:
    """An unsigned number below 2**64 in base 128, least significant group first."""
    if number < 0x80:
        return bytes((number,))
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varint(data: bytes | memoryview, at: int = 0) -> tuple[int, int]:
    """The number that begins at `at`, and the place behind it; Invalid when it is cut or over 64 bits."""
    number = 0
    for place, byte in enumerate(data[at : at + MAX_VARINT]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            if number >= 1 << 64:
                break
            return number, at + place + 1
    raise Invalid("a varint is cut short or over 64 bits", at=at)


def framed(message: bytes) -> bytes:
    return varint(len(message)) + message


def joined(messages: Iterable[bytes]) -> bytes:
    """Many messages in one delimited body."""
    return b"".join(framed(message) for message in messages)


def messages(data: bytes) -> Iterator[bytes]:
    """The messages of a delimited body, in order; Invalid, naming the place, when the last one is cut."""
    at = 0
    while at < len(data):
        length, start = read_varint(data, at)
        if start + length > len(data):
            raise Invalid(f"a message of {length} bytes is cut short", at=at)
        yield data[start : start + length]
        at = start + length
