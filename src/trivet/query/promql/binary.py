"""Operators between scalars and vectors, and which lines of two vectors meet.

https://prometheus.io/docs/prometheus/latest/querying/operators/
"""

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from trivet.query.promql.names import NAME
from trivet.query.promql.native import Histogram
from trivet.query.promql.samples import Failed, Key, Labels, Line, Sample, Scalar, Value, Vector, key, lines, nameless
from trivet.query.promql.tree import Binary, Matching

Apply = Callable[[Any, Any], Any]
SETS = ("and", "or", "unless")


def _divided(one: float, two: float) -> float:
    try:
        return one / two
    except ZeroDivisionError:
        return math.nan if one == 0 or one != one else math.copysign(math.inf, one) * math.copysign(1.0, two)


def _remainder(one: float, two: float) -> float:
    try:
        return math.fmod(one, two)
    except ValueError:
        return math.nan


def _power(one: float, two: float) -> float:
    try:
        return math.pow(one, two)
    except OverflowError:
        odd = one < 0 and two % 2 == 1
        return -math.inf if odd else math.inf
    except ValueError:  # 0 to a negative power, a negative number to a fraction
        return math.inf if one == 0 else math.nan


ARITHMETIC: dict[str, Apply] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "%": _remainder,
    "^": _power,
    "atan2": math.atan2,
}
COMPARE: dict[str, Apply] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def combined(node: Binary, left: Value, right: Value) -> Value:
    if isinstance(left, str) or isinstance(right, str):
        raise Failed("operators do not take strings")
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        return Scalar([_plain(node, one, two) for one, two in zip(left.values, right.values, strict=True)])
    if isinstance(left, Scalar):
        assert not isinstance(right, Scalar)
        return _one_sided(node, right, lambda value, at: (left.values[at], value))
    if isinstance(right, Scalar):
        return _one_sided(node, left, lambda value, at: (value, right.values[at]))
    if node.operator in SETS:
        return SET[node.operator](left, right, node.matching)
    return Meeting(node, left, right).lines()


def _plain(node: Binary, one: float, two: float) -> float:
    apply = ARITHMETIC.get(node.operator)
    return apply(one, two) if apply else float(COMPARE[node.operator](one, two))


def _one_sided(node: Binary, vector: Vector, pair: Callable[[Any, int], tuple[Any, Any]]) -> Vector:
    """A scalar with each line of a vector; a comparison filters."""
    renamed = node.as_bool or node.operator in ARITHMETIC
    made = []
    for line in vector:
        values = [
            None if value is None else _applied(node, *pair(value, at), value) for at, value in enumerate(line.values)
        ]
        made.append(Line(nameless(line.labels) if renamed else line.labels, values))
    return lines(made)


def _applied(node: Binary, one: Sample, two: Sample, kept: Sample) -> Sample | None:
    """`kept` is what a comparison that is not `bool` lets through."""
    if isinstance(one, Histogram) or isinstance(two, Histogram):
        return _with_histogram(node, one, two, kept)
    if node.operator in ARITHMETIC:
        return ARITHMETIC[node.operator](one, two)
    holds = COMPARE[node.operator](one, two)
    if node.as_bool:
        return float(holds)
    return kept if holds else None


def _with_histogram(node: Binary, one: Sample, two: Sample, kept: Sample) -> Sample | None:
    """Histograms are added, subtracted and compared with each other, multiplied and divided by numbers; no more."""
    match one, node.operator, two:
        case Histogram(), "+", Histogram():
            return one + two
        case Histogram(), "-", Histogram():
            return one - two
        case Histogram(), "==" | "!=", Histogram():
            holds = COMPARE[node.operator](one, two)
            return float(holds) if node.as_bool else kept if holds else None
        case Histogram(), "*", float():
            return one * two
        case float(), "*", Histogram():
            return two * one
        case Histogram(), "/", float():
            return one * _divided(1.0, two)
    return None


def signature(labels: Labels, matching: Matching) -> Key:
    if matching.on:
        return key({name: labels[name] for name in matching.labels if name in labels})
    return key({name: value for name, value in labels.items() if name != NAME and name not in matching.labels})


def _by_signature(vector: Vector, matching: Matching) -> dict[Key, list[Line]]:
    groups: dict[Key, list[Line]] = {}
    for line in vector:
        groups.setdefault(signature(line.labels, matching), []).append(line)
    return groups


class Meeting:
    """Lines of the left with lines of the right; the `one` side has one line of a signature at each time."""

    def __init__(self, node: Binary, left: Vector, right: Vector):
        self._node = node
        self._matching = node.matching
        self._swapped = node.matching.many == "right"
        self._many, ones = (right, left) if self._swapped else (left, right)
        self._ones = _by_signature(ones, node.matching)

    def lines(self) -> Vector:
        made: dict[Key, list[Line]] = {}
        for group, members in _by_signature(self._many, self._matching).items():
            for one in self._alone(group, self._ones.get(group, [])):
                for many in members:
                    line = self._met(many, one)
                    if any(value is not None for value in line.values):
                        made.setdefault(key(line.labels), []).append(line)
        return [self._joined(same) for same in made.values()]

    def _alone(self, group: Key, ones: Sequence[Line]) -> Sequence[Line]:
        """Failed when two of them are there at one time."""
        if len(ones) > 1:
            for column in zip(*(line.values for line in ones), strict=True):
                if sum(value is not None for value in column) > 1:
                    side = "left" if self._swapped else "right"
                    raise Failed(
                        f"found duplicate series for the match group {_said(dict(group))} on the {side} hand-side of"
                        " the operation: many-to-many matching not allowed: matching labels must be unique on one side"
                    )
        return ones

    def _met(self, many: Line, one: Line) -> Line:
        values: list[Sample | None] = []
        for first, second in zip(many.values, one.values, strict=True):
            if first is None or second is None:
                values.append(None)
            else:
                left, right = (second, first) if self._swapped else (first, second)
                values.append(_applied(self._node, left, right, left))
        return Line(self._labels(many.labels, one.labels), values)

    def _labels(self, many: Labels, one: Labels) -> Labels:
        labels = nameless(many) if self._node.as_bool or self._node.operator in ARITHMETIC else dict(many)
        if self._matching.many is None:
            if self._matching.on:
                return {name: value for name, value in labels.items() if name in self._matching.labels}
            return {name: value for name, value in labels.items() if name not in self._matching.labels}
        for name in self._matching.include:
            labels.pop(name, None)
            if name in one:
                labels[name] = one[name]
        return labels

    def _joined(self, same: Sequence[Line]) -> Line:
        try:
            (line,) = lines(same)
        except Failed:
            if self._matching.many is None:
                raise Failed(
                    "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                ) from None
            raise Failed("multiple matches for labels: grouping labels must ensure unique matches") from None
        return line


def _said(labels: Labels) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


def _there(vector: Sequence[Line], steps: int) -> list[bool]:
    """Whether there is anything at each time."""
    return [any(line.values[at] is not None for line in vector) for at in range(steps)]


def _and(left: Vector, right: Vector, matching: Matching) -> Vector:
    return list(_where(left, right, matching, True))


def _unless(left: Vector, right: Vector, matching: Matching) -> Vector:
    return list(_where(left, right, matching, False))


def _where(left: Vector, right: Vector, matching: Matching, wanted: bool) -> Iterator[Line]:
    """What of the left has (or has not) something of its signature on the right."""
    groups = _by_signature(right, matching)
    there = {group: _there(members, len(members[0].values)) for group, members in groups.items()}
    for line in left:
        found = there.get(signature(line.labels, matching))
        if found is None:
            if not wanted:
                yield line
            continue
        values = [value if each is wanted else None for value, each in zip(line.values, found, strict=True)]
        if any(value is not None for value in values):
            yield Line(line.labels, values)


def _or(left: Vector, right: Vector, matching: Matching) -> Vector:
    return lines([*left, *_unless(right, left, matching)])


SET: dict[str, Callable[[Vector, Vector, Matching], Vector]] = {"and": _and, "or": _or, "unless": _unless}
