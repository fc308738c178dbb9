"""How tests say what they expect: attributes by name, a message that shows what there was instead."""

from collections.abc import Mapping
from typing import Any, Self

ABSENT = object()


def expect(so: object, message: str) -> None:
    __tracebackhide__ = True
    if not so:
        raise AssertionError(message)


def wanted(attributes: Mapping[str, Any] | None, more: Mapping[str, Any]) -> dict[str, Any]:
    return {**(attributes or {}), **more}


def matches(held: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    return not differences(held, expected)


def differences(held: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """A line for each expected attribute that is another; `...` stands for any value, lists equal tuples."""
    lines = []
    for key, value in expected.items():
        there = held.get(key, ABSENT)
        if there is ABSENT:
            lines.append(f"{key}: expected {value!r}, there is none")
        elif value is not ... and _plain(there) != _plain(value):
            lines.append(f"{key}: expected {value!r}, got {there!r}")
    return lines


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return (type(value) is bool, value)


class Held:
    """Something with attributes; its `str` names it in messages."""

    attributes: Mapping[str, Any]

    def has(self, attributes: Mapping[str, Any] | None = None, /, **more: Any) -> Self:
        """These attributes with these values; others may be there too. Returns itself, for the next question."""
        __tracebackhide__ = True
        lines = differences(self.attributes, wanted(attributes, more))
        expect(not lines, "\n  ".join([f"{self}:", *lines, f"its attributes: {dict(self.attributes)!r}"]))
        return self

    def has_not(self, *names: str) -> Self:
        __tracebackhide__ = True
        there = [name for name in names if name in self.attributes]
        expect(not there, f"{self} has {', '.join(there)}")
        return self
