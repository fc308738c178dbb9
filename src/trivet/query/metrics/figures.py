"""What can be calculated of a metric, by its kind.

`count` counts points; `increase` is what was added in the time and `rate` that per second. Of a monotonic sum `avg`,
`min`, `max` and the quantiles are of the rates between its points, `sum` is the increase; of gauges and other sums they
are of the values, and `sum` adds up the means of all series. Of histograms and summaries all are of the values that
were measured: `rate` and `increase` count these, `sum` adds them up.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol

from trivet.errors import Invalid
from trivet.query.metrics.distribution import Bucket, explicit, exponential, quantile

PLAIN = ("count", "rate", "increase", "sum", "avg", "min", "max", "last")
_QUANTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,4})?|100)")
DEFAULTS = {"gauge": ["avg"], "sum": ["last"], "counter": ["rate"], "summary": ["rate", "avg"]}
DISTRIBUTED = ["p50", "p95", "p99"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a metric is: `word` is `gauge`, `sum`, `counter` (a monotonic sum), `histogram`, `exponential_histogram` or
    `summary`."""

    word: str
    unit: str

    @property
    def counts(self) -> bool:
        """Whether its rate is of things counted rather than of its unit."""
        return self.word in ("histogram", "exponential_histogram", "summary")

    def defaults(self) -> list[str]:
        return DEFAULTS.get(self.word, DISTRIBUTED)

    def unit_of(self, figure: str) -> str:
        if figure == "count" or (figure == "increase" and self.counts):
            return ""
        if figure == "rate" or (self.word == "counter" and figure not in ("increase", "sum", "last")):
            return "1/s" if self.counts else f"{self.unit or '1'}/s"
        return self.unit


def understood(asked: Sequence[str], kind: Kind) -> list[str]:
    """The figures asked for, each once; Invalid for what there is not, or not of this kind."""
    figures = list(dict.fromkeys(asked)) or kind.defaults()
    for figure in figures:
        if figure not in PLAIN and not _QUANTILE.fullmatch(figure):
            known = ", ".join(PLAIN)
            raise Invalid(f"a metric has no {figure!r}", code="bad_calculate", hint=f"{known}, p50, p95, p99.9 …")
    if kind.word == "gauge":
        _refuse(figures, ("rate", "increase"), "a gauge", "avg, min, max, last or p95")
    elif kind.counts:
        _refuse(figures, ("last",), "a distribution", "avg, p95, rate or increase")
    if kind.word == "summary":
        _refuse(figures, ("min", "max"), "a summary", "the quantiles that it reports, as p99")
    return figures


def _refuse(figures: Sequence[str], refused: Sequence[str], what: str, instead: str) -> None:
    for figure in figures:
        if figure in refused:
            raise Invalid(f"{what} has no {figure}", code="bad_calculate", hint=f"try {instead}")


def levels(figures: Sequence[str]) -> list[float]:
    """The quantiles among the figures, as shares of 1."""
    return [float(figure[1:]) / 100 for figure in figures if _QUANTILE.fullmatch(figure)]


class Cell(Protocol):
    """A metric in a group and a stretch of time. `quantile` takes a share of 1."""

    counted: int
    increase: float

    def plain(self, figure: str) -> float | None: ...
    def quantile(self, level: float) -> float | None: ...


def value(cell: Cell, figure: str, seconds: float) -> float | None:
    """One figure of a cell that lasts `seconds`."""
    if figure == "rate":
        return cell.increase / seconds if seconds > 0 else None
    if figure in ("count", "increase"):
        return getattr(cell, "counted" if figure == "count" else "increase")
    return cell.plain(figure) if figure in PLAIN else cell.quantile(float(figure[1:]) / 100)


class Numbers:
    """Gauges and sums, out of a row of questions/metric_numbers.sql."""

    NAMES: ClassVar = {"avg": "average", "min": "lowest", "max": "highest"}

    def __init__(self, rows: Sequence[dict[str, Any]], kind: Kind, levels: Sequence[float]):
        (self._row,) = rows
        self._kind = kind
        self._levels = levels
        self.counted, self.increase = self._row["counted"], self._row["increase"]

    def plain(self, figure: str) -> float | None:
        if figure == "sum":
            return self.increase if self._kind.word == "counter" else self._row["total"]
        if figure == "last":
            return self._row["latest" if self._kind.word == "gauge" else "latest_sum"]
        return _known(self._row[self.NAMES[figure]])

    def quantile(self, level: float) -> float | None:
        return _known(self._row["quantiles"][self._levels.index(level)])


class Distributed:
    """Histograms, out of rows of questions/metric_histograms.sql (one for each set of bounds) or
    metric_exponentials.sql."""

    def __init__(self, rows: Sequence[dict[str, Any]], kind: Kind, _: Sequence[float]):
        self._rows = rows
        self._kind = kind
        self.counted, self.increase = (sum(row[name] for row in rows) for name in ("counted", "increase"))

    @cached_property
    def buckets(self) -> list[Bucket]:
        of = _explicit if self._kind.word == "histogram" else _exponential
        return [bucket for row in self._rows for bucket in of(row)]

    def plain(self, figure: str) -> float | None:
        """`min` and `max` are exact when every point says them for its own time, else as near as the buckets are."""
        if figure in ("min", "max"):
            return self._edge(figure)
        totals = [row["total"] for row in self._rows]
        if None in totals:
            return None
        return sum(totals) if figure == "sum" else sum(totals) / self.increase if self.increase else None

    def _edge(self, figure: str) -> float | None:
        told = [row["lowest" if figure == "min" else "highest"] for row in self._rows]
        if all(row["exact"] for row in self._rows) and None not in told:
            return min(told) if figure == "min" else max(told)
        return self.quantile(0.0 if figure == "min" else 1.0)

    def quantile(self, level: float) -> float | None:
        return quantile(self.buckets, level)


def _explicit(row: dict[str, Any]) -> list[Bucket]:
    return explicit(row["bounds"], row["added_to"], row["lowest"], row["highest"])


def _exponential(row: dict[str, Any]) -> list[Bucket]:
    sides = ({int(index): count for index, count in row[name].items()} for name in ("added_above", "added_below"))
    return exponential(row["scale"], row["zero"], row["threshold"], *sides)


class Summaries:
    """Summaries, out of a row of questions/metric_summaries.sql: only the quantiles that were reported are known."""

    def __init__(self, rows: Sequence[dict[str, Any]], _: Kind, __: Sequence[float]):
        (self._row,) = rows
        self.counted, self.increase = self._row["counted"], self._row["increase"]

    def plain(self, figure: str) -> float | None:
        total = self._row["total"]
        return total if figure == "sum" else total / self.increase if self.increase else None

    def quantile(self, level: float) -> float | None:
        (known, weighted), (_, weights) = self._row["weighted"], self._row["weights"]
        for at, reported in enumerate(known):
            if math.isclose(reported, level):
                return weighted[at] / weights[at]
        return None


def _known(number: float | None) -> float | None:
    return None if number is None or math.isnan(number) else number
