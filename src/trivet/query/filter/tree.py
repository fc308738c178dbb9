"""The typed tree of a filter. Every node that can be wrong knows its column (`at`, from 0) in the text."""

import math
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar


class Node:
    """Any part of a filter that is true or false. `depth` bounds what walks the tree by recursion, `terms_in_all` what
    the engine has to understand."""

    __slots__ = ()
    depth: ClassVar[int] = 1
    terms_in_all: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """The empty filter."""


@dataclass(frozen=True)
class Branch(Node):
    terms: tuple[Node, ...]

    @cached_property
    def depth(self) -> int:
        return 1 + max(term.depth for term in self.terms)

    @cached_property
    def terms_in_all(self) -> int:
        return sum(term.terms_in_all for term in self.terms)


class All(Branch):
    """Every term holds."""


class Any(Branch):
    """At least one term holds."""


class Not(Branch):
    """Its one term does not hold."""


@dataclass(frozen=True, slots=True)
class Name:
    """A field as written, prefix and all; a quoted one is an attribute's name to the letter."""

    text: str
    at: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A value as written. Only a bare one can be a number, have a unit or wildcards."""

    text: str
    at: int
    quoted: bool = False

    @property
    def wildcard(self) -> bool:
        return not self.quoted and "*" in self.text

    @property
    def number(self) -> int | float | None:
        """What it is as a number, units applied: nanoseconds, bytes, a share of 1."""
        return None if self.quoted else number(self.text)


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`operator` is one of = != < <= > >= ~ !~ (`:` has become `=`)."""

    name: Name
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class In(Node):
    name: Name
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Has(Node):
    name: Name


@dataclass(frozen=True, slots=True)
class Words(Node):
    """Free text: the words stand one after the other; with `prefix` the last one is the beginning of a word."""

    text: str
    at: int
    prefix: bool = False


@dataclass(frozen=True)
class Some(Branch):
    """`{…}`: the trace has a span for which the term holds; `{a} >> {b}`: and below it one for which the next does."""

    at: int = field(default=0, compare=False)


DURATIONS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9}
DURATIONS |= {"m": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9}
SIZES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
UNITS = {"": 1, "%": 0.01, **DURATIONS, **SIZES}
_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Zµμ%]*)")


def number(text: str) -> int | float | None:
    """`500ms` → 500000000, `1.5kB` → 1500, `50%` → 0.5, `1e3` → 1000.0; None for what is not a number."""
    match = _NUMBER.fullmatch(text)
    if not match or match[2] not in UNITS:
        return None
    digits, factor = match[1], UNITS[match[2]]
    if re.fullmatch(r"[+-]?\d+", digits):
        return int(digits) * factor
    scaled = float(digits) * factor
    if not math.isfinite(scaled):
        return None
    return round(scaled) if match[2] in DURATIONS or match[2] in SIZES else scaled
