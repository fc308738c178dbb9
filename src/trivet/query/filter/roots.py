"""Which span stands for a trace: its root or, where that has not come, the earliest whose parent is missing.

The store does not know it: the traces of what matches are looked through. Those without a root are few, or all (behind
a front end that tells nothing), so only theirs are put side by side.
"""

from trivet.query.filter.kinds import either
from trivet.query.filter.tables import NO_PARENT


def with_root(near: str, condition: str) -> str:
    """The row's trace has a root for which the condition holds, of several the earliest; `near` is when to look."""
    spans = f"SELECT trace_id FROM otel_spans WHERE {near}"
    received = (
        f"{spans} AND {NO_PARENT} AND trace_id IN ({spans} AND {NO_PARENT} AND {condition})"
        f" GROUP BY trace_id HAVING argMin({condition}, start)"
    )
    rootless = (
        f"{spans} AND trace_id IN ({spans} AND NOT {NO_PARENT} AND {condition})"
        f" GROUP BY trace_id HAVING countIf({NO_PARENT}) = 0"
    )
    local = f"{spans} AND {condition} AND (trace_id, span_id) IN ({local_roots(near, f'trace_id IN ({rootless})')})"
    return either(f"trace_id IN ({received})", f"trace_id IN ({local})")


def local_roots(near: str, rootless: str) -> str:
    """Of traces without a root the span that stands for each: its trace and itself."""
    return (
        "SELECT trace_id, arraySort(arrayFilter(row -> has(missing, row.3), rows))[1].2 FROM ("
        "SELECT trace_id, groupArray((start, span_id, parent_span_id)) AS rows,"
        " arrayExcept(arrayDistinct(rows.3), rows.2) AS missing"
        f" FROM otel_spans WHERE {near} AND {rootless} GROUP BY trace_id)"
    )
