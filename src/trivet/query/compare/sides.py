"""The two sides of a comparison as conditions: what is selected, and what it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trivet.query.compare.terms import fixed, population, text_of
from trivet.query.filter import tree
from trivet.query.filter.compile import condition
from trivet.query.filter.condition import Condition
from trivet.query.filter.fields import Context
from trivet.query.filter.parse import parse
from trivet.query.filter.tables import Table
from trivet.query.instant import Range
from trivet.query.sample import asked


@dataclass(frozen=True, slots=True)
class AskedSide:
    """A side as asked for."""

    filter: str
    within: Range


@dataclass(frozen=True, slots=True)
class Sides:
    """Which rows are on each side; none is on both. The conditions say the time as well. `fixed` are the fields that
    the filters speak of; of a baseline that was not asked for, `told` is the filter and `of` its other condition."""

    table: Table
    selected: Condition
    compared: Condition
    selected_within: Range
    compared_within: Range
    fixed: frozenset[str]
    told: str | None = None
    of: Literal["all", "operations"] = "all"

    @property
    def all_else(self) -> "Sides":
        """The same, compared with everything that is not selected."""
        everything = asked(self.table, self.compared_within, "compared_at")
        return replace(self, compared=everything & ~self.selected, told="")

    def of_operations(self, operations: Sequence[tuple[str, str]]) -> "Sides":
        """The same, compared with spans of these services and names only."""
        same = Condition(
            "(service, name) IN (SELECT arrayJoin(arrayZip({of_services:Array(String)}, {of_names:Array(String)})))",
            {"of_services": [service for service, _ in operations], "of_names": [name for _, name in operations]},
        )
        return replace(self, compared=self.compared & same, of="operations")


def sides(table: Table, selection: AskedSide, baseline: AskedSide | None, now: int) -> Sides:
    """Without a baseline, the rest: see compare_terms.py."""
    node = parse(selection.filter)
    within = baseline.within if baseline else selection.within
    if baseline:
        other, told = parse(baseline.filter), None
    else:
        terms = population(node)
        other, told = tree.All(tuple(terms)) if terms else tree.Everything(), text_of(terms)
    selected = _rows(table, node, selection.within, now, "selected")
    compared = _rows(table, other, within, now, "compared") & ~selected
    spoken_of = frozenset(fixed(node) | fixed(other))
    return Sides(table, selected, compared, selection.within, within, spoken_of, told)


def _rows(table: Table, node: tree.Node, within: Range, now: int, prefix: str) -> Condition:
    return asked(table, within, f"{prefix}_at") & condition(node, Context(table, within, now), prefix)
