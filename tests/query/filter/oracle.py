"""What a filter means, in plain Python over plain dictionaries: the other half of the oracle test.

A row has `intrinsics`, `attributes`, `resource`, `scope`, `events` (name, attributes) and `words`, a list of texts. One
of a trace may have its `family`, the spans of the trace, each with `id`, `parent` and `start`, and its `records`.
"""

import json
import re
from typing import Any

from trivet.query.filter import tree
from trivet.query.filter.tree import Node, Value, number

KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"]
SEVERITIES = ["trace", "debug", "info", "warn", "error", "fatal"]
ABSENT = object()


def holds(node: Node, row: dict[str, Any]) -> bool:
    match node:
        case tree.Everything():
            return True
        case tree.Not(terms=(term,)):
            return not holds(term, row)
        case tree.All(terms=terms):
            return all(holds(term, row) for term in terms)
        case tree.Any(terms=terms):
            return any(holds(term, row) for term in terms)
        case tree.Some(terms=terms):
            return any(_ends(terms, span, row["family"]) for span in row["family"])
        case tree.Words(text=text, prefix=prefix):
            return said(text, prefix, " ".join(row["words"]))
        case tree.Has(name=name):
            return has(name.text, row)
        case tree.In(name=name, values=values):
            return any(compared(name.text, "=", value, row) for value in values)
        case tree.Comparison(name=name, operator=operator, value=value):
            return compared(name.text, operator, value, row)
    raise AssertionError(node)


def _ends(terms: tuple[Node, ...], span: dict[str, Any], family: list[dict[str, Any]]) -> bool:
    """The span matches the last term, one above it that before the last, and so on."""
    *others, last = terms
    if not holds(last, span):
        return False
    above = {each["id"]: each for each in family}
    while others and (span := above.get(span["parent"])):
        if _ends(tuple(others), span, family):
            return True
    return not others


def elsewhere(name: str, row: dict[str, Any]) -> tuple[str, list[dict[str, Any]]] | None:
    """The rows that a field of other rows is asked of, and its name there."""
    prefix, _, rest = name.partition(".")
    if "family" not in row or lookup(name, row) is not ABSENT:
        return None
    if prefix == "root":
        return rest, [root_of(row["family"])]
    if prefix == "log" and row["prefix"] == "span":
        return rest, row["records"]
    if name == "trace.duration":
        return rest, [root_of(row["family"])]
    if prefix == "trace" and rest:
        return rest, [{"intrinsics": of_trace(row["family"]), "events": []}]
    return None


def root_of(family: list[dict[str, Any]]) -> dict[str, Any]:
    """The earliest span without a parent, else the earliest whose parent is missing."""
    known = {span["id"] for span in family}
    roots = [span for span in family if span["parent"] is None]
    return min(roots or [span for span in family if span["parent"] not in known], key=lambda span: span["start"])


def of_trace(family: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "spans": len(family),
        "errors": sum(span["intrinsics"]["status"] == "error" for span in family),
        "services": len({span["intrinsics"]["service"] for span in family}),
    }


def compared(name: str, operator: str, value: Value, row: dict[str, Any]) -> bool:
    if found := elsewhere(name, row):
        name, rows = found
        if operator == "!=":
            return any(has(name, each) for each in rows) and not any(compared(name, "=", value, each) for each in rows)
        return any(compared(name, operator, value, each) for each in rows)
    if name == "event":
        equal = any(_compared(event["name"], "=", value) for event in row["events"])
        return bool(row["events"]) and equal == (operator == "=")
    if name.startswith("event.") and lookup(name, row) is ABSENT:
        held = [event["attributes"].get(name.removeprefix("event."), ABSENT) for event in row["events"]]
        if operator == "!=":
            return any(each is not ABSENT for each in held) and not any(_compared(each, "=", value) for each in held)
        return any(_compared(each, operator, value) for each in held)
    if name in row["intrinsics"]:
        return _intrinsic(name, operator, value, row["intrinsics"][name])
    found = lookup(name, row)
    if operator in ("=", "!=") and found is not ABSENT:
        equal = _compared(found, "=", value) or _among_elements(name, value, row)
        return equal == (operator == "=")
    return _compared(found, operator, value)


def _among_elements(name: str, value: Value, row: dict[str, Any]) -> bool:
    """An array of the row's own attributes equals each of its elements, wildcards aside."""
    keys = [name, name.removeprefix(row["prefix"] + ".")]
    held = [each for key in keys if isinstance(row["attributes"].get(key), list) for each in row["attributes"][key]]
    return not value.wildcard and any(_equal(text(each), value) for each in held)


def _intrinsic(name: str, operator: str, value: Value, held: Any) -> bool:
    if name == "severity":
        if held is None:
            return False
        places = SEVERITIES.index(held), SEVERITIES.index(value.text)
        return _ordered(*places, operator)
    if isinstance(held, int):
        return _ordered(held, number(value.text), operator)
    if not held:
        return False
    return _compared(held, operator, value)


def lookup(name: str, row: dict[str, Any]) -> Any:
    """The attribute that a name means: literally in the row, its resource, its scope; then without its prefix."""
    for place in ("attributes", "resource", "scope"):
        if name in row[place]:
            return row[place][name]
    prefix, _, rest = name.partition(".")
    place = {row["prefix"]: "attributes", "resource": "resource", "scope": "scope"}.get(prefix)
    return row[place].get(rest, ABSENT) if place else ABSENT


def has(name: str, row: dict[str, Any]) -> bool:
    if name == "log" and "records" in row:
        return bool(row["records"]) or lookup(name, row) is not ABSENT
    if any(event["name"] == name for event in row["events"]):
        return True
    if found := elsewhere(name, row):
        return any(has(found[0], each) for each in found[1])
    if any(event["name"] == name for event in row["events"]):
        return True
    if name.startswith("event.") and any(name[6:] in event["attributes"] for event in row["events"]):
        return True
    if name in row["intrinsics"]:
        return row["intrinsics"][name] not in (None, "")
    return lookup(name, row) is not ABSENT


def _compared(held: Any, operator: str, value: Value) -> bool:
    if held is ABSENT:
        return False
    shown = text(held)
    if operator in ("=", "!="):
        return _equal(shown, value) == (operator == "=")
    if operator in ("~", "!~"):
        return (re.search(value.text, shown) is not None) == (operator == "~")
    if value.number is None:
        return _ordered(shown.encode(), value.text.encode(), operator)
    try:
        return _ordered(float(shown), value.number, operator)
    except ValueError:
        return False


def _equal(shown: str, value: Value) -> bool:
    if value.wildcard:
        pattern = ".*".join(re.escape(part) for part in value.text.split("*"))
        return re.fullmatch(pattern, shown, re.DOTALL) is not None
    if shown == value.text:
        return True
    return value.number is not None and shown == text(value.number)


def _ordered(left: Any, right: Any, operator: str) -> bool:
    return {
        "=": left == right, "!=": left != right, "<": left < right, "<=": left <= right, ">": left > right,
        ">=": left >= right,
    }[operator]  # fmt: skip


def text(held: Any) -> str:
    """The canonical text of a value."""
    if isinstance(held, bool):
        return "true" if held else "false"
    if isinstance(held, float):
        return str(int(held)) if held == int(held) else repr(held)
    if isinstance(held, list):
        return "[" + ",".join(json.dumps(each) for each in held) + "]"
    return str(held)


def said(phrase: str, prefix: bool, where: str) -> bool:
    """The words of a phrase stand one after the other."""
    wanted = re.findall(r"[a-z0-9\x80-\U0010ffff]+", phrase.lower())
    found = re.findall(r"[a-z0-9\x80-\U0010ffff]+", where.lower())
    for at in range(len(found) - len(wanted) + 1):
        part = found[at : at + len(wanted)]
        if part[:-1] == wanted[:-1] and (part[-1] == wanted[-1] or (prefix and part[-1].startswith(wanted[-1]))):
            return True
    return False
