"""What an expression needs from the store: for each of its selectors which samples, on which grid of time.

Where the engine has a function for what stands around a selector it is asked for that function's values, one line a
series; a sum around it is added up there, too, so that a dashboard's panel over thousands of series fetches a dozen
lines. All else is fetched as samples and worked out in Python.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from trivet.errors import TooExpensive
from trivet.query.promql.samples import Grid
from trivet.query.promql.tree import (
    END,
    START,
    Aggregate,
    Call,
    Grouping,
    Negative,
    Node,
    Number,
    Selector,
    Shift,
    Subquery,
    children,
)

# How long a sample stands for its series when no newer one comes.
LOOK_BACK = 300_000
# The functions of the engine, timeSeries…ToGrid.
ENGINE = {
    "rate": "Rate", "increase": "Increase", "delta": "Delta", "irate": "InstantRate", "idelta": "InstantDelta",
    "last_over_time": "Last", "min_over_time": "Min", "max_over_time": "Max", "avg_over_time": "Avg",
    "sum_over_time": "Sum", "count_over_time": "Count", "present_over_time": "Count",
    "changes": "Changes", "resets": "Resets", "deriv": "Deriv", "predict_linear": "PredictLinear",
}  # fmt: skip
LAST, TIMESTAMP, SAMPLES = "last", "timestamp", "samples"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`function`: LAST, TIMESTAMP, SAMPLES or a name in ENGINE, over `window` ms at each time of the grid; with `sums`
    added up so."""

    selector: Selector
    grid: Grid
    function: str
    window: int
    parameters: tuple[float, ...] = ()
    sums: Grouping | None = None


class Shifted(NamedTuple):
    """A grid behind `offset` and `@`; `fixed` when it is one time for all of the outer grid."""

    grid: Grid
    fixed: bool


@dataclass(slots=True)
class Plan:
    """`whole` is the grid of the question; `step` that of a subquery that names none; `most`: of how many steps."""

    whole: Grid
    step: int
    most: int
    wanted: dict[int, Wanted] = field(default_factory=dict)

    def shifted(self, shift: Shift, grid: Grid) -> Shifted:
        if shift.at is None:
            return Shifted(grid.moved(-shift.offset), False)
        at = {START: self.whole.start, END: self.whole.end}.get(shift.at, shift.at)
        return Shifted(Grid(at - shift.offset, at - shift.offset, 1), True)

    def inner(self, subquery: Subquery, grid: Grid) -> Grid:
        """The times at which a subquery is worked out, multiples of its step, for all windows of the outer grid."""
        step = subquery.step or self.step
        outer = self.shifted(subquery.shift, grid).grid
        first = (outer.start - subquery.window) // step + 1
        return Grid(first * step, outer.end // step * step, step)

    def add(self, node: Node, grid: Grid, sums: Grouping | None = None) -> None:
        """What `node` needs at the times of the grid."""
        if grid.count > self.most:
            raise TooExpensive(
                f"a subquery has more than {self.most} steps", hint="a longer step; the setting is promql_samples"
            )
        match node:
            case Selector():
                self._selector(node, node, grid, LAST, LOOK_BACK, sums=sums)
            case Subquery(inner=inner):
                self.add(inner, self.inner(node, grid))
            case Call():
                self._call(node, grid, sums)
            case Aggregate(operator="sum", inner=inner, grouping=grouping):
                self.add(inner, grid, grouping)
            case _:
                for child in children(node):
                    self.add(child, grid)

    def _call(self, node: Call, grid: Grid, sums: Grouping | None) -> None:
        for argument in node.arguments:
            if not isinstance(argument, Selector):
                self.add(argument, grid)
            elif argument.window is None and node.function == "timestamp":
                self._selector(node, argument, grid, TIMESTAMP, LOOK_BACK)
            elif argument.window is None:
                self.add(argument, grid)
            else:
                self._range(node, argument, grid, sums)

    def _range(self, node: Call, selector: Selector, grid: Grid, sums: Grouping | None) -> None:
        numbers = [literal(each) for each in node.arguments if each is not selector]
        if node.function in ENGINE and None not in numbers:
            self._selector(node, selector, grid, node.function, selector.window, tuple(numbers), sums)
        else:
            self._selector(node, selector, grid, SAMPLES, selector.window)

    def _selector(
        self,
        asker: Node,
        selector: Selector,
        grid: Grid,
        function: str,
        window: int,
        parameters: tuple[float, ...] = (),
        sums: Grouping | None = None,
    ) -> None:
        where = self.shifted(selector.shift, grid).grid
        self.wanted[id(asker)] = Wanted(selector, where, function, window, parameters, sums)


def literal(node: Node) -> float | None:
    match node:
        case Number(value=value):
            return value
        case Negative(inner=Number(value=value)):
            return -value
    return None
