"""`{a} >> {b}`: a span below another, found by one pass over each candidate trace."""

from collections.abc import Sequence

from trivet.query.filter.condition import Parameters
from trivet.query.filter.fields import Context, nearby

ROUNDS = 3


def below(conditions: Sequence[str], context: Context, bound: Parameters) -> str:
    """The row's trace has a span for which the last condition holds, below one for the one before it, and so on.

    The spans of a trace are folded in order of start, the longer of two first: parents come before their children but
    for clock skew, which the further rounds make up for. `seen` keeps per condition the spans at or below a match.
    """
    near = nearby(context, bound)
    rows = "start, -duration AS shortness, span_id, parent_span_id, " + ", ".join(conditions)
    has_all = [f"trace_id IN (SELECT trace_id FROM otel_spans WHERE {near} AND {each})" for each in conditions]
    again = ", ".join(["rows"] * ROUNDS)
    steps = ", ".join(_step(level) for level in range(1, len(conditions) + 1))
    nothing = ", ".join(["CAST([], 'Array(FixedString(8))')"] * len(conditions))
    traces = (
        f"SELECT trace_id, arraySort(groupArray(({rows}))) AS rows FROM otel_spans"
        f" WHERE {near} AND {' AND '.join(has_all)} GROUP BY trace_id"
    )
    fold = f"arrayFold((seen, row) -> ({steps}), arrayConcat({again}), ({nothing}))"
    return f"trace_id IN (SELECT trace_id FROM ({traces}) WHERE notEmpty(tupleElement({fold}, {len(conditions)})))"


def _step(level: int) -> str:
    """A row joins its level when its parent has, or when it matches and its parent is of the level above."""
    holds = f"tupleElement(row, {4 + level})"
    if level > 1:
        holds += f" AND has(tupleElement(seen, {level - 1}), tupleElement(row, 4))"
    seen = f"tupleElement(seen, {level})"
    joins = f"(has({seen}, tupleElement(row, 4)) OR ({holds})) AND NOT has({seen}, tupleElement(row, 3))"
    return f"if({joins}, arrayPushBack({seen}, tupleElement(row, 3)), {seen})"
