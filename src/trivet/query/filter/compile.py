"""Tree → SQL. Every value and every attribute's name is a bound parameter; the text is ours alone."""

from collections.abc import Iterator

from trivet.query.filter import tree
from trivet.query.filter.attribute import Attribute
from trivet.query.filter.condition import Condition, Parameters
from trivet.query.filter.fields import Context, field_of, nearby, with_span
from trivet.query.filter.kinds import Texts, both, either
from trivet.query.filter.parse import bad, parse
from trivet.query.filter.pattern import checked
from trivet.query.filter.structure import below
from trivet.query.filter.tables import LOGS, SERIES, SPANS
from trivet.query.filter.tree import Name, Node, Value
from trivet.query.filter.words import contains


def compiled(text: str, context: Context, prefix: str = "f") -> Condition:
    """A filter's text as a condition on the rows of a table; `prefix` keeps the parameters of two filters apart."""
    return condition(parse(text), context, prefix)


def condition(node: Node, context: Context, prefix: str = "f") -> Condition:
    """The same of a filter's tree."""
    bound = Parameters(prefix)
    terms = node.terms if isinstance(node, tree.All) else (node,)
    parts = [_parts(term, context, bound) for term in terms]
    found = " AND ".join(first for first, *_ in parts)
    left = " AND ".join(part for _, *rest in parts for part in rest)
    return Condition(both(*(both(*each) for each in parts)), bound.values, found, left)


def _parts(node: Node, context: Context, bound: Parameters) -> list[str]:
    """What must all hold; of an attribute with an index, first what that finds."""
    match node:
        case tree.In(name=name, values=values):
            pass
        case tree.Comparison(name=name, operator="=", value=value):
            values = (value,)
        case _:
            return [_sql(node, context, bound)]
    field = field_of(name, context)
    return field.parts(values, bound) if isinstance(field, Attribute) else [field.equals(values, bound)]


def names(node: Node) -> Iterator[Name]:
    """The fields that a filter asks about, those inside braces left out: they speak of other spans."""
    match node:
        case tree.Some():
            return
        case tree.Branch(terms=terms):
            for term in terms:
                yield from names(term)
        case tree.Comparison(name=name) | tree.In(name=name) | tree.Has(name=name):
            yield name


def asks_of_logs(node: Node) -> bool:
    """Whether a filter of traces speaks of log records: a trace is then selected by one record that matches it all."""
    return any(name.text.startswith("log.") and not name.quoted for name in names(node))


def _sql(node: Node, context: Context, bound: Parameters) -> str:
    match node:
        case tree.Everything():
            return "true"
        case tree.Not(terms=(term,)):
            return f"NOT ({_sql(term, context, bound)})"
        case tree.Some(terms=terms, at=at):
            return _structure(terms, at, context, bound)
        case tree.All(terms=terms):
            return "(" + " AND ".join(_sql(term, context, bound) for term in terms) + ")"
        case tree.Any(terms=terms):
            return "(" + " OR ".join(_sql(term, context, bound) for term in terms) + ")"
        case tree.Words(text=text, prefix=prefix):
            return contains(context.table.words, text, prefix, bound)
        case tree.Has(name=name):
            return _has(name, context, bound)
        case tree.In(name=name, values=values):
            return field_of(name, context).equals(values, bound)
        case tree.Comparison(name=name, operator=operator, value=value):
            return _comparison(name, operator, value, context, bound)
    raise AssertionError(node)


def _comparison(name: Name, operator: str, value: Value, context: Context, bound: Parameters) -> str:
    field = field_of(name, context)
    if operator == "=":
        return field.equals([value], bound)
    if operator == "!=":
        return f"({field.present(bound)} AND NOT ({field.equals([value], bound)}))"
    if operator == "~":
        return field.matches(checked(value), bound)
    if operator == "!~":
        return f"({field.present(bound)} AND NOT ({field.matches(checked(value), bound)}))"
    return field.compares(operator, value, bound)


def _has(name: Name, context: Context, bound: Parameters) -> str:
    """An attribute or intrinsic that is there; on spans also an event of that name, or any log record."""
    if context.table is SPANS and name.text == "log" and not name.quoted:
        near = nearby(context, bound, "time")
        return f"(trace_id, span_id) IN (SELECT trace_id, span_id FROM otel_logs WHERE {near})"
    present = field_of(name, context).present(bound)
    if not context.table.events:
        return present
    return either(present, Texts("`events.name`").equals([Value(name.text, name.at, quoted=True)], bound))


def _structure(terms: tuple[Node, ...], at: int, context: Context, bound: Parameters) -> str:
    if context.table is SERIES:
        raise bad("metrics have no spans to look for", at)
    if len(terms) > 1:
        return below([_sql(term, context.of(SPANS), bound) for term in terms], context, bound)
    if asks_of_logs(terms[0]):
        near = nearby(context, bound, "time")
        found = _sql(terms[0], context.of(LOGS), bound)
        return f"trace_id IN (SELECT trace_id FROM otel_logs WHERE {near} AND {found})"
    return with_span(context, _sql(terms[0], context.of(SPANS), bound), bound)
