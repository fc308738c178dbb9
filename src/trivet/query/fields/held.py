"""What a row holds of a field, as SQL: the values of a field of the filter language, each with its type.

Every expression is an `Array(Tuple(String, Int8))` of (canonical text, type as in `attributes.py`); empty where the row
has none, several where it has several (event names).
"""

from collections.abc import Sequence

from trivet.query.attributes import BOOL, INT, STRING
from trivet.query.filter.attribute import Attribute, EventAttribute, Layered, Place
from trivet.query.filter.condition import Parameters
from trivet.query.filter.fields import Context, field_of
from trivet.query.filter.kinds import Choice, Field, Flag, Id, Moment, Number, Reached, Severity, Text, Texts
from trivet.query.filter.tree import Name, Value
from trivet.query.severity import WORDS

NOTHING = "CAST([], 'Array(Tuple(String, Int8))')"
TYPES = {
    "attributes": "CAST(types, 'Array(Int8)')",
    "resource": "JSONExtract(origin, 'resource_types', 'Array(Int8)')",
    "scope_attributes": "JSONExtract(origin, 'scope_types', 'Array(Int8)')",
}


def held(name: str, context: Context, bound: Parameters) -> str:
    """The values of the field that a name means in the rows of the context's table; ids and times count as none."""
    field = field_of(Name(name, 0), context)
    return held_of(field, bound) if not isinstance(field, Id | Moment) else NOTHING


def held_of(field: Field, bound: Parameters) -> str:
    """The values of a field; ids in hexadecimal, times in unix nanoseconds."""
    return f"CAST({_held(field, bound)}, 'Array(Tuple(String, Int8))')"


def _held(field: Field, bound: Parameters) -> str:
    match field:
        case Text(sql=sql):
            return _one(f"toString({sql})", STRING, f"{sql} != ''")
        case Texts(sql=sql):
            return f"arrayMap(each -> (each, {STRING}), {sql})"
        case Choice():
            return _one(field.word(), STRING)
        case Severity():
            word = severity_word(field, bound)
            return _one(word, STRING, f"{word} != ''")
        case Flag(sql=sql):
            return _one(f"if({sql}, 'true', 'false')", BOOL)
        case Number(sql=sql):
            return _one(f"toString({sql})", INT)
        case Reached(sql=sql):
            return sql
        case Id(sql=sql):
            return _one(f"lower(hex({sql}))", STRING, field.present(bound))
        case Moment(sql=sql):
            return _one(f"toString(toUnixTimestamp64Nano({sql}))", STRING)
        case Attribute(places=places):
            return _attribute(places, bound)
        case EventAttribute(key=key):
            key = bound.bind(key)
            return (
                f"arrayMap(event -> (event[{key}], {STRING}),"
                f" arrayFilter(event -> mapContains(event, {key}), `events.attributes`))"
            )
        case Layered(first=first, then=then):
            tried = f"CAST({_held(first, bound)}, 'Array(Tuple(String, Int8))')"
            return f"if(notEmpty({tried}), {tried}, CAST({_held(then, bound)}, 'Array(Tuple(String, Int8))'))"
    return NOTHING


def _one(text: str, kind: int, present: str = "true") -> str:
    return f"arrayFilter(_ -> {present}, [({text}, {kind})])"


def _attribute(places: Sequence[Place], bound: Parameters) -> str:
    bound_places = [(column, bound.bind(key)) for column, key in places]
    tried = ", ".join(
        f"mapContains({column}, {key}), [({column}[{key}], {TYPES[column]}[indexOf(mapKeys({column}), {key})])]"
        for column, key in bound_places
    )
    return f"multiIf({tried}, {NOTHING})"


def severity_word(field: Severity, bound: Parameters) -> str:
    """The word for a record's severity, '' when neither number nor text says."""
    words = ", ".join(f"{field.equals([Value(word, 0)], bound)}, '{word}'" for word in WORDS)
    return f"multiIf({words}, '')"
