"""The value of an expression, from the samples that its plan has fetched; the same samples give the same value."""

import math
import time
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trivet.errors import TooExpensive
from trivet.query.promql import binary, functions
from trivet.query.promql.aggregate import aggregated
from trivet.query.promql.fetch import Fetched
from trivet.query.promql.native import Histogram
from trivet.query.promql.plan import LAST, LOOK_BACK, Plan
from trivet.query.promql.samples import Failed, Grid, Line, Raw, Sample, Scalar, Value, Vector, key, lines, nameless
from trivet.query.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Shift,
    Subquery,
    Text,
)
from trivet.query.promql.windows import COUNTERS, NAMED, OVER, Window, falls


@dataclass(slots=True)
class Budget:
    """How many samples may be touched, all parts of an expression together, and until when (time.monotonic())."""

    samples: int
    until: float = math.inf
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.samples

    def spend(self, samples: int) -> None:
        self.left -= samples
        if self.left < 0:
            raise TooExpensive(
                f"the expression touches more than {self.samples} samples",
                hint="a longer step, less time or fewer series; the setting is promql_samples",
            )
        if time.monotonic() > self.until:
            raise TooExpensive("the expression takes longer than query_seconds allows", hint="ask about less")


class Evaluator:
    def __init__(self, plan: Plan, fetched: Mapping[int, Fetched], budget: Budget, regex: functions.Regex):
        self._plan = plan
        self._fetched = fetched
        self._budget = budget
        self._regex = regex

    def value(self, node: Node, grid: Grid) -> Value:
        found = self._value(node, grid)
        if isinstance(found, list):
            self._budget.spend((len(found) + 1) * grid.count)
        return found

    def raw(self, node: Selector) -> list[Raw]:
        """The samples of a range that is the whole expression."""
        return self._fetched[id(node)].raws

    def _value(self, node: Node, grid: Grid) -> Value:
        match node:
            case Number(value=value):
                return Scalar([value] * grid.count)
            case Text(value=value):
                return value
            case Selector():
                return self._selected(node, node.shift, grid, LAST, LOOK_BACK, ())
            case Negative(inner=inner):
                return self._negative(self.value(inner, grid))
            case Binary(left=left, right=right):
                return binary.combined(node, self.value(left, grid), self.value(right, grid))
            case Aggregate():
                return self._aggregate(node, grid)
            case Call():
                return self._call(node, grid)
        raise Failed("a subquery stands only inside of a function over time")

    def _negative(self, value: Value) -> Value:
        if isinstance(value, Scalar):
            return Scalar([-each for each in value.values])
        return lines([Line(nameless(line.labels), [None if each is None else each * -1.0 for each in line.values])
                      for line in self._vector(value)])  # fmt: skip

    def _aggregate(self, node: Aggregate, grid: Grid) -> Vector:
        parameter = None if node.parameter is None else self.value(node.parameter, grid)
        vector = self._vector(self.value(node.inner, grid))
        if isinstance(parameter, list):
            raise Failed("a number is wanted as the parameter of an aggregation")
        return aggregated(node.operator, vector, parameter, node.grouping)

    def _call(self, node: Call, grid: Grid) -> Value:
        name, arguments = node.function, node.arguments
        if name == "absent_over_time":
            return functions.absent([line.values for line in self._over(node, grid, "present_over_time")],
                                    absent_labels(arguments[0]), grid.count)  # fmt: skip
        if name in OVER:
            return self._over(node, grid, name)
        if name == "timestamp" and isinstance(arguments[0], Selector):
            return self._unnamed(self._selected(node, arguments[0].shift, grid, "ts_of_last_over_time", LOOK_BACK, ()))
        return self._plain(node, [self.value(each, grid) for each in arguments], grid)

    def _plain(self, node: Call, values: list[Value], grid: Grid) -> Value:
        """A function of the values at each time."""
        match node.function, values:
            case "time", []:
                return functions.at_times(grid)
            case "pi", []:
                return Scalar([math.pi] * grid.count)
            case "vector", [Scalar(values=numbers)]:
                return [Line({}, list(numbers))]
            case "scalar", [list() as vector]:
                return functions.scalar(vector, grid.count)
            case "absent", [list() as vector]:
                found = [line.values for line in vector]
                return functions.absent(found, absent_labels(node.arguments[0]), grid.count)
            case "timestamp", [list() as vector]:
                return self._timestamps(vector, grid)
            case name, [list() as vector] if name in functions.EACH:
                return functions.mapped(vector, functions.EACH[name])
            case name, rest if name in functions.TIMES:
                vector = self._vector(rest[0]) if rest else [Line({}, list(functions.at_times(grid).values))]
                return functions.mapped(vector, functions.TIMES[name])
            case name, [list() as vector, *scalars] if name in functions.WITH_SCALARS:
                return functions.with_scalars(vector, name, [functions.alone(each) for each in scalars])
        return self._labelled(node.function, values)

    def _labelled(self, name: str, values: list[Value]) -> Value:
        """Functions of histograms, of labels and of the order."""
        match name, values:
            case _, [list() as vector] if name in functions.NATIVE:
                return functions.of_native(vector, name)
            case "histogram_quantile", [Scalar() as level, list() as vector]:
                return functions.histogram_quantile(level, vector)
            case "histogram_fraction", [Scalar() as low, Scalar() as high, list() as vector]:
                return functions.histogram_fraction(low, high, vector)
            case "sort" | "sort_desc", [list() as vector]:
                return functions.by_value(vector, name == "sort_desc")
            case "sort_by_label" | "sort_by_label_desc", [list() as vector, *names]:
                return functions.by_labels(vector, [str(each) for each in names], name == "sort_by_label_desc")
            case "label_replace", [list() as vector, *texts]:
                return functions.label_replace(vector, [str(each) for each in texts], self._regex)
            case "label_join", [list() as vector, *texts]:
                return functions.label_join(vector, [str(each) for each in texts])
        raise Failed(f"{name} does not take these arguments")

    def _over(self, node: Call, grid: Grid, function: str) -> Vector:
        """A function over windows of time: of a selector's samples or of a subquery's."""
        ranged = next(each for each in node.arguments if isinstance(each, Selector | Subquery))
        numbers = [functions.alone(self.value(each, grid)).values for each in node.arguments if each is not ranged]
        parameters = list(zip(*numbers, strict=True)) if numbers else [()] * grid.count
        if isinstance(ranged, Selector):
            made = self._selected(node, ranged.shift, grid, function, ranged.window or 0, parameters)
        else:
            raws = self._subquery(ranged, grid)
            made = self._windows(raws, ranged.shift, grid, function, ranged.window, parameters)
        return made if function in NAMED else self._unnamed(made)

    def _subquery(self, node: Subquery, grid: Grid) -> list[Raw]:
        inner = self._plan.inner(node, grid)
        self._budget.spend(max(0, inner.count))
        value = self.value(node.inner, inner) if inner.count > 0 else []
        vector = [Line({}, list(value.values))] if isinstance(value, Scalar) else self._vector(value)
        raws = []
        for line in vector:
            known = [(at, each) for at, each in zip(inner.times, line.values, strict=True) if each is not None]
            raws.append(Raw(line.labels, [at for at, _ in known], [each for _, each in known]))
        return raws

    def _selected(
        self, asker: Node, shift: Shift, grid: Grid, function: str, window: int, parameters: Sequence[tuple[float, ...]]
    ) -> Vector:
        """What was fetched for a node, spread over the grid where it stands for one time."""
        fetched = self._fetched[id(asker)]
        made = list(fetched.lines)
        if self._plan.shifted(shift, grid).fixed:
            made = [Line(line.labels, line.values * grid.count) for line in made]
        self._budget.spend(len(made) * grid.count)
        if fetched.raws:
            made += self._windows(fetched.raws, shift, grid, function, window, parameters)
        return lines(made)

    def _windows(
        self,
        raws: Sequence[Raw],
        shift: Shift,
        grid: Grid,
        function: str,
        window: int,
        parameters: Sequence[tuple[float, ...]],
    ) -> Vector:
        where, fixed = self._plan.shifted(shift, grid)
        times = [where.start] * grid.count if fixed else list(where.times)
        over = OVER.get(function, OVER["last_over_time"])
        made = []
        for raw in raws:
            fell = falls(raw.values) if function in COUNTERS else []
            values: list[Sample | None] = []
            for at, end in enumerate(times):
                low, high = bisect_right(raw.times, end - window), bisect_right(raw.times, end)
                self._budget.spend(high - low)
                if low == high:
                    values.append(None)
                    continue
                given = parameters[at] if parameters else ()
                inside = fell[bisect_right(fell, low) : bisect_left(fell, high)]
                places = [place - low for place in inside]
                values.append(over(Window(raw.times[low:high], raw.values[low:high], end, window, given, places)))
            if function == LAST:
                values = [each if isinstance(each, Histogram) or each == each else None for each in values]
            made.append(Line(raw.labels, values))
        return lines(made)

    def _timestamps(self, vector: Vector, grid: Grid) -> Vector:
        times = [at / 1000 for at in grid.times]
        made = []
        for line in vector:
            known = zip(line.values, times, strict=True)
            made.append(Line(nameless(line.labels), [None if value is None else at for value, at in known]))
        return lines(made)

    def _unnamed(self, vector: Vector) -> Vector:
        return lines([Line(nameless(line.labels), line.values) for line in vector])

    def _vector(self, value: Value) -> Vector:
        if not isinstance(value, list):
            raise Failed("a vector is wanted here")
        return value


def absent_labels(node: Node) -> dict[str, str]:
    if isinstance(node, Subquery):
        return {}
    pairs = [(each.name, each.op, each.value) for each in node.matchers] if isinstance(node, Selector) else []
    return functions.absent_labels(pairs)


def ordered(node: Node, vector: Vector) -> Vector:
    """As the outermost function orders it, else by labels."""
    match node:
        case Call(function=name) if name.startswith("sort"):
            return vector
        case Aggregate(operator="topk" | "bottomk"):
            return vector
    return sorted(vector, key=lambda line: key(line.labels))
