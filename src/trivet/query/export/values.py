"""Attribute values as the store keeps them → as OTLP writes them in JSON: order, types and duplicates stay."""

import base64
import json
import math
from collections.abc import Callable, Iterable
from typing import Any, Final

from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import ArrayValue, KeyValueList

from trivet.otlp.json_mapping import to_object
from trivet.otlp.messages import LENIENT
from trivet.query.attributes import ARRAY, BOOL, BYTES, DOUBLE, EMPTY, INT, KVLIST, STRING

Json = dict[str, Any]

_ARRAY: Final = LENIENT.of(ArrayValue)
_KVLIST: Final = LENIENT.of(KeyValueList)


def key_values(keys: Iterable[str], texts: Iterable[str], kinds: Iterable[int]) -> list[Json]:
    """Three columns of equal length as OTLP's pairs."""
    columns = zip(keys, texts, kinds, strict=True)
    return [{"key": key, "value": any_value(text, kind)} for key, text, kind in columns]


def any_value(text: str, kind: int) -> Json:
    return _KINDS[kind](text)


def number(value: float) -> float | str:
    """A double as OTLP's JSON has it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _array(text: str) -> Json:
    return {"arrayValue": {"values": [_leaf(each) for each in json.loads(text)]}}


def _kvlist(text: str) -> Json:
    return {"kvlistValue": {"values": [{"key": key, "value": _leaf(each)} for key, each in json.loads(text)]}}


_KINDS: Final[dict[int, Callable[[str], Json]]] = {
    EMPTY: lambda _: {},
    STRING: lambda text: {"stringValue": text},
    BOOL: lambda text: {"boolValue": text == "true"},
    INT: lambda text: {"intValue": text},
    DOUBLE: lambda text: {"doubleValue": number(float(text))},
    ARRAY: _array,
    KVLIST: _kvlist,
    BYTES: lambda text: {"bytesValue": text},
}

_DEEPER: Final[dict[str, tuple[str, type[Message]]]] = {
    "$array": ("arrayValue", _ARRAY),
    "$kvlist": ("kvlistValue", _KVLIST),
}


def _leaf(each: Any) -> Json:
    """A value inside an array or list, out of the JSON that `trivet_json` wrote."""
    if isinstance(each, str):
        return {"stringValue": each}
    if isinstance(each, bool):
        return {"boolValue": each}
    if isinstance(each, int):
        return {"intValue": str(each)}
    [(mark, content)] = each.items()
    if mark in _DEEPER:
        name, message = _DEEPER[mark]
        return {name: to_object(message.FromString(base64.b64decode(content)))}
    if mark == "$double":
        return {"doubleValue": number(float(content))}
    return {"bytesValue": content} if mark == "$bytes" else {}


def said(**fields: Any) -> Json:
    """The fields that say something: proto3 leaves out what is at its default."""
    return {name: value for name, value in fields.items() if value or isinstance(value, dict)}


def wide(integer: int) -> str:
    """A 64-bit integer; "" for none."""
    return str(integer) if integer else ""


def ids(text: str) -> str:
    """An id in hexadecimal, "" for one of zeros, which is none."""
    return text if text.strip("0") else ""
