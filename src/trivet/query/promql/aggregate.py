"""Aggregations: the lines of a vector by group, at each time by itself."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from trivet.query.promql import windows
from trivet.query.promql.names import NAME
from trivet.query.promql.native import Histogram, total
from trivet.query.promql.samples import Key, Labels, Line, Sample, Scalar, Vector, key, lines, nameless, shown
from trivet.query.promql.tree import Grouping

Numbers = Callable[[list[float]], float]


def group_labels(labels: Labels, grouping: Grouping) -> Labels:
    if grouping.by:
        return {name: labels[name] for name in grouping.labels if name in labels}
    return {name: value for name, value in labels.items() if name != NAME and name not in grouping.labels}


def aggregated(operator: str, vector: Vector, parameter: Scalar | str | None, grouping: Grouping) -> Vector:
    groups: dict[Key, list[Line]] = {}
    for line in vector:
        groups.setdefault(key(group_labels(line.labels, grouping)), []).append(line)
    if operator in ("topk", "bottomk"):
        assert isinstance(parameter, Scalar)
        return [line for members in groups.values() for line in _ranked(members, parameter, operator == "topk")]
    if operator == "count_values":
        return lines([line for group, members in groups.items() for line in _counted(dict(group), members, parameter)])
    over = _over(operator, parameter)
    made = [Line(dict(group), over(members)) for group, members in groups.items()]
    return lines(made)


def _over(operator: str, parameter: Any) -> Callable[[list[Line]], list[Sample | None]]:
    """What makes one line of a group's."""
    if operator == "quantile":
        return lambda members: [
            windows.quantile(level, numbers) if (numbers := _plain(column)) else None
            for level, column in zip(parameter.values, _columns(members), strict=True)
        ]
    function = ALL[operator]
    return lambda members: [function(column) if column else None for column in _columns(members)]


def _columns(members: Sequence[Line]) -> list[list[Sample]]:
    """What there is at each time."""
    return [
        [each for each in column if each is not None] for column in zip(*(line.values for line in members), strict=True)
    ]


def _plain(column: Sequence[Sample]) -> list[float]:
    return [each for each in column if not isinstance(each, Histogram)]


def _sum(column: list[Sample]) -> Sample | None:
    """Numbers and histograms do not add up: Prometheus leaves such a group out."""
    numbers = _plain(column)
    if len(numbers) == len(column):
        return windows.exact_sum(numbers)
    return None if numbers else total(column)


def _mean(column: list[Sample]) -> Sample | None:
    whole = _sum(column)
    if whole is None or isinstance(whole, Histogram):
        return whole and whole * (1 / len(column))
    return whole / len(column)


def _of_numbers(function: Numbers) -> Callable[[list[Sample]], float | None]:
    def over(column: list[Sample]) -> float | None:
        numbers = _plain(column)
        return function(numbers) if numbers else None

    return over


ALL: dict[str, Callable[[list[Sample]], Sample | None]] = {
    "sum": _sum,
    "avg": _mean,
    "count": lambda column: float(len(column)),
    "group": lambda _: 1.0,
    "min": _of_numbers(windows.least),
    "max": _of_numbers(windows.most),
    "stddev": _of_numbers(lambda numbers: math.sqrt(windows.variance(numbers))),
    "stdvar": _of_numbers(windows.variance),
}


def _ranked(members: Sequence[Line], wanted: Scalar, largest: bool) -> Vector:
    """The k lines with the largest values at each time; the order is the last time's, and NaN comes last."""
    kept: list[list[Sample | None]] = [[None] * len(wanted.values) for _ in members]
    order: list[int] = []
    for at, count in enumerate(wanted.values):
        known = [(place, line.values[at]) for place, line in enumerate(members)]
        numbers = [(place, value) for place, value in known if isinstance(value, float)]
        numbers.sort(key=lambda each: _rank(each[1], largest))
        chosen = numbers[: _size(count)]
        for place, value in chosen:
            kept[place][at] = value
        order = [place for place, _ in chosen]
    rest = [place for place in range(len(members)) if place not in order]
    return [
        Line(members[place].labels, kept[place]) for place in (*order, *rest)
        if any(value is not None for value in kept[place])
    ]  # fmt: skip


def _rank(value: float, largest: bool) -> tuple[bool, float]:
    return (True, 0.0) if value != value else (False, -value if largest else value)


def _size(count: float) -> int:
    """None of them where there is no number."""
    return 0 if math.isnan(count) else max(0, int(min(count, 1e9)))


def _counted(group: Labels, members: Sequence[Line], label: Any) -> Vector:
    """A line for each value, with how many have it."""
    steps = len(members[0].values)
    found: dict[str, list[Sample | None]] = {}
    for line in members:
        for at, value in enumerate(line.values):
            if value is not None:
                text = shown(value) if isinstance(value, float) else str(value)
                counts = found.setdefault(text, [None] * steps)
                counts[at] = (counts[at] or 0.0) + 1.0
    return [Line(nameless(group) | {str(label): text}, counts) for text, counts in found.items()]
