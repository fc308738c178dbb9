"""Attribute values: what OpenTelemetry allows, and the nearest allowed value for everything else.

Allowed are str, bool, int, float, bytes, None, and sequences and string-keyed mappings of them. Sequences become
tuples and mappings new dicts, so that what the app does to its objects later does not change what was recorded.
"""

import logging
import numbers
from collections.abc import Mapping, Sequence, Set
from types import MappingProxyType, NoneType
from typing import Any

logger = logging.getLogger(__name__)

Value = Any
Attributes = Mapping[str, Value]

SCALARS = frozenset({str, bool, int, float, bytes, NoneType})
SCALARS_WITHOUT_TEXT = SCALARS - {str, bytes}
NOTHING: Attributes = MappingProxyType({})
MAX_DEPTH = 16  # deeper values become text: a self-referencing list would never end

_warned: set[type] = set()


def clean(value: Value, max_length: int | None = None, depth: int = 0) -> Value:
    """`value` as an allowed attribute value; texts and bytes cut to `max_length`."""
    kind = type(value)
    if kind in SCALARS_WITHOUT_TEXT:
        return value
    if isinstance(value, str):
        return str.__str__(value)[:max_length]
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)[:max_length]
    try:
        if depth < MAX_DEPTH:
            if isinstance(value, Sequence | Set):
                return tuple(clean(item, max_length, depth + 1) for item in value)
            if isinstance(value, Mapping):
                return _clean_mapping(value, max_length, depth + 1)
        return _clean_other(value, max_length)
    except Exception:  # the object's own code failed; what it would have said is not worth the app's request
        return None


def _clean_mapping(value: Mapping, max_length: int | None, depth: int) -> dict[str, Value]:
    texts = ((key if type(key) is str else _text(key), item) for key, item in value.items())
    return {key: clean(item, max_length, depth) for key, item in texts if key}


def _clean_other(value: Value, max_length: int | None) -> Value:
    """Numbers of other libraries stay numbers; the rest becomes its own text, or None when it has none."""
    if isinstance(value, int | numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    _warn_once(type(value))
    text = _text(value)
    return text if text is None else text[:max_length]


def _text(value: Value) -> str | None:
    """What the object says of itself; None for `<X object at 0x…>`."""
    kind = type(value)
    return None if kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__ else str(value)


def _warn_once(kind: type) -> None:
    if kind not in _warned and len(_warned) < 1000:
        _warned.add(kind)
        logger.warning("%s is no attribute value; its text is recorded instead", kind.__qualname__)


def clean_all(attributes: Attributes | None, max_count: int | None, max_length: int | None) -> tuple[Attributes, int]:
    """Cleaned, immutable attributes of an event, link or scope, and how many were dropped."""
    if not attributes:
        return NOTHING, 0
    kept: dict[str, Value] = {}
    for key, value in attributes.items():
        if key and isinstance(key, str) and (max_count is None or len(kept) < max_count):
            kept[key] = clean(value, max_length)
    return MappingProxyType(kept), len(attributes) - len(kept)
