"""Fields of other rows as columns: what a row's root, its trace or its log records hold, joined to the row.

Filters ask of other rows whether there is one (`filter/fields.py`); figures and groups want the values.
"""

from dataclasses import dataclass, field
from typing import Final

from trivet.errors import Invalid
from trivet.query.ask import statement
from trivet.query.fields.held import held_of
from trivet.query.filter.attribute import Elsewhere, Layered
from trivet.query.filter.condition import Condition, Parameters
from trivet.query.filter.fields import Context, nearby
from trivet.query.filter.kinds import Field, Reached
from trivet.query.filter.roots import local_roots
from trivet.query.filter.tables import LOGS, NO_PARENT, SPANS

# By what a row is joined; a record of no trace has zeros there, as no span has.
KEYS: Final = {"root": ("trace_id",), "trace": ("trace_id",), "log": ("trace_id", "span_id")}


@dataclass(slots=True)
class Joins:
    """The joins of one statement. `among` are the rows to which something is joined; None: nearly all there are, or
    not worth finding out twice."""

    context: Context
    among: Condition | None
    bound: Parameters
    sql: list[str] = field(default_factory=list)

    def reach(self, name: str, found: Field) -> Field:
        """The field with columns in place of what lies elsewhere."""
        match found:
            case Layered(first=first, then=then):
                return Layered(first, self.reach(name, then))
            case Elsewhere(field=Elsewhere() | Layered(then=Elsewhere())):
                raise Invalid(f"{name} leads too far", code="bad_parameter", hint="one of root. trace. log. at a time")
            case Elsewhere():
                return self._joined(found)
        return found

    def _joined(self, found: Elsewhere) -> Reached:
        column = f"reached_{len(self.sql)}"
        table = LOGS if found.of == "log" else SPANS
        keys = KEYS[found.of]
        self.sql.append(
            statement(
                "reached",
                keys=", ".join(f"{key} AS {column}_{key}" for key in keys), group=", ".join(keys), name=column,
                values=self._values(found), table=table.name, rows=self._rows(found),
                on=" AND ".join(f"{key} = {column}_of.{column}_{key}" for key in keys),
            )
        )  # fmt: skip
        return Reached(column, found.field)

    def _values(self, found: Elsewhere) -> str:
        """A trace's are made of all its rows; of several roots the earliest speaks."""
        values = held_of(found.field, self.bound)
        return {"root": f"argMin({values}, start)", "trace": values, "log": f"groupUniqArrayArray({values})"}[found.of]

    def _rows(self, found: Elsewhere) -> str:
        near = nearby(self.context, self.bound, "time" if found.of == "log" else "start")
        parts = [near]
        if found.of == "root":
            rooted = f"SELECT trace_id FROM otel_spans WHERE {near} AND {NO_PARENT}"
            local = local_roots(near, f"trace_id NOT IN ({rooted})")
            parts.append(f"({NO_PARENT} OR (trace_id, span_id) IN ({local}))")
        if self.among:
            parts.append(f"trace_id IN (SELECT trace_id FROM {self.context.table.name} WHERE {self.among.sql})")
        return " AND ".join(parts)
