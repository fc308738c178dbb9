"""By what series are grouped: fields of the filter language, as SQL that keeps the type of a value."""

from collections.abc import Sequence
from typing import Any

from trivet.query.attributes import STRING, value
from trivet.query.filter.condition import Parameters
from trivet.query.filter.kinds import Choice, Text
from trivet.query.filter.tables import SERIES

ABSENT = -1
MAPS = {"metric": "attributes", "resource": "resource", "scope": "scope_attributes"}
TYPES = {
    "attributes": "CAST(types, 'Array(Int8)')",
    "resource": "JSONExtract(origin, 'resource_types', 'Array(Int8)')",
    "scope_attributes": "JSONExtract(origin, 'scope_types', 'Array(Int8)')",
}


def grouped(names: Sequence[str], bound: Parameters) -> str:
    """An array of (canonical text, type) for each field; the type is ABSENT where a series has none."""
    fields = ", ".join(_field(name, bound) for name in names)
    return f"CAST([{fields}], 'Array(Tuple(String, Int8))')"


def _field(name: str, bound: Parameters) -> str:
    """Intrinsics win over attributes; a name is tried literally first, then without its prefix."""
    match SERIES.fields(0).get(name):
        case Text(sql=sql):
            return f"({sql}, if({sql} = '', {ABSENT}, {STRING}))"
        case Choice() if name == "type":
            return f"(CAST(type, 'String'), {STRING})"
    places = [(column, name) for column in TYPES]
    prefix, _, rest = name.partition(".")
    if rest and prefix in MAPS:
        places.append((MAPS[prefix], rest))
    tried = ", ".join(_attribute(column, bound.bind(key)) for column, key in places)
    return f"multiIf({tried}, ('', {ABSENT}))"


def _attribute(column: str, key: str) -> str:
    return f"mapContains({column}, {key}), ({column}[{key}], {TYPES[column]}[indexOf(mapKeys({column}), {key})])"


def shown(values: Sequence[tuple[str, int]]) -> list[Any]:
    """The values as JSON, null for what is absent."""
    return [None if kind == ABSENT else value(text, kind) for text, kind in values]
