"""What can be asked of a field, by its kind: each answers equality, order, patterns and presence in SQL.

All expressions are true or false, never NULL. An absent value equals nothing and compares with nothing.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from trivet.errors import Invalid
from trivet.query import instant
from trivet.query.filter.condition import Parameters, like
from trivet.query.filter.parse import bad
from trivet.query.filter.tree import Value
from trivet.query.severity import TEXTS, WORDS, lowest


class Field(Protocol):
    """`values` are alternatives; `operator` is one of < <= > >=; `matches` is an unanchored RE2 search."""

    def equals(self, values: Sequence[Value], bound: Parameters) -> str: ...
    def compares(self, operator: str, value: Value, bound: Parameters) -> str: ...
    def matches(self, pattern: Value, bound: Parameters) -> str: ...
    def present(self, bound: Parameters) -> str: ...


def either(*parts: str) -> str:
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def both(*parts: str) -> str:
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def may_be_empty(value: Value) -> bool:
    """Whether an absent text, which SQL holds as '', could pass for it."""
    return not value.text.strip("*") if value.wildcard else not value.text


def text_equals(sql: str, values: Sequence[Value], bound: Parameters) -> str:
    """A text is one of the values, wildcards included."""
    exact = [value.text for value in values if not value.wildcard]
    parts = [f"{sql} LIKE {bound.bind(like(value.text))}" for value in values if value.wildcard]
    if len(exact) == 1:
        parts.append(f"{sql} = {bound.bind(exact[0])}")
    elif exact:
        parts.append(f"{sql} IN {bound.bind(exact, 'Array(String)')}")
    return either(*parts)


@dataclass(frozen=True, slots=True)
class Text:
    """A string column; an empty one is absent."""

    sql: str

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        found = text_equals(self.sql, values, bound)
        return both(self.present(bound), found) if any(may_be_empty(value) for value in values) else found

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        return both(self.present(bound), f"{self.sql} {operator} {bound.bind(value.text)}")

    def matches(self, pattern: Value, bound: Parameters) -> str:
        return both(self.present(bound), f"match({self.sql}, {bound.bind(pattern.text)})")

    def present(self, bound: Parameters) -> str:
        return f"{self.sql} != ''"


@dataclass(frozen=True, slots=True)
class Texts:
    """An array of strings: true when one of them is."""

    sql: str

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        if any(value.wildcard for value in values):
            return f"arrayExists(each -> {text_equals('each', values, bound)}, {self.sql})"
        return f"hasAny({self.sql}, {bound.bind([value.text for value in values], 'Array(String)')})"

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        return f"arrayExists(each -> each {operator} {bound.bind(value.text)}, {self.sql})"

    def matches(self, pattern: Value, bound: Parameters) -> str:
        return f"arrayExists(each -> match(each, {bound.bind(pattern.text)}), {self.sql})"

    def present(self, bound: Parameters) -> str:
        return f"notEmpty({self.sql})"


@dataclass(frozen=True, slots=True)
class Number:
    """A number column that is always there; `wants` says what is expected when the value is not a number."""

    sql: str
    wants: str = "a number"

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        return either(*(f"{self.sql} = {self._bound(value, bound)}" for value in values))

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        return f"{self.sql} {operator} {self._bound(value, bound)}"

    def matches(self, pattern: Value, bound: Parameters) -> str:
        return f"match(toString({self.sql}), {bound.bind(pattern.text)})"

    def present(self, bound: Parameters) -> str:
        return "true"

    def _bound(self, value: Value, bound: Parameters) -> str:
        number = Value(value.text, value.at).number
        if number is None:
            raise bad(f"{value.text!r} is not {self.wants}", value.at, "numbers take units: 500ms, 1.5s, 10kB, 50%")
        return bound.bind(*as_parameter(number))


def as_parameter(number: int | float) -> tuple[int | float, str]:
    """A number and the type to bind it with: exact where it fits 64 bits."""
    if isinstance(number, int) and -(2**63) <= number < 2**63:
        return number, "Int64"
    return float(number), "Float64"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time column."""

    sql: str
    now: int

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        return either(*(f"{self.sql} = {self._bound(value, bound)}" for value in values))

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        return f"{self.sql} {operator} {self._bound(value, bound)}"

    def matches(self, pattern: Value, bound: Parameters) -> str:
        return f"match(toString({self.sql}), {bound.bind(pattern.text)})"

    def present(self, bound: Parameters) -> str:
        return "true"

    def _bound(self, value: Value, bound: Parameters) -> str:
        try:
            at = instant.instant(value.text, self.now)
        except Invalid as error:
            raise bad(error.message, value.at, error.hint) from None
        return f"fromUnixTimestamp64Nano({bound.bind(at, 'Int64')}, 'UTC')"


@dataclass(frozen=True, slots=True)
class Id:
    """A FixedString of `size` bytes, written in hexadecimal; zeros are absent."""

    sql: str
    size: int

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        return either(*(self._is(value, bound) for value in values))

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        raise bad("ids have no order", value.at, "use '='")

    def matches(self, pattern: Value, bound: Parameters) -> str:
        return both(self.present(bound), f"match(lower(hex({self.sql})), {bound.bind(pattern.text)})")

    def present(self, bound: Parameters) -> str:
        return f"{self.sql} != toFixedString('', {self.size})"

    def _is(self, value: Value, bound: Parameters) -> str:
        text = value.text.lower()
        if value.wildcard:
            return both(self.present(bound), f"lower(hex({self.sql})) LIKE {bound.bind(like(text))}")
        if len(text) != 2 * self.size or set(text) - set("0123456789abcdef"):
            raise bad(f"{value.text!r} is not an id", value.at, f"{2 * self.size} hexadecimal digits")
        if not text.strip("0"):
            return "false"
        return f"{self.sql} = toFixedString(unhex({bound.bind(text)}), {self.size})"


@dataclass(frozen=True, slots=True)
class Choice:
    """A number that stands for a word; any other number is `otherwise`."""

    sql: str
    codes: Mapping[str, int]
    otherwise: str

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        if any(value.wildcard for value in values):
            return text_equals(self.word(), values, bound)
        return either(*(self._is(value) for value in values))

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        raise bad(f"{', '.join(self.codes)} have no order", value.at, "use '='")

    def matches(self, pattern: Value, bound: Parameters) -> str:
        return f"match({self.word()}, {bound.bind(pattern.text)})"

    def present(self, bound: Parameters) -> str:
        return "true"

    def _is(self, value: Value) -> str:
        if value.text not in self.codes:
            known = ", ".join(self.codes)
            raise bad(f"there is no {value.text!r} among {known}", value.at, nearest(value.text, self.codes))
        if value.text == self.otherwise:
            others = [str(code) for word, code in self.codes.items() if word != self.otherwise]
            return f"{self.sql} NOT IN ({', '.join(others)})"
        return f"{self.sql} = {self.codes[value.text]}"

    def word(self) -> str:
        words = ", ".join(f"'{word}'" for word in self.codes)
        return f"transform({self.sql}, {list(self.codes.values())}, [{words}], '{self.otherwise}')"


@dataclass(frozen=True, slots=True)
class Severity:
    """The severity of a log record as a word with an order; see `trivet.query.severity`."""

    number: str = "severity_number"
    text: str = "severity_text"

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        return either(*(self._among((self._word(value),)) for value in values))

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        at = WORDS.index(self._word(value))
        words = {"<": WORDS[:at], "<=": WORDS[: at + 1], ">": WORDS[at + 1 :], ">=": WORDS[at:]}[operator]
        return self._among(words) if words else "false"

    def matches(self, pattern: Value, bound: Parameters) -> str:
        raise bad(f"severity is one of {', '.join(WORDS)}", pattern.at, "severity_text takes a pattern")

    def present(self, bound: Parameters) -> str:
        return self._among(WORDS)

    def _among(self, words: Sequence[str]) -> str:
        """Neighbouring words: a range of numbers, or the texts where the number is 0."""
        first, last = lowest(words[0]), lowest(words[-1]) + 3
        texts = ", ".join(f"'{text}'" for word in words for text in TEXTS[word])
        by_text = both(f"{self.number} = 0", f"lower({self.text}) IN ({texts})")
        return either(f"{self.number} BETWEEN {first} AND {last}", by_text)

    def _word(self, value: Value) -> str:
        if value.text.lower() not in WORDS:
            known = ", ".join(WORDS)
            raise bad(f"there is no {value.text!r} among {known}", value.at, nearest(value.text, WORDS))
        return value.text.lower()


@dataclass(frozen=True, slots=True)
class Reached:
    """A column with the values that another row holds of a field, as in held.py; it is not filtered by."""

    sql: str
    field: Field


@dataclass(frozen=True, slots=True)
class Flag:
    """A condition asked by name: `root:true`."""

    sql: str

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        return either(*(self._is(value) for value in values))

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        raise bad("true and false have no order", value.at, "use '='")

    def matches(self, pattern: Value, bound: Parameters) -> str:
        raise bad("a pattern needs text", pattern.at, "it is true or false")

    def present(self, bound: Parameters) -> str:
        return "true"

    def _is(self, value: Value) -> str:
        if value.text not in ("true", "false"):
            raise bad(f"{value.text!r} is neither true nor false", value.at)
        return self.sql if value.text == "true" else f"NOT {self.sql}"


def nearest(word: str, known: Sequence[str] | Mapping[str, object]) -> str | None:
    """`did you mean 'error'?`, where something known is close."""
    close = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else None


# Doubles that JSON lacks, as the API writes them, and as the store does.
NOT_FINITE = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}


def number_texts(value: Value) -> list[str]:
    """The canonical texts that a value is equal to: its own, and that of the number it is."""
    number = value.number
    texts = {value.text: None, NOT_FINITE.get(value.text, value.text): None}
    if number is not None:
        texts[canonical(number)] = None
    return list(texts)


def canonical(number: int | float) -> str:
    """A number as the store writes it: plain digits from 1e-6 up to 1e21, exponents beyond, no trailing zeros."""
    if isinstance(number, int):
        return str(number)
    exact = Decimal(repr(number))
    if number == 0 or 1e-6 <= abs(number) < 1e21:
        plain = format(exact, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    mantissa, _, exponent = format(exact.normalize(), "e").partition("e")
    return f"{mantissa}e{int(exponent)}"
