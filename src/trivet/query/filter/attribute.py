"""Attributes as fields: in which maps a name is looked up, and how the text index finds a value.

The first map that has the key decides. `items` are the `key=value` texts of the index (`event.key=value` for those of
events); they narrow, the maps decide.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from trivet.query.filter.condition import Parameters
from trivet.query.filter.kinds import Field, both, either, may_be_empty, number_texts, text_equals
from trivet.query.filter.tree import Value

Place = tuple[str, str]  # (map column, key)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute under one or more places. `items`: those of its table; '': it has none, and no `elements`."""

    places: tuple[Place, ...]
    items: str

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        return both(*self.parts(values, bound))

    def parts(self, values: Sequence[Value], bound: Parameters) -> list[str]:
        """What must all hold to be equal: with an index two, of which it finds the first."""
        found, exact = [], _one_of(self._value(bound), values, bound)
        if self.items and not any(value.wildcard for value in values):
            if elements := _pairs([key for column, key in self.places if column == "attributes"], values):
                exact = either(exact, f"hasAny(elements, {bound.bind(elements, 'Array(String)')})")
            pairs = _pairs([key for _, key in self.places], values)
            found = [f"hasAny({self.items}, {bound.bind(pairs, 'Array(String)')})"]
        if any(may_be_empty(value) for value in values):
            exact = both(exact, self.present(bound))
        return [*found, exact]

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        return both(self.present(bound), _ordered(self._value(bound), operator, value, bound))

    def matches(self, pattern: Value, bound: Parameters) -> str:
        return both(self.present(bound), f"match({self._value(bound)}, {bound.bind(pattern.text)})")

    def present(self, bound: Parameters) -> str:
        return either(*(f"mapContains({column}, {bound.bind(key)})" for column, key in self.places))

    def _value(self, bound: Parameters) -> str:
        """The canonical text, '' when absent."""
        bound_places = [(column, bound.bind(key)) for column, key in self.places]
        *others, (last, last_key) = bound_places
        if not others:
            return f"{last}[{last_key}]"
        tried = ", ".join(f"mapContains({column}, {key}), {column}[{key}]" for column, key in others)
        return f"multiIf({tried}, {last}[{last_key}])"


@dataclass(frozen=True, slots=True)
class EventAttribute:
    """An attribute of any event of the span; `items`: those of the span's table."""

    key: str
    items: str

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        found = self._any(_one_of(self._value(bound), values, bound), bound)
        if any(value.wildcard for value in values):
            return found
        pairs = _pairs([f"event.{self.key}"], values)
        return both(f"hasAny({self.items}, {bound.bind(pairs, 'Array(String)')})", found)

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        return self._any(_ordered(self._value(bound), operator, value, bound), bound)

    def matches(self, pattern: Value, bound: Parameters) -> str:
        return self._any(f"match({self._value(bound)}, {bound.bind(pattern.text)})", bound)

    def present(self, bound: Parameters) -> str:
        return self._any("true", bound)

    def _value(self, bound: Parameters) -> str:
        return f"event[{bound.bind(self.key)}]"

    def _any(self, condition: str, bound: Parameters) -> str:
        has = f"mapContains(event, {bound.bind(self.key)})"
        return f"arrayExists(event -> {both(has, condition)}, `events.attributes`)"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A field of another row that this one belongs to; `around` leads from a condition there to one here."""

    of: Literal["root", "trace", "log"]
    field: Field
    around: Callable[[str, Parameters], str]

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        return self.around(self.field.equals(values, bound), bound)

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        return self.around(self.field.compares(operator, value, bound), bound)

    def matches(self, pattern: Value, bound: Parameters) -> str:
        return self.around(self.field.matches(pattern, bound), bound)

    def present(self, bound: Parameters) -> str:
        return self.around(self.field.present(bound), bound)


@dataclass(frozen=True, slots=True)
class Layered:
    """One field where it is present, else another."""

    first: Field
    then: Field

    def equals(self, values: Sequence[Value], bound: Parameters) -> str:
        return self._either(self.first.equals(values, bound), self.then.equals(values, bound), bound)

    def compares(self, operator: str, value: Value, bound: Parameters) -> str:
        return self._either(
            self.first.compares(operator, value, bound), self.then.compares(operator, value, bound), bound
        )

    def matches(self, pattern: Value, bound: Parameters) -> str:
        return self._either(self.first.matches(pattern, bound), self.then.matches(pattern, bound), bound)

    def present(self, bound: Parameters) -> str:
        return either(self.first.present(bound), self.then.present(bound))

    def _either(self, first: str, then: str, bound: Parameters) -> str:
        return either(first, both(f"NOT {self.first.present(bound)}", then))


def _pairs(keys: Iterable[str], values: Sequence[Value]) -> list[str]:
    """`key=value` as the index has them, for every key and every text that a value is equal to."""
    return [f"{key}={text}" for key in dict.fromkeys(keys) for value in values for text in number_texts(value)]


def _one_of(held: str, values: Sequence[Value], bound: Parameters) -> str:
    """The canonical text is one of the values, as text or as number."""
    alternatives = [Value(text, value.at, value.quoted) for value in values for text in number_texts(value)]
    return text_equals(held, alternatives, bound)


def _ordered(held: str, operator: str, value: Value, bound: Parameters) -> str:
    """Numbers as numbers, when both sides are; else as text."""
    if value.number is None:
        return f"{held} {operator} {bound.bind(value.text)}"
    number = f"ifNull(toFloat64OrNull({held}) {operator} {bound.bind(float(value.number), 'Float64')}, false)"
    if not (isinstance(value.number, int) and 2**53 < abs(value.number) < 2**63):
        return number
    return f"ifNull(toInt64OrNull({held}) {operator} {bound.bind(value.number, 'Int64')}, {number})"
