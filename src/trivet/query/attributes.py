"""Attribute values as the store keeps them → as the API shows them.

The store keeps one canonical text per value and its type beside it (`trivet_text.sql`, `trivet_json.sql`); what
lies deeper than one level inside an array or list is there as the protobuf it came in. Of keys that were sent twice
the first counts, as in the store.
"""

import base64
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValueList

EMPTY, STRING, BOOL, INT, DOUBLE, ARRAY, KVLIST, BYTES = range(8)

# Integers beyond it lose digits in a reader that keeps numbers as doubles (every browser).
EXACT = 2**53


def attributes(keys: Sequence[str], texts: Sequence[str], types: Sequence[int]) -> dict[str, Any]:
    """The attributes of one thing: three columns of equal length → an object for JSON."""
    if types.count(STRING) == len(types):
        shown = dict(zip(keys, texts, strict=True))
    else:
        columns = zip(keys, texts, types, strict=True)
        shown = {key: text if kind == STRING else value(text, kind) for key, text, kind in columns}
    return shown if len(shown) == len(keys) else _first_of_each(keys, texts, types)


def _first_of_each(keys: Sequence[str], texts: Sequence[str], types: Sequence[int]) -> dict[str, Any]:
    values = map(value, texts, types)
    return _first_wins(zip(keys, values, strict=True))


TYPES = {
    name: code for code, name in enumerate(("empty", "string", "bool", "int", "double", "array", "kvlist", "bytes"))
}


def named_attributes(texts: Mapping[str, str], types: Sequence[str]) -> dict[str, Any]:
    """Attributes as JSON that the store wrote: types by name."""
    codes = [TYPES[each] for each in types]
    return {key: value(text, code) for (key, text), code in zip(texts.items(), codes, strict=True)}


def nested_attributes(keys: Sequence[str], texts: Sequence[str], types: Sequence[int]) -> dict[str, Any]:
    """Attributes that were themselves inside a list (a running span's): their arrays and lists are as on the wire."""
    columns = zip(keys, texts, types, strict=True)
    return _first_wins(
        (key, _deep(kind, text) if kind in (ARRAY, KVLIST) else value(text, kind)) for key, text, kind in columns
    )


def value(text: str, kind: int) -> Any:
    """One value from its canonical text and type."""
    if kind == STRING:
        return text
    if kind == INT:
        return integer(int(text))
    if kind == DOUBLE:
        return double(float(text))
    if kind == BOOL:
        return text == "true"
    if kind == ARRAY:
        return [_leaf(each) for each in json.loads(text)]
    if kind == KVLIST:
        return _first_wins((key, _leaf(each)) for key, each in json.loads(text))
    return {"$bytes": text} if kind == BYTES else None


def integer(number: int) -> int | dict[str, str]:
    return number if -EXACT <= number <= EXACT else {"$int": str(number)}


def double(number: float) -> float | dict[str, str]:
    """JSON has no word for what is not finite."""
    if math.isfinite(number):
        return number
    return {"$double": "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"}


def _leaf(each: Any) -> Any:
    """A value inside an array or list, out of the JSON that `trivet_json` wrote."""
    if type(each) is int:
        return integer(each)
    if type(each) is not dict:
        return each
    [(mark, content)] = each.items()
    if mark == "$double":
        return double(float(content))
    if mark in ("$array", "$kvlist"):
        return _deep(ARRAY if mark == "$array" else KVLIST, content)
    return each if mark == "$bytes" else None


def _deep(kind: int, content: str) -> Any:
    wire = base64.b64decode(content)
    try:
        return _array(ArrayValue.FromString(wire)) if kind == ARRAY else _kvlist(KeyValueList.FromString(wire))
    except DecodeError:  # strings that are not UTF-8: shown as they came
        return {"$bytes": content}


def _any(any_value: AnyValue) -> Any:
    """A value as it came over the wire; protobuf's own limit of 100 levels bounds the recursion."""
    kind = any_value.WhichOneof("value")
    if kind is None:
        return None
    content = getattr(any_value, kind)
    match kind:
        case "array_value":
            return _array(content)
        case "kvlist_value":
            return _kvlist(content)
        case "int_value":
            return integer(content)
        case "double_value":
            return double(content)
        case "bytes_value":
            return {"$bytes": base64.b64encode(content).decode()}
    return content


def _array(array: ArrayValue) -> list[Any]:
    return [_any(each) for each in array.values]


def _kvlist(pairs: KeyValueList) -> dict[str, Any]:
    return _first_wins((pair.key, _any(pair.value)) for pair in pairs.values)


def _first_wins(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for key, each in pairs:
        shown.setdefault(key, each)
    return shown
