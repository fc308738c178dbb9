"""Protobuf by hand: just what OTLP needs, as bytes that are joined once.

Field numbers are those of opentelemetry-proto 1.x; a tag is `number << 3 | wire type`. Strings that hold lone
surrogates (file names, mostly) are not UTF-8 for anybody; they are sent with `\\udc80`-like escapes.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

INT64 = range(-(2**63), 2**63)
double = struct.Struct("<d").pack
fixed64 = struct.Struct("<Q").pack
sfixed64 = struct.Struct("<q").pack
fixed32 = struct.Struct("<I").pack


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


VARINTS = tuple(_varint(number) for number in range(4096))


def varint(number: int) -> bytes:
    """`number` ≥ 0, or negative as its 64-bit two's complement."""
    if 0 <= number < 4096:
        return VARINTS[number]
    return _varint(number & 0xFFFF_FFFF_FFFF_FFFF)


def field(tag: bytes, payload: bytes) -> bytes:
    """A length-delimited field."""
    return tag + varint(len(payload)) + payload


def text(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        return value.encode(errors="backslashreplace")


def text_field(tag: bytes, value: str) -> bytes:
    """Nothing for an empty string, which is proto3's default."""
    return field(tag, text(value)) if value else b""


def count_field(tag: bytes, number: int) -> bytes:
    return tag + varint(number) if number else b""


def any_value(value: Any) -> bytes:
    """The inside of an `AnyValue`. Integers beyond 64 bits and unknown objects become text: nothing raises."""
    kind = type(value)
    if kind is str:
        return field(b"\x0a", text(value))
    if kind is bool:
        return b"\x10\x01" if value else b"\x10\x00"
    if kind is int:
        return b"\x18" + varint(value) if value in INT64 else field(b"\x0a", _long(value))
    if kind is float:
        return b"\x21" + double(value)
    if value is None:
        return b""
    return _any_other(value)


def _any_other(value: Any) -> bytes:
    if isinstance(value, bytes | bytearray):
        return field(b"\x3a", bytes(value))
    if isinstance(value, str):
        return any_value(str.__str__(value))
    if isinstance(value, int):
        return any_value(int(value))
    if isinstance(value, float):
        return any_value(float(value))
    if isinstance(value, Sequence | Set):
        return field(b"\x2a", b"".join(field(b"\x0a", any_value(item)) for item in value))
    if isinstance(value, Mapping):
        return field(b"\x32", b"".join(key_value(b"\x0a", str(key), item) for key, item in value.items()))
    return any_value(str(value))


def _long(value: int) -> bytes:
    try:
        return str(value).encode()
    except ValueError:  # Python refuses to print more than 4300 digits in base 10
        return hex(value).encode()


def key_value(tag: bytes, key: str, value: Any) -> bytes:
    return field(tag, field(b"\x0a", text(key)) + field(b"\x12", any_value(value)))


def key_values(tag: bytes, attributes: Mapping[str, Any]) -> bytes:
    return b"".join(key_value(tag, key, value) for key, value in attributes.items())


def read_partial_success(answer: bytes) -> tuple[int, str]:
    """Rejected items and the reason, out of an `Export…ServiceResponse`; (0, "") when there is none to read."""
    try:
        inside = dict(_read_fields(answer)).get(1)
        said = dict(_read_fields(inside)) if isinstance(inside, bytes) else {}
        rejected, why = said.get(1, 0), said.get(2, b"")
        if isinstance(rejected, int) and isinstance(why, bytes):
            return rejected, why.decode(errors="replace")
    except (IndexError, ValueError):
        pass
    return 0, ""


def _read_fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field numbers and values of varint and length-delimited fields; ValueError or IndexError for anything else."""
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        value, at = _read_varint(message, at)
        if tag & 7 == 2:
            if at + value > len(message):
                raise ValueError("cut off")
            yield tag >> 3, message[at : at + value]
            at += value
        elif tag & 7 == 0:
            yield tag >> 3, value
        else:
            raise ValueError("a type that these messages do not have")


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while shift < 70:
        byte = message[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7
    raise ValueError("no varint")
