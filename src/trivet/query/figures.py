"""What can be calculated of spans and log records: `count`, `rate`, `error_rate`, `p95(duration)`, `avg(an.attribute)`.

Spans weigh more than 1 where they stand for others that were not kept: counts, rates and quantiles are weighted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trivet.errors import Invalid
from trivet.query.filter.condition import Parameters
from trivet.query.filter.fields import Context, field_of
from trivet.query.filter.kinds import Number
from trivet.query.filter.tables import SPANS
from trivet.query.filter.tree import Name
from trivet.query.held import held

_CALL = re.compile(r"(avg|min|max|sum|p(?:\d{1,2}(?:\.\d{1,4})?|100))\((.+)\)")
KNOWN = "count, rate, errors, error_rate, count(traces), avg(field), min(…), max(…), sum(…), p95(…)"
# Asked for without saying what.
DEFAULT = ("count",)


@dataclass(frozen=True, slots=True)
class Figure:
    """`sql` is the aggregate; `per_second` ones are divided by the length of the time."""

    name: str
    sql: str
    unit: str = ""
    per_second: bool = False


def understood(asked: Sequence[str], context: Context, bound: Parameters) -> list[Figure]:
    """The figures asked for, each once."""
    return [_figure(name.strip(), context, bound) for name in dict.fromkeys(asked or DEFAULT)]


def weight(context: Context) -> str:
    return "toFloat64(weight)" if context.table is SPANS else "toFloat64(1)"


def _figure(name: str, context: Context, bound: Parameters) -> Figure:
    total, failed = f"sum({weight(context)})", _failed(context)
    match name:
        case "count":
            return Figure(name, total)
        case "samples":
            return Figure(name, "toFloat64(count())")
        case "rate":
            return Figure(name, total, "1/s", per_second=True)
        case "errors":
            return Figure(name, f"sumIf({weight(context)}, {failed})")
        case "error_rate":
            return Figure(name, f"sumIf({weight(context)}, {failed}) / {total}", "ratio")
        case "count(traces)":
            return Figure(name, "toFloat64(uniqExact(trace_id))")
    if call := _CALL.fullmatch(name):
        return _of_field(name, call[1], call[2], context, bound)
    raise Invalid(f"{name[:60]!r} cannot be calculated", code="bad_calculate", hint=f"one of {KNOWN}")


def _failed(context: Context) -> str:
    return "status_code = 2" if context.table is SPANS else "severity_number >= 17"


def _of_field(name: str, function: str, field: str, context: Context, bound: Parameters) -> Figure:
    value = number(field, context, bound)
    unit = "ns" if field == "duration" else ""
    if function in ("avg", "sum"):
        weighed = f"sumIf({value} * {weight(context)}, isNotNull({value}))"
        shared = f" / sumIf({weight(context)}, isNotNull({value}))" if function == "avg" else ""
        return Figure(name, f"toFloat64OrNull(toString({weighed}{shared}))", unit)
    if function in ("min", "max"):
        return Figure(name, f"toFloat64({function}({value}))", unit)
    level = float(function[1:]) / 100
    weighty = f"toUInt64(greatest(1, round({weight(context)})))"
    return Figure(name, f"toFloat64(quantileTDigestWeighted({level})({value}, {weighty}))", unit)


def number(name: str, context: Context, bound: Parameters) -> str:
    """The value of a field as a number, NULL where a row has none."""
    field = field_of(Name(name, 0), context)
    if isinstance(field, Number) and field.sql == "duration":
        return "toNullable(toFloat64(duration))"
    values = held(name, context, bound)
    return f"toFloat64OrNull({values}[1].1)"
