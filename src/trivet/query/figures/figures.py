"""What can be calculated of spans and log records: figures as SQL over aggregates.

A row counts as many times as its weight says (how many spans a sampled one stands for); the quantiles round it, as the
rollup does. `min`, `max` and what is told apart (`uniq`, `count(traces)`) have no use for it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from trivet.errors import Invalid
from trivet.query.attributes import double

PLAIN = ("count", "rate", "errors", "error_rate")
OF_NUMBERS = ("sum", "avg", "min", "max")
KNOWN = (
    "count, rate, errors, error_rate, count(traces); of a field sum, avg, min, max, p50 … p99.9, uniq, as p95(duration)"
)
_FIGURE = re.compile(r"(\w+(?:\.\d+)?)\s*(?:\(\s*(.*?)\s*\))?", re.DOTALL)
_QUANTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,4})?|100)")


class Aggregate(NamedTuple):
    """An aggregate function and its arguments; states of it are merged when groups are taken together."""

    function: str
    arguments: str
    parameters: str = ""

    def direct(self) -> str:
        return f"{self.function}{self.parameters}({self.arguments})"

    def state(self) -> str:
        return f"{self.function}State{self.parameters}({self.arguments})"

    def merged(self, column: str) -> str:
        return f"{self.function}Merge{self.parameters}({column})"


Reader = Callable[[Aggregate], str]

COUNT = Aggregate("sum", "weight")
ERRORS = Aggregate("sumIf", "weight, failed")
TRACES = Aggregate("uniqIf", "trace_id, trace_id != toFixedString('', 16)")


@dataclass(frozen=True, slots=True)
class Figure:
    """`of` writes the figure's SQL, given how an aggregate is read; `empty` is its value where there is no row."""

    name: str
    unit: str
    of: Callable[[Reader], str]
    empty: int | None = None
    whole: bool = False
    counts_traces: bool = False

    def shown(self, value: float | None, seconds: float) -> Any:
        """The value as JSON; a rate is a count over `seconds`."""
        if value is None or value != value:
            return None
        if self.name == "rate":
            return value / seconds if seconds > 0 else None
        if self.whole or (isinstance(value, float) and value.is_integer() and abs(value) < 2**53):
            return round(value)
        return double(value)


class Word(NamedTuple):
    """A figure as it was asked for: `p95(duration)` is of `p95` and `duration`, `count` of no field."""

    name: str
    function: str
    field: str = ""

    @property
    def counts_traces(self) -> bool:
        return (self.function, self.field) == ("count", "traces")

    @property
    def level(self) -> float:
        """The share of a quantile."""
        return float(self.function[1:]) / 100

    @property
    def is_quantile(self) -> bool:
        return _QUANTILE.fullmatch(self.function) is not None

    @property
    def needs_number(self) -> bool:
        return self.is_quantile or self.function in OF_NUMBERS


def words(asked: Sequence[str]) -> list[Word]:
    """The figures asked for, each once; none asked for is a count."""
    return [_word(text) for text in dict.fromkeys(asked)] or [Word("count", "count")]


def _word(text: str) -> Word:
    match = _FIGURE.fullmatch(text.strip())
    word = Word(text, match[1], match[2] or "") if match else Word(text, text)
    if word.function in PLAIN and not word.field:
        return word
    if word.counts_traces:
        return word
    if word.function == "count" and word.field:
        raise _bad(f"cannot count {word.field!r}", f"count(traces), or uniq({word.field}) for how many different ones")
    if not (word.needs_number or word.function == "uniq"):
        raise _bad(f"there is no {text[:60]!r}", KNOWN)
    if not word.field:
        raise _bad(f"{word.function} of what?", f"name a field, as in {word.function}(duration)")
    if set(word.field) & set("()") and not (word.field[0] == word.field[-1] == '"'):
        raise _bad(f"{word.field[:60]!r} is no field", "quotes around it make it an attribute's name to the letter")
    return word


def _bad(message: str, hint: str) -> Invalid:
    return Invalid(message, code="bad_calculate", hint=hint)


@dataclass(frozen=True, slots=True)
class Column:
    """A field among the columns of the rows: `number` is NaN where there is none, `texts` are all its values."""

    number: str
    texts: str
    unit: str


def figures(asked: Sequence[Word], columns: dict[str, Column]) -> list[Figure]:
    """The figures of some words, over rows with these columns for their fields."""
    levels: dict[str, list[float]] = {}
    for word in asked:
        if word.is_quantile:
            levels.setdefault(word.field, []).append(word.level)
    return [
        _of_field(word, columns[word.field], levels.get(word.field, ())) if word.field in columns else _plain(word)
        for word in asked
    ]


def _plain(word: Word) -> Figure:
    if word.field:
        return Figure(word.name, "", lambda read: read(TRACES), 0, whole=True, counts_traces=True)
    if word.function == "rate":
        return Figure(word.name, "1/s", lambda read: read(COUNT), 0)
    if word.function == "error_rate":
        return Figure(word.name, "ratio", lambda read: f"{read(ERRORS)} / {read(COUNT)}")
    counted = COUNT if word.function == "count" else ERRORS
    return Figure(word.name, "", lambda read: read(counted), 0, whole=True)


def _of_field(word: Word, column: Column, levels: Sequence[float]) -> Figure:
    if word.function == "uniq":
        return Figure(word.name, "", lambda read: read(Aggregate("uniqArray", column.texts)), 0, whole=True)
    return Figure(word.name, column.unit, lambda read: _known(column, read, _of_numbers(word, column, levels, read)))


def _of_numbers(word: Word, column: Column, levels: Sequence[float], read: Reader) -> str:
    value, has = column.number, f"NOT isNaN({column.number})"
    if word.is_quantile:
        every = ", ".join(map(str, levels))
        arguments = f"{value}, toUInt64(greatest(round(weight), 1)), {has}"
        place = list(levels).index(word.level) + 1
        return f"{read(Aggregate('quantilesTDigestWeightedIf', arguments, f'({every})'))}[{place}]"
    if word.function in ("min", "max"):
        return read(Aggregate(f"{word.function}If", f"{value}, {has}"))
    total = read(Aggregate("sumIf", f"{value} * weight, {has}"))
    return total if word.function == "sum" else f"{total} / {read(Aggregate('sumIf', f'weight, {has}'))}"


def _known(column: Column, read: Reader, value: str) -> str:
    """NULL where no row has the field."""
    held = read(Aggregate("countIf", f"NOT isNaN({column.number})"))
    return f"if({held} = 0, NULL, {value})"
