"""Text of PromQL → tree. The grammar and its types are the parser library's; what we do not evaluate is refused by
name.

The library takes time that grows with the fourth power of the signs in a text (128: 30 ms, 200: 2 s) and overflows its
stack on very deep ones, so both are bounded before it sees them.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import promql_parser as library

from trivet.errors import Invalid
from trivet.query.promql import names
from trivet.query.promql.aggregate import ALL
from trivet.query.promql.functions import EACH, NATIVE, TIMES, WITH_SCALARS
from trivet.query.promql.tree import (
    END,
    START,
    Aggregate,
    Binary,
    Call,
    Grouping,
    Matcher,
    Matching,
    Negative,
    Node,
    Number,
    Selector,
    Shift,
    Subquery,
    Text,
)
from trivet.query.promql.windows import OVER

MOST_TEXT = 16_384
MOST_SIGNS = 128
LONGEST = timedelta(days=365 * 100)
AGGREGATES = {"topk", "bottomk", "quantile", "count_values", *ALL}
FUNCTIONS = {
    *OVER, *EACH, *TIMES, *WITH_SCALARS, *NATIVE, "absent", "absent_over_time", "histogram_fraction",
    "histogram_quantile", "label_join", "label_replace", "pi", "scalar", "sort", "sort_by_label", "sort_by_label_desc",
    "sort_desc", "time", "timestamp", "vector",
}  # fmt: skip

_QUIET = re.compile(r"""#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`""", re.DOTALL)
_BRACES = re.compile(r"\{[^{}]*\}")
_SIGNS = re.compile(r"[-+*/%^(\[{]|==|!=|[<>]|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)


def parsed(text: str) -> Node:
    """Invalid (`bad_promql`) says what is wrong."""
    _bounded(text)
    try:
        return _node(library.parse(text))
    except (ValueError, OverflowError) as error:
        raise _wrong(str(error)) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _wrong("this is more than the parser can read") from None


def selector(text: str) -> Selector:
    """A `match[]`: one selector and nothing around it."""
    node = parsed(text)
    if not isinstance(node, Selector) or node.window is not None:
        raise _wrong('a series selector is wanted here, such as up or {job="web"}')
    return node


def _bounded(text: str) -> None:
    if len(text) > MOST_TEXT:
        raise _wrong(f"the expression is longer than {MOST_TEXT} characters")
    if len(_SIGNS.findall(_BRACES.sub(" ", _QUIET.sub(" ", text)))) > MOST_SIGNS:
        raise _wrong(f"the expression has more than {MOST_SIGNS} operators and brackets")


def _wrong(message: str) -> Invalid:
    return Invalid(message[:1000], code="bad_promql")


def _node(expr: Any) -> Node:
    match expr:
        case library.ParenExpr():
            return _node(expr.expr)
        case library.NumberLiteral():
            return Number(expr.val)
        case library.StringLiteral():
            return Text(expr.val)
        case library.VectorSelector():
            return _selector(expr, None)
        case library.MatrixSelector():
            return _selector(expr.vector_selector, _milliseconds(expr.range))
        case library.SubqueryExpr():
            step = None if expr.step is None else _milliseconds(expr.step)
            return Subquery(_node(expr.expr), _milliseconds(expr.range), step, _shift(expr))
        case library.UnaryExpr():
            return Negative(_node(expr.expr))
        case library.Call():
            return _call(expr)
        case library.AggregateExpr():
            return _aggregate(expr)
        case library.BinaryExpr():
            return _binary(expr)
    raise _wrong(f"{type(expr).__name__} is not supported here")


def _call(expr: Any) -> Call:
    name = expr.func.name
    if name not in FUNCTIONS:
        raise _wrong(f"the function {name} is not supported here")
    return Call(name, tuple(map(_node, expr.args)))


def _aggregate(expr: Any) -> Aggregate:
    operator = str(expr.op)
    if operator not in AGGREGATES:
        raise _wrong(f"the aggregation {operator} is not supported here")
    parameter = None if expr.param is None else _node(expr.param)
    return Aggregate(operator, _node(expr.expr), parameter, _grouping(expr.modifier))


def _grouping(modifier: Any) -> Grouping:
    if modifier is None:
        return Grouping(True, ())
    return Grouping(modifier.type == library.AggModifierType.By, tuple(map(names.label, modifier.labels)))


def _binary(expr: Any) -> Binary:
    left, right, operator = _node(expr.lhs), _node(expr.rhs), str(expr.op)
    modifier = expr.modifier
    if modifier is None:
        return Binary(operator, left, right, Matching(False, (), None, ()), False)
    if modifier.fill_values and (modifier.fill_values.lhs, modifier.fill_values.rhs) != (None, None):
        raise _wrong("fill() is not supported here")
    return Binary(operator, left, right, _matching(modifier), modifier.return_bool)


def _matching(modifier: Any) -> Matching:
    on, labels = False, ()
    if modifier.matching is not None:
        on = modifier.matching.type == library.LabelModifierType.Include
        labels = tuple(map(names.label, modifier.matching.labels))
    many = None
    if modifier.card == library.VectorMatchCardinality.ManyToOne:
        many = "left"
    elif modifier.card == library.VectorMatchCardinality.OneToMany:
        many = "right"
    return Matching(on, labels, many, tuple(map(names.label, modifier.group_labels or ())))


def _selector(expr: Any, window: int | None) -> Selector:
    if expr.matchers.or_matchers:
        raise _wrong("`or` between the matchers of a selector is not supported here")
    matchers = [Matcher(_label(each.name), _operator(each.op), each.value) for each in expr.matchers.matchers]
    if expr.name:
        matchers.insert(0, Matcher(names.NAME, "=", expr.name))
    return Selector(tuple(matchers), _shift(expr), window)


def _shift(expr: Any) -> Shift:
    offset = 0 if expr.offset is None else _milliseconds(expr.offset)
    if expr.at is None:
        return Shift(offset)
    if expr.at.type == library.AtModifierType.Start:
        return Shift(offset, START)
    return Shift(offset, END if expr.at.type == library.AtModifierType.End else _unix(expr.at.at))


def _label(name: str) -> str:
    return name if name == names.NAME else names.label(name)


def _operator(op: Any) -> str:
    if op == library.MatchOp.Equal:
        return "="
    if op == library.MatchOp.NotEqual:
        return "!="
    return "=~" if op == library.MatchOp.Re else "!~"


def _unix(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _milliseconds(duration: timedelta) -> int:
    if abs(duration) > LONGEST:
        raise _wrong("a duration is longer than a hundred years")
    return duration // timedelta(milliseconds=1)
