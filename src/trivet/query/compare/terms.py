"""What a filter says about the two sides of a comparison: which fields it fixes, and what the rest is.

The rest of all there is would differ in everything that makes a checkout a checkout. What people mean by `name:checkout
duration>1s` is the other checkouts: the terms that say *what* was asked hold on both sides, those that say *how it
went* on one.
"""

from collections.abc import Sequence

from trivet.query.filter import tree
from trivet.query.filter.compile import names
from trivet.query.filter.tree import Name, Node, Value

# Fields that come out of the work itself.
OUTCOMES = {
    "duration", "status", "status.message", "running", "event", "event.name", "exception",
    "severity", "severity_number", "severity_text", "body",
    "trace.duration", "trace.errors", "trace.spans", "root.duration", "root.status",
}  # fmt: skip
# Fields that say which piece of work it was.
OPERATIONS = {
    "service", "name", "kind", "root", "scope", "root.service", "root.name", "http.route", "http.request.method",
    "rpc.service", "rpc.method", "messaging.destination.name", "db.system.name", "service.namespace",
    "deployment.environment.name",
}  # fmt: skip
# Intrinsics that are an attribute as well, or another word for the same.
SAME = {"service": "service.name", "event.name": "event", "event_name": "event", "scope.name": "scope"}
PREFIXES = ("span.", "log.", "resource.", "scope.", "root.", "trace.")


def fixed(node: Node) -> set[str]:
    """The fields that a filter speaks of, as they are called without a prefix."""
    found = set()
    for name in names(node):
        bare = next((name.text.removeprefix(each) for each in PREFIXES if name.text.startswith(each)), name.text)
        found |= {name.text, bare, SAME.get(name.text, name.text), SAME.get(bare, bare)}
    return found


def population(node: Node) -> list[Node]:
    """The terms of a conjunction that hold for the rest too; empty when there are none, or nothing else.

    Beside terms about how it went these are all that ask for equality; else those that name an operation.
    """
    terms = node.terms if isinstance(node, tree.All) else (node,)
    equal = [term for term in terms if _is_equality(term) and not _names(term) & OUTCOMES]
    if len(equal) == len(terms):
        equal = [term for term in terms if _names(term) <= OPERATIONS]
    return equal if len(equal) < len(terms) else []


def _is_equality(term: Node) -> bool:
    return isinstance(term, tree.In) or (isinstance(term, tree.Comparison) and term.operator == "=")


def _names(term: Node) -> set[str]:
    return {name.text for name in names(term)}


def text_of(terms: Sequence[Node]) -> str:
    """Equalities as a filter."""
    return " ".join(map(_written, terms))


def _written(term: Node) -> str:
    match term:
        case tree.Comparison(name=name, operator=operator, value=value):
            return f"{_name(name)}{operator}{_value(value)}"
        case tree.In(name=name, values=values):
            return f"{_name(name)} in ({', '.join(map(_value, values))})"
    raise AssertionError(term)


def _name(name: Name) -> str:
    return _quoted(name.text) if name.quoted else name.text


def _value(value: Value) -> str:
    return _quoted(value.text) if value.quoted else value.text


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    for escape, character in (("n", "\n"), ("r", "\r"), ("t", "\t")):
        escaped = escaped.replace(character, f"\\{escape}")
    return f'"{escaped}"'
