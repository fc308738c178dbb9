"""Functions of instant vectors and scalars. https://prometheus.io/docs/prometheus/latest/querying/functions/"""

import calendar
import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from trivet.query.promql import buckets
from trivet.query.promql.names import NAME
from trivet.query.promql.native import Histogram
from trivet.query.promql.samples import Failed, Grid, Labels, Line, Sample, Scalar, Value, Vector, lines, nameless

Regex = Callable[[str, Sequence[str]], list[list[str]]]
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def _total(function: Callable[[float], float]) -> Callable[[float], float]:
    """Of the whole line: nan outside of where it is defined, infinite where it overflows."""

    def of(value: float) -> float:
        try:
            return float(function(value))
        except ValueError:
            return math.nan
        except OverflowError:
            return value if math.isinf(value) else math.inf

    return of


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    return _total(lambda value: -math.inf if value == 0 else function(value))


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda value: float(function(value)) if math.isfinite(value) else value


def _sign(value: float) -> float:
    return value if value == 0 or value != value else math.copysign(1.0, value)


def _utc(function: Callable[[datetime], int]) -> Callable[[float], float]:
    def of(value: float) -> float:
        try:
            return float(function(datetime.fromtimestamp(math.floor(value), UTC)))
        except (ValueError, OverflowError, OSError):
            return math.nan

    return of


def _sinh(function: Callable[[float], float], value: float) -> float:
    try:
        return function(value)
    except OverflowError:
        return math.copysign(math.inf, value)


EACH: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "ceil": _whole(math.ceil),
    "floor": _whole(math.floor),
    "exp": _total(math.exp),
    "sqrt": _total(math.sqrt),
    "ln": _logarithm(math.log),
    "log2": _logarithm(math.log2),
    "log10": _logarithm(math.log10),
    "sgn": _sign,
    "deg": math.degrees,
    "rad": math.radians,
    **{name: _total(getattr(math, name)) for name in
       ("acos", "acosh", "asin", "asinh", "atan", "cos", "cosh", "sin", "tan", "tanh")},
    "atanh": lambda value: math.copysign(math.inf, value) if abs(value) == 1 else _total(math.atanh)(value),
    "sinh": lambda value: _sinh(math.sinh, value),
}  # fmt: skip
TIMES: dict[str, Callable[[float], float]] = {
    "minute": _utc(lambda moment: moment.minute),
    "hour": _utc(lambda moment: moment.hour),
    "day_of_week": _utc(lambda moment: moment.isoweekday() % 7),
    "day_of_month": _utc(lambda moment: moment.day),
    "day_of_year": _utc(lambda moment: moment.timetuple().tm_yday),
    "days_in_month": _utc(lambda moment: calendar.monthrange(moment.year, moment.month)[1]),
    "month": _utc(lambda moment: moment.month),
    "year": _utc(lambda moment: moment.year),
}


def _least(one: float, two: float) -> float:
    return math.nan if one != one or two != two else min(one, two)


def _most(one: float, two: float) -> float:
    return math.nan if one != one or two != two else max(one, two)


def _clamp(value: float, low: float, high: float) -> float | None:
    return None if high < low else _most(low, _least(high, value))


def _round(value: float, to: float = 1.0) -> float:
    """To the nearest multiple, halves up."""
    inverse = 1.0 / to if to else math.inf
    try:
        return math.floor(value * inverse + 0.5) / inverse
    except (ValueError, OverflowError, ZeroDivisionError):
        return value if not math.isfinite(value) else math.nan


WITH_SCALARS: dict[str, Callable[..., float | None]] = {
    "clamp": _clamp,
    "clamp_min": lambda value, low: _most(value, low),
    "clamp_max": lambda value, high: _least(value, high),
    "round": _round,
}
NATIVE: dict[str, Callable[[Histogram], float]] = {
    "histogram_count": lambda histogram: histogram.count,
    "histogram_sum": lambda histogram: histogram.sum,
    "histogram_avg": lambda histogram: histogram.sum / histogram.count if histogram.count else math.nan,
    "histogram_stdvar": lambda histogram: histogram.variance(),
    "histogram_stddev": lambda histogram: math.sqrt(histogram.variance()),
}


def mapped(vector: Vector, function: Callable[[float], float]) -> Vector:
    """A function of each number; histograms have none."""
    return lines([
        Line(nameless(line.labels), [function(value) if isinstance(value, float) else None
                                     for value in line.values])
        for line in vector
    ])  # fmt: skip


def with_scalars(vector: Vector, name: str, scalars: Sequence[Scalar]) -> Vector:
    function, columns = WITH_SCALARS[name], list(zip(*(each.values for each in scalars), strict=True))
    made = []
    for line in vector:
        values: list[Sample | None] = [
            function(value, *(columns[at] if columns else ())) if isinstance(value, float) else None
            for at, value in enumerate(line.values)
        ]
        made.append(Line(nameless(line.labels), values))
    return lines(made)


def of_native(vector: Vector, name: str) -> Vector:
    function = NATIVE[name]
    made = []
    for line in vector:
        values = [function(value) if isinstance(value, Histogram) else None for value in line.values]
        made.append(Line(nameless(line.labels), values))
    return lines(made)


def histogram_quantile(level: Scalar, vector: Vector) -> Vector:
    """Of native histograms, and of classic ones by their buckets."""
    made = [
        Line(nameless(line.labels), [value.quantile(level.values[at]) if isinstance(value, Histogram) else None
                                     for at, value in enumerate(line.values)])
        for line in vector
    ]  # fmt: skip
    for classic in buckets.classics(vector):
        known = map(classic.at, range(len(level.values)))
        values = [buckets.quantile(level.values[at], each) if each else None for at, each in enumerate(known)]
        made.append(Line(dict(classic.labels), values))
    return lines(made)


def histogram_fraction(low: Scalar, high: Scalar, vector: Vector) -> Vector:
    bounds = list(zip(low.values, high.values, strict=True))
    made = [
        Line(nameless(line.labels), [value.fraction(*bounds[at]) if isinstance(value, Histogram) else None
                                     for at, value in enumerate(line.values)])
        for line in vector
    ]  # fmt: skip
    for classic in buckets.classics(vector):
        known = map(classic.at, range(len(bounds)))
        values = [buckets.fraction(*bounds[at], each) if each else None for at, each in enumerate(known)]
        made.append(Line(dict(classic.labels), values))
    return lines(made)


def absent(found: Sequence[Sequence[object]], labels: Labels, steps: int) -> Vector:
    """1 where nothing was found."""
    gone = [None if any(values[at] is not None for values in found) else 1.0 for at in range(steps)]
    return lines([Line(labels, gone)])


def scalar(vector: Vector, steps: int) -> Scalar:
    """The value where there is exactly one line, else nan."""
    values = []
    for at in range(steps):
        known = [line.values[at] for line in vector if isinstance(line.values[at], float)]
        values.append(known[0] if len(known) == 1 else math.nan)
    return Scalar(values)


def by_value(vector: Vector, down: bool) -> Vector:
    """By the value at the (last) time; NaN last."""

    def rank(line: Line) -> tuple[bool, float]:
        value = line.values[-1]
        if not isinstance(value, float) or value != value:
            return True, 0.0
        return False, -value if down else value

    return sorted(vector, key=rank)


def by_labels(vector: Vector, names: Sequence[str], down: bool) -> Vector:
    """By these labels, numbers inside of them as numbers."""

    def rank(line: Line) -> list[object]:
        return [[_natural(line.labels.get(name, "")) for name in names], sorted(line.labels.items())]

    return sorted(vector, key=rank, reverse=down)


def _natural(text: str) -> list[tuple[bool, int, str]]:
    return [(not part.isdigit(), int(part) if part.isdigit() and len(part) < 300 else 0, part)
            for part in re.split(r"([0-9]+)", text) if part]  # fmt: skip


def label_replace(vector: Vector, texts: Sequence[str], regex: Regex) -> Vector:
    """`label_replace(v, target, replacement, source, pattern)`: `$1` and `${name}` are what the groups match."""
    target, replacement, source, pattern = texts
    _writable(target)
    found = regex(pattern, [line.labels.get(source, "") for line in vector])
    named = _group_names(pattern)
    made = []
    for line, groups in zip(vector, found, strict=True):
        labels = dict(line.labels)
        if groups:
            labels[target] = _expanded(replacement, groups, named)
        made.append(Line({name: value for name, value in labels.items() if value}, line.values))
    return lines(made)


def label_join(vector: Vector, texts: Sequence[str]) -> Vector:
    target, separator, *sources = texts
    _writable(target)
    made = []
    for line in vector:
        labels = line.labels | {target: separator.join(line.labels.get(each, "") for each in sources)}
        made.append(Line({name: value for name, value in labels.items() if value}, line.values))
    return lines(made)


def _writable(label: str) -> None:
    if not _LABEL.fullmatch(label):
        raise Failed(f"invalid destination label name: {label!r}")


def _group_names(pattern: str) -> dict[str, int]:
    """The numbers of named groups: parentheses count from the left unless escaped, in a class, or not capturing."""
    plain = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", pattern)
    names: dict[str, int] = {}
    for number, match in enumerate(re.finditer(r"\((?!\?)|\(\?P?<([a-zA-Z_]\w*)>", plain), 1):
        if match[1]:
            names[match[1]] = number
    return names


def _expanded(replacement: str, groups: Sequence[str], named: dict[str, int]) -> str:
    """As Go's Regexp.Expand: what names no group is nothing, `$$` is a dollar."""

    def put(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        name = match[1] or match[2]
        at = int(name) if name.isdigit() and len(name) < 5 else named.get(name, len(groups))
        return groups[at] if at < len(groups) else ""

    return re.sub(r"\$\$|\$\{(\w+)\}|\$(\w+)", put, replacement)


def at_times(grid: Grid) -> Scalar:
    return Scalar([at / 1000 for at in grid.times])


def alone(value: Value) -> Scalar:
    if not isinstance(value, Scalar):
        raise Failed("a number is wanted here")
    return value


def absent_labels(pairs: Sequence[tuple[str, str, str]]) -> Labels:
    """The labels that a selector fixes: of each with one `=` alone."""
    labels: Labels = {}
    twice = set()
    for name, op, value in pairs:
        if name == NAME:
            continue
        if op == "=" and name not in labels and name not in twice:
            labels[name] = value
        else:
            labels.pop(name, None)
            twice.add(name)
    return {name: value for name, value in labels.items() if value}
