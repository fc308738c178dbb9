"""A question about figures: what is calculated, of what, by group and over time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from trivet.errors import Invalid, TooExpensive
from trivet.query.fields.names import SignalName
from trivet.query.instant import NS, UNITS, Range

_EVERY = re.compile(r"(\d{1,9})(ns|us|µs|ms|s|m|h|d|w)")


@dataclass(frozen=True, slots=True)
class Limits:
    """`series` of a metric that one question may draw together; `points` in all lines of an answer."""

    series: int = 20_000
    points: int = 200_000


@dataclass(frozen=True, slots=True)
class Asked:
    """`every` is in nanoseconds, None for no lines over time; `order` is a figure of `calculate` or a field of
    `group_by`, with `-` before it the largest first. `metric` is the name of one, where the signal is metrics."""

    signal: SignalName
    within: Range
    metric: str = ""
    filter: str = ""
    calculate: Sequence[str] = ()
    group_by: Sequence[str] = ()
    every: int | None = None
    order: str = ""
    limit: int = 100


def every(text: str | None) -> int | None:
    """`30s`, `5m`, `1h` → nanoseconds."""
    if not text:
        return None
    match = _EVERY.fullmatch(text.strip())
    length = int(match[1]) * UNITS[match[2]] if match else 0
    if not length:
        raise Invalid(f"{text[:40]!r} is not a length of time", code="bad_parameter", hint="every takes 30s, 5m, 1h")
    return length


class Stretches(NamedTuple):
    """How time is cut: stretch n begins at `origin + n * every`."""

    origin: int
    every: int

    @classmethod
    def whole(cls, within: Range) -> "Stretches":
        return cls(within.start, max(1, within.end - within.start))

    def begin(self, number: int) -> int:
        return self.origin + number * self.every

    def seconds(self, number: int, within: Range, now: int) -> float:
        """How much of a stretch lies in the asked time, and has passed."""
        begin = self.begin(number)
        end = min(begin + self.every, within.end, max(now, within.start))
        return (end - max(begin, within.start)) / NS

    def numbers(self, within: Range, now: int) -> range:
        """The stretches of the asked time that have begun."""
        end = max(within.start + 1, min(within.end, now))
        return range((within.start - self.origin) // self.every, (end - 1 - self.origin) // self.every + 1)


def stretches(asked: Asked, lines: int, limits: Limits) -> Stretches:
    """Stretches that begin at multiples of their length, whatever the asked time."""
    cut = Stretches(0, asked.every or 1)
    bounded(lines * len(cut.numbers(asked.within, asked.within.end)), limits)
    return cut


def bounded(points: int, limits: Limits) -> None:
    if points > limits.points:
        raise TooExpensive(
            f"the answer would have {points} points over time",
            hint="ask for a longer `every`, less time or fewer groups; the setting is query_points",
        )


class Order(NamedTuple):
    """By which column of the answer, counted from 0, and whether the largest comes first."""

    column: int
    down: bool


def order(asked: Asked, figures: Sequence[str]) -> Order:
    """As asked; else by the first figure, the largest first."""
    columns = [*asked.group_by, *figures]
    if not asked.order:
        return Order(len(asked.group_by), True)
    name = asked.order if asked.order in columns else asked.order.removeprefix("-")
    if name not in columns:
        raise Invalid(f"cannot order by {name!r}", code="bad_order", hint=f"one of {', '.join(columns)}")
    return Order(columns.index(name), name != asked.order)
