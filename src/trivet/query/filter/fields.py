"""What a name in a filter means, in the table that the filter is asked of.

Intrinsics win over bare attributes of the same name. A bare name is an attribute of the row, else of its resource, else
of its scope. A prefix (`span. log. resource. scope. event. root. trace.`) says which; but a name is tried literally
first, since `log.file.name` is a real attribute. A quoted name is always an attribute.
"""

from dataclasses import dataclass, replace
from functools import partial

from trivet.query.filter.attribute import Attribute, Elsewhere, EventAttribute, Layered, Place
from trivet.query.filter.condition import Parameters
from trivet.query.filter.kinds import Field, Number, Texts, nearest
from trivet.query.filter.parse import bad
from trivet.query.filter.roots import with_root
from trivet.query.filter.tables import LOGS, SERIES, SPANS, Table
from trivet.query.filter.tree import Name
from trivet.query.instant import HOUR, LATEST, Range

# How far outside the asked range the rest of a trace may lie (its root, its log records).
SLACK = HOUR


@dataclass(frozen=True, slots=True)
class Context:
    """Where a filter is asked: the table, and the range of time."""

    table: Table
    within: Range
    now: int

    def of(self, table: Table) -> "Context":
        return replace(self, table=table)


def field_of(name: Name, context: Context) -> Field:
    """The field that a name means."""
    intrinsics = context.table.fields(context.now)
    if name.quoted:
        return _attribute(name.text, context)
    if name.text in intrinsics:
        return intrinsics[name.text]
    prefix, _, rest = name.text.partition(".")
    inner = Name(rest, name.at + len(prefix) + 1)
    if not rest:
        return _attribute(name.text, context)
    if prefix == context.table.prefix:
        attribute = _attribute(name.text, context, ("attributes", rest))
        return Layered(attribute, intrinsics[rest]) if rest in intrinsics else attribute
    if prefix == "resource":
        return _attribute(name.text, context, ("resource", rest))
    if prefix == "scope":
        return _attribute(name.text, context, ("scope_attributes", rest))
    if prefix == "event" and context.table.events:
        return Layered(_attribute(name.text, context), EventAttribute(rest, context.table.items))
    if prefix == "log" and context.table is SPANS:
        found = Elsewhere("log", field_of(inner, context.of(LOGS)), partial(_with_log, context))
        return Layered(_attribute(name.text, context), found)
    if prefix == "root" and context.table is not SERIES:
        return Elsewhere("root", field_of(inner, context.of(SPANS)), partial(_with_root, context))
    if prefix == "trace" and context.table is not SERIES:
        return _trace_field(inner, context)
    return _attribute(name.text, context)


def _attribute(key: str, context: Context, *places: Place) -> Attribute:
    """A name tried literally in the row, its resource and its scope, then in the given places."""
    literal = (("attributes", key), ("resource", key), ("scope_attributes", key))
    return Attribute(literal + places, context.table.items)


# What stands for the trace is its root's.
OF_ROOT: dict[str, Field] = {"duration": Number("duration", "a duration")}
# Asked of the whole trace; a resend counts once.
TRACE_FIELDS: dict[str, Field] = {
    "spans": Number("uniqExact(span_id)"),
    "errors": Number("uniqExactIf(span_id, status_code = 2)"),
    "services": Number("uniqExact(service)"),
    "service": Texts("groupUniqArray(service)"),
}


def _trace_field(name: Name, context: Context) -> Field:
    if name.text in OF_ROOT:
        return Elsewhere("root", OF_ROOT[name.text], partial(_with_root, context))
    if name.text not in TRACE_FIELDS:
        names = [*OF_ROOT, *TRACE_FIELDS]
        known = ", ".join(f"trace.{each}" for each in names)
        raise bad(f"a trace has no {name.text!r}, but {known}", name.at, nearest(name.text, names))
    return Elsewhere("trace", TRACE_FIELDS[name.text], partial(_having, context))


def _having(context: Context, condition: str, bound: Parameters) -> str:
    rows = f"SELECT trace_id FROM otel_spans WHERE {nearby(context, bound)} GROUP BY trace_id HAVING {condition}"
    return f"trace_id IN ({rows})"


def _with_root(context: Context, condition: str, bound: Parameters) -> str:
    return with_root(nearby(context, bound), condition)


def with_span(context: Context, condition: str, bound: Parameters) -> str:
    """The row's trace has a span for which the condition holds."""
    return f"trace_id IN (SELECT trace_id FROM otel_spans WHERE {nearby(context, bound)} AND {condition})"


def _with_log(context: Context, condition: str, bound: Parameters) -> str:
    """The span has a log record for which the condition holds."""
    near = nearby(context, bound, "time")
    return f"(trace_id, span_id) IN (SELECT trace_id, span_id FROM otel_logs WHERE {near} AND {condition})"


def nearby(context: Context, bound: Parameters, column: str = "start") -> str:
    """The asked range of time, and as far outside it as the rest of a trace may lie."""
    start = bound.bind(max(0, context.within.start - SLACK), "Int64")
    end = bound.bind(min(LATEST, context.within.end + SLACK), "Int64")
    return f"{column} >= fromUnixTimestamp64Nano({start}) AND {column} < fromUnixTimestamp64Nano({end})"
