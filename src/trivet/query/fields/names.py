"""Fields by the names that a filter knows them by."""

from collections.abc import Collection
from typing import Literal

from trivet.query.filter.tables import LOGS, SERIES, SPANS, Table

SignalName = Literal["traces", "logs", "metrics"]
Place = tuple[str, str]  # where an attribute is (`span`, `resource` …), and its key

TABLES: dict[SignalName, Table] = {"traces": SPANS, "logs": LOGS, "metrics": SERIES}
# Where the attributes of a row itself are, first of all places.
OWN: dict[SignalName, str] = {"traces": "span", "logs": "log", "metrics": "metric"}
# The catalogue's word for it.
OWN_CATALOGUED = {"traces": "span", "logs": "log"}

ROOT = {"root.service": "string", "root.name": "string", "root.duration": "duration", "root.status": "string"}
# Fields that are no attributes, with their types; synonyms are left out.
INTRINSICS: dict[SignalName, dict[str, str]] = {
    "traces": {
        "service": "string",
        "name": "string",
        "status": "string",
        "duration": "duration",
        "kind": "string",
        "status.message": "string",
        "root": "bool",
        "event": "string",
        "start": "time",
        "trace": "id",
        "span": "id",
        "parent": "id",
        "process": "string",
        "running": "string",
        "scope": "string",
        "scope.version": "string",
        **ROOT,
        "trace.duration": "duration",
        "trace.spans": "int",
        "trace.errors": "int",
        "trace.services": "int",
        "trace.service": "string",
        "log.severity": "string",
        "log.body": "string",
        "log.event": "string",
    },
    "logs": {
        "service": "string",
        "severity": "string",
        "body": "string",
        "event": "string",
        "time": "time",
        "trace": "id",
        "span": "id",
        "process": "string",
        "severity_number": "int",
        "severity_text": "string",
        "scope": "string",
        "scope.version": "string",
        **ROOT,
    },
    "metrics": {
        "metric": "string",
        "type": "string",
        "unit": "string",
        "service": "string",
        "process": "string",
        "scope": "string",
        "scope.version": "string",
    },
}


def catalogued(signal: SignalName, place: str) -> str:
    """A place of the catalogue by the prefix that a filter gives it."""
    return OWN[signal] if place == OWN_CATALOGUED[signal] else place


def written(signal: SignalName, place: Place, known: Collection[Place]) -> str:
    """How a filter names an attribute: bare where that means it, else with its prefix."""
    scope, key = place
    if scope == "intrinsic":
        return key
    if scope == "event":
        return f"event.{key}"
    before = {"resource": (OWN[signal],), "scope": (OWN[signal], "resource")}.get(scope, ())
    hidden = key in TABLES[signal].fields(0) or any((each, key) in known for each in before)
    return f"{scope}.{key}" if hidden else key


def places(signal: SignalName, name: str) -> list[Place]:
    """Where the attribute of a name can be, in the catalogue's words."""
    own = OWN_CATALOGUED[signal]
    found = [(own, name), ("resource", name), ("scope", name)]
    prefix, _, rest = name.partition(".")
    at = own if prefix == OWN[signal] else prefix
    if rest and (at in (own, "resource", "scope") or (at == "event" and signal == "traces")):
        found.append((at, rest))
    return found
