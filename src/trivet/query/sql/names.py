"""Every name that people's own SQL may use: functions, table functions, types, tables. What is not here is refused."""

import re
from importlib.resources import files
from itertools import pairwise

from trivet.store.access import SYSTEM_TABLES as _SYSTEM_TABLES
from trivet.store.lexer import NUMBER, STRING, WORD, tokens

VIEWS = frozenset({"spans", "logs", "metric_points", "traces"})
SYSTEM_TABLES = frozenset(_SYSTEM_TABLES)
TABLE_FUNCTIONS = frozenset(
    {"numbers", "numbers_mt", "zeros", "zeros_mt", "generate_series", "generateseries", "values"}
)

# Names of `functions/refused.txt` that are good names for columns too, and tell nothing when meant as a function.
PLAIN_NAMES = frozenset(
    {
        "database",
        "displayname",
        "hostname",
        "in",
        "nested",
        "partitionid",
        "revision",
        "schema",
        "tid",
        "uptime",
        "user",
    }
)

# Called with a lambda; a bare function name in its place would be called, too.
HIGHER_ORDER = frozenset(
    [
        "arrayall",
        "arrayavg",
        "arraybottomk",
        "arraycompact",
        "arraycount",
        "arraycumsum",
        "arraycumsumnonnegative",
        "arraydifference",
        "arrayexists",
        "arrayfill",
        "arrayfilter",
        "arrayfirst",
        "arrayfirstindex",
        "arrayfirstornull",
        "arrayfold",
        "arraylast",
        "arraylastindex",
        "arraylastornull",
        "arraymap",
        "arraymax",
        "arraymin",
        "arraypartialreversesort",
        "arraypartialsort",
        "arrayproduct",
        "arrayreversefill",
        "arrayreversesort",
        "arrayreversesplit",
        "arraysort",
        "arraysplit",
        "arraysum",
        "arraytopk",
        "mapall",
        "mapapply",
        "mapexists",
        "mapfilter",
        "mappartialreversesort",
        "mappartialsort",
        "mapreversesort",
        "mapsort",
    ]
)

# Their first argument is a string in which the engine evaluates expressions: `'groupConcat(file(\'…\'))'`.
NAMED_AGGREGATION = frozenset({"arrayreduce", "arrayreduceinranges", "initializeaggregation"})

# Types with arguments look like calls. AggregateFunction is left out: a state made up by hand is read by parsers in C++
# that trust it.
TYPES = frozenset(
    [
        "array",
        "bfloat16",
        "bool",
        "char",
        "date",
        "datetime",
        "datetime32",
        "datetime64",
        "decimal",
        "decimal32",
        "decimal64",
        "decimal128",
        "decimal256",
        "dynamic",
        "enum",
        "enum8",
        "enum16",
        "fixedstring",
        "json",
        "lowcardinality",
        "map",
        "nullable",
        "numeric",
        "simpleaggregatefunction",
        "string",
        "time64",
        "tuple",
        "varchar",
        "variant",
    ]
)

_COMBINATORS = (
    "argmax", "argmin", "array", "distinct", "foreach", "if", "map", "merge", "mergestate", "null", "ordefault",
    "ornull", "resample", "simplestate", "state",
)  # fmt: skip


_PLAIN_AGGREGATION = re.compile(r"'([A-Za-z0-9_]+)(?:\([0-9., ]*\))?'")
_COLUMN_EXPRESSIONS = ("ALIAS", "CODEC", "DEFAULT", "EPHEMERAL", "EXPRESSION", "MATERIALIZED", "STATISTICS", "TTL")


def _names(file: str) -> frozenset[str]:
    lines = (files("trivet.query.sql") / "functions" / file).read_text().splitlines()
    return frozenset(name.lower() for line in lines if not line.startswith("#") for name in line.split())


ALLOWED = _names("allowed.txt")
AGGREGATES = _names("aggregates.txt")
REFUSED = _names("refused.txt")


def may_be_called(name: str) -> bool:
    """Whether a function (or a type with arguments) of this name is harmless; case does not matter here."""
    name = name.lower()
    return name in ALLOWED or name in TYPES or _is_aggregate(name)


def is_refused_value(name: str) -> bool:
    """Whether the name, without a call, could still mean a function that reaches out."""
    name = name.lower()
    return name in REFUSED and name not in PLAIN_NAMES


def _is_aggregate(name: str) -> bool:
    if name in AGGREGATES:
        return True
    return any(_is_aggregate(name.removesuffix(end)) for end in _COMBINATORS if name.endswith(end) and name != end)


def is_plain_aggregation(literal: str) -> bool:
    """Whether a string literal names an aggregate function, with numbers for parameters if any: `'quantile(0.9)'`."""
    found = _PLAIN_AGGREGATION.fullmatch(literal)
    return bool(found) and _is_aggregate(found[1].lower())


def is_plain_structure(literal: str) -> bool:
    """Whether a string literal lists columns and types only: an ALIAS or DEFAULT there may be any expression."""
    inside = literal[1:-1].replace("\\'", "'").replace("''", "'")
    if "\\" in inside:
        return False
    found = list(tokens(inside))
    calls = [name for name, bracket in pairwise(found) if bracket.is_sign("(")]
    return (
        all(token.kind in (WORD, STRING, NUMBER) or token.is_sign("(", ")", ",", "=") for token in found)
        and all(name.kind == WORD and name.text.lower() in TYPES for name in calls)
        and not any(token.is_word(*_COLUMN_EXPRESSIONS) for token in found)
    )
