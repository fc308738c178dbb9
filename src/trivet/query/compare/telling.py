"""The counts of what two sides hold → the fields that tell them apart, best first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trivet.query.attributes import TYPES, value
from trivet.query.compare.answers import Telling, ValueShares
from trivet.query.compare.separation import Bin, Shares, Sizes, bins, by_threshold, by_values
from trivet.query.fields.names import Place, SignalName, written

TYPE_NAMES = {code: name for name, code in TYPES.items()}
MOST_VALUES = 10
# Fields of which one thing may have several values.
SEVERAL = {("intrinsic", "event")}
# Another word for the service.
LEFT_OUT = {("resource", "service.name")}
DURATIONS = {"duration", "trace.duration", "root.duration"}


@dataclass(slots=True)
class Counts:
    """How many hold a field at all, which values, and which numbers; of rows, or of whole traces."""

    present: Shares = Shares(0, 0)
    values: dict[tuple[str, int], Shares] = field(default_factory=dict)
    numbers: list[tuple[float, Shares]] = field(default_factory=list)


@dataclass(slots=True)
class Held:
    """A field's counts on the rows that match, and on all of their traces."""

    kind: str = "string"
    rows: Counts = field(default_factory=Counts)
    traces: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True)
class Scored:
    score: float
    difference: float
    values: list[ValueShares]


def gathered(rows: Iterable[Sequence[Any]]) -> dict[Place, Held]:
    """The rows of compared_values.sql by field; `("", "")` counts the members themselves."""
    found: dict[Place, Held] = defaultdict(Held)
    for place, key, form, text, kind, *counts in rows:
        held = found[place, key]
        of_rows, of_traces = Shares(*counts[:2]), Shares(*counts[2:])
        match form:
            case "any":
                held.kind = TYPE_NAMES[kind]
                held.rows.present, held.traces.present = of_rows, of_traces
            case "value":
                held.rows.values[text, kind] = of_rows
                held.traces.values[text, kind] = of_traces
            case "number":
                held.rows.numbers.append((float(text), of_rows))
            case "most":
                held.traces.numbers.append((float(text), of_traces))
    for held in found.values():
        held.rows.numbers.sort()
        held.traces.numbers.sort()
    return found


def telling(
    signal: SignalName, found: Mapping[Place, Held], rows: Sizes, traces: Sizes | None, fixed: frozenset[str]
) -> list[Telling]:
    """Every field but the fixed ones; a field is told by its rows, unless its traces say more."""
    told = []
    for place, held in found.items():
        if place in LEFT_OUT or _is_fixed(signal, place, fixed):
            continue
        several = place[0] == "event" or place in SEVERAL
        best, on = scored(rows, held.rows, exclusive=not several), "row"
        if traces:
            other = scored(traces, held.traces, exclusive=False)
            if place[0] == "log" or other.score > best.score:
                best, on = other, "trace"
        name = f"log.{place[1]}" if place[0] == "log" and signal == "traces" else written(signal, place, found)
        told.append((best, Telling(name, place[0], held.kind, on, round(best.score, 4), best.values)))
    told.sort(key=lambda pair: (-pair[0].score, -pair[0].difference, pair[1].field))
    return [each for _, each in told]


def scored(sizes: Sizes, counts: Counts, *, exclusive: bool) -> Scored:
    """By the values or, when it says more, by the size of the numbers."""
    score = by_values(sizes, counts.values.values(), counts.present, exclusive=exclusive)
    values = _values(sizes, counts)
    if counts.numbers:
        at_threshold, place = by_threshold(sizes, counts.numbers)
        made = bins(sizes, counts.numbers, place)
        spread = max(at_threshold, by_values(sizes, [each.held for each in made], counts.present, exclusive=True))
        if spread > score or not counts.values:
            score, values = spread, _ranges(sizes, made, counts.present)
    return Scored(score, max((abs(each.selection - each.baseline) for each in values), default=0.0), values)


def said(text: str, kind: int) -> Any:
    """The value, or its text: of a key that a trace holds with two types (`error.type`: 504 here, a class's name
    there) the store tells one."""
    try:
        return value(text, kind)
    except ValueError:
        return text


def _values(sizes: Sizes, counts: Counts) -> list[ValueShares]:
    """Those that differ most, and their absence."""
    shown = [_shares(sizes, said(*each), held) for each, held in counts.values.items()]
    shown.append(_shares(sizes, None, sizes.without(counts.present)))
    shown = [each for each in shown if each.selection or each.baseline]
    shown.sort(key=lambda each: (-abs(each.selection - each.baseline), each.value is None, str(each.value)))
    return shown[:MOST_VALUES]


def _ranges(sizes: Sizes, made: Sequence[Bin], present: Shares) -> list[ValueShares]:
    """Ranges in order, and absence."""
    shown = [_shares(sizes, range_text(each.low, each.high), each.held) for each in made]
    for share, each in zip(shown, made, strict=True):
        share.low, share.high = each.low, each.high
    absent = _shares(sizes, None, sizes.without(present))
    return [*shown, absent] if absent.selection or absent.baseline else shown


def range_text(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} – {high:g}"


def _shares(sizes: Sizes, shown: Any, held: Shares) -> ValueShares:
    shares = sizes.shares(held)
    return ValueShares(shown, round(shares.selection, 4), round(shares.baseline, 4))


def _is_fixed(signal: SignalName, place: Place, fixed: frozenset[str]) -> bool:
    where, key = place
    if place == ("", ""):
        return True
    if where == "event" or (where == "log" and signal == "traces"):
        return f"{where}.{key}" in fixed
    if where == "intrinsic" and key == "duration":
        return bool(fixed & DURATIONS)
    return key in fixed or f"{where}.{key}" in fixed
