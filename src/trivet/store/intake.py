"""The way in: `otlp.proto`, and the columns of the Null tables that mirror its messages.

The ClickHouse types are read off the schema text itself, so that there is one description of the wire.
"""

import re
from functools import cache
from importlib.resources import files

SCHEMA = files("trivet.store") / "schema"
SCALARS = {
    "bytes": "String",
    "bool": "Bool",
    "double": "Float64",
    "int32": "Int32",
    "sint32": "Int32",
    "int64": "Int64",
    "sfixed64": "Int64",
    "uint32": "UInt32",
    "fixed32": "UInt32",
    "uint64": "UInt64",
    "fixed64": "UInt64",
}
FIELD = re.compile(r"(?:(repeated|optional) )?(\w+) (\w+) = (\d+);")
ONEOF = re.compile(r"oneof (\w+) \{([^}]*)\}")


@cache
def proto() -> str:
    """The protobuf schema text that every INSERT carries."""
    return (SCHEMA / "otlp.proto").read_text()


def columns(signal: str) -> str:
    """The column list of a signal's Null table; `signal` is also the name of its request message in otlp.proto."""
    return ",\n    ".join(_members(_messages()[signal]))


def message(name: str) -> str:
    """The ClickHouse type of one message, for tables that hold it between two views."""
    return _type("", name)


@cache
def _messages() -> dict[str, str]:
    """Message name → the text between its braces."""
    text = re.sub(r"//.*", "", proto())
    found = {}
    for match in re.finditer(r"message (\w+) \{", text):
        depth, at = 1, match.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        found[match[1]] = " ".join(text[match.end() : at - 1].split())
    return found


def _members(body: str) -> list[str]:
    """Fields as `name Type`; a oneof adds a column of its own name that says which of its fields was sent."""
    presence = [f"`{name}` Enum8('no' = 0, {_choices(fields)})" for name, fields in ONEOF.findall(body)]
    return presence + [f"`{name}` {_type(label, kind)}" for label, kind, name, _ in FIELD.findall(body)]


def _choices(fields: str) -> str:
    return ", ".join(f"'{name}' = {number}" for _, _, name, number in FIELD.findall(fields))


def _type(label: str, kind: str) -> str:
    plain = SCALARS.get(kind) or f"Tuple({', '.join(_members(_messages()[kind]))})"
    return {"repeated": f"Array({plain})", "optional": f"Nullable({plain})"}.get(label, plain)
