"""The rows that figures are made of: spans or log records that match, with the fields asked for.

Fields are those of the filter language. What a row holds of one is an array of (canonical text, type), as in held.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from trivet.errors import Invalid
from trivet.query.ask import statement
from trivet.query.fields.held import held_of
from trivet.query.fields.names import TABLES
from trivet.query.figures.asked import Asked
from trivet.query.figures.figures import Column, Word
from trivet.query.figures.reached import Joins
from trivet.query.filter.attribute import Attribute, EventAttribute, Layered
from trivet.query.filter.compile import compiled
from trivet.query.filter.condition import Condition, Parameters
from trivet.query.filter.fields import Context, field_of
from trivet.query.filter.kinds import Field, Number, Reached, Severity, Texts
from trivet.query.filter.tables import SPANS, Table
from trivet.query.filter.tree import Name, Value
from trivet.query.sample import asked as in_time

ABSENT = -1
UNITS = {"duration": "ns", "root.duration": "ns", "trace.duration": "ns"}


@dataclass(slots=True)
class SumRows:
    """`group` is the expression of a row's group, `columns` the fields of the figures by their names."""

    table: Table
    context: Context
    matching: Condition
    joins: Joins
    bound: Parameters
    group: str = ""
    columns: dict[str, Column] = field(default_factory=dict)
    selected: list[str] = field(default_factory=list)

    @property
    def parameters(self) -> dict[str, Any]:
        return self.matching.parameters | self.bound.values

    @property
    def sql(self) -> str:
        return statement(
            "sum_rows",
            time=self.table.time, columns=",\n       ".join([*_always(self.table, self.bound), *self.selected]),
            table=self.table.name, rows=self.matching.sql, joins="\n".join(["", *self.joins.sql]),
        )  # fmt: skip


def sum_rows(asked: Asked, words: Iterable[Word], now: int) -> SumRows:
    """The rows of a question, with the fields of its groups and figures."""
    table = TABLES[asked.signal]
    context = Context(table, asked.within, now)
    filtered, bound = compiled(asked.filter, context), Parameters("held")
    matching = in_time(table, asked.within) & filtered
    worth = filtered.sql != "true" and "SELECT" not in filtered.sql
    rows = SumRows(table, context, matching, Joins(context, matching if worth else None, bound), bound)
    parts = [_grouped(rows, name, at) for at, name in enumerate(asked.group_by)]
    rows.group = f"CAST([{', '.join(parts)}], 'Array(Tuple(String, Int8))')"
    for word in sorted(words, key=lambda word: not word.needs_number):
        if word.field and not word.counts_traces and word.field not in rows.columns:
            rows.columns[word.field] = _column(rows, word.field, word.needs_number)
    return rows


def _always(table: Table, bound: Parameters) -> list[str]:
    if table is SPANS:
        return ["trace_id", "weight", "status_code = 2 AS failed"]
    failed = Severity().compares(">=", Value("error", 0), bound)
    return ["trace_id", "toFloat32(1) AS weight", f"{failed} AS failed"]


def _grouped(rows: SumRows, name: str, at: int) -> str:
    """A field as one of a group's values; a row with several is in the group of each."""
    found = known(name, rows)
    rows.selected.append(f"{held_of(found, rows.bound)} AS group_{at}")
    if _has_several(found):
        return f"arrayJoin(if(empty(group_{at}), [('', {ABSENT})], arrayDistinct(group_{at})))"
    return f"if(empty(group_{at}), ('', {ABSENT}), group_{at}[1])"


def _column(rows: SumRows, name: str, needs_number: bool) -> Column:
    found = known(name, rows)
    at = len(rows.columns)
    texts, number = f"texts_{at}", f"number_{at}"
    if isinstance(found, Number):
        rows.selected.append(f"toFloat64({found.sql}) AS {number}, [toString({found.sql})] AS {texts}")
    else:
        if needs_number and not _may_be_number(found):
            raise Invalid(f"{name} is not a number", code="bad_calculate", hint=f"try uniq({name}), or group by it")
        of_row = f"arrayMap(each -> each.1, {held_of(found, rows.bound)})"
        rows.selected.append(f"{of_row} AS {texts}, ifNull(toFloat64OrNull({texts}[1]), nan) AS {number}")
    return Column(number, texts, UNITS.get(name.removeprefix(f"{rows.table.prefix}."), ""))


def known(name: str, rows: SumRows) -> Field:
    """The field that a name means; quotes around it make it an attribute's to the letter."""
    quoted = len(name) > 1 and name[0] == name[-1] == '"'
    return rows.joins.reach(name, field_of(Name(name[1:-1] if quoted else name, 0, quoted), rows.context))


def _has_several(found: Field) -> bool:
    if isinstance(found, Layered):
        return _has_several(found.then)
    return isinstance(found, Texts | EventAttribute | Reached)


def _may_be_number(found: Field) -> bool:
    if isinstance(found, Reached):
        return _may_be_number(found.field)
    return isinstance(found, Number | Attribute | EventAttribute | Layered)
