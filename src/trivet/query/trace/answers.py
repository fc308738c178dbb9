"""The facts about a trace, from its rows to the API's answer."""

from collections.abc import Iterator, Sequence

from trivet.query import answers
from trivet.query.answers import Facts, Percentile, Span
from trivet.query.facts.critical_path import Segment
from trivet.query.facts.explain import Explained
from trivet.query.facts.spans import Spans
from trivet.query.origins import Known

NOTHING = Facts(
    roots=[],
    orphans=[],
    depth=0,
    first_error=None,
    critical_path=[],
    critical_path_extent=[],
    services=[],
    skew=[],
    gaps=[],
    folds=[],
    percentile=None,
)


def columns(spans: Sequence[Span], resources: Sequence[Known]) -> Spans:
    """Spans as the facts want them; `resources` are the trace's, by place."""
    return Spans(
        span_id=[span.span_id for span in spans],
        parent=[span.parent_span_id for span in spans],
        service=[span.service for span in spans],
        name=[span.name for span in spans],
        kind=[span.kind for span in spans],
        start=[int(span.start) for span in spans],
        duration=[max(0, span.duration) for span in spans],
        error=[span.status.code == "error" for span in spans],
        process=[resources[span.resource].process for span in spans],
        open={row for row, span in enumerate(spans) if span.running},
    )


def facts(found: Explained, percentile: Percentile | None) -> Facts:
    trace, ids = found.trace, found.trace.spans.span_id
    return Facts(
        roots=[ids[row] for row in trace.tree.roots],
        orphans=[ids[row] for row in trace.tree.orphans],
        depth=trace.tree.depth,
        first_error=None if found.first_error is None else ids[found.first_error],
        services=[
            answers.Share(share.service, share.spans, share.errors, share.self_time, share.critical_time)
            for share in found.shares
        ],
        skew=[answers.Shift(ids[row], shift) for row, shift in enumerate(trace.shift) if shift],
        gaps=[answers.Gap(ids[gap.row], str(gap.start), str(gap.end)) for gap in found.gaps],
        folds=[answers.Fold(ids[fold.parent], fold.service, fold.name, fold.count, fold.total) for fold in found.folds],
        percentile=percentile,
        critical_path=list(_segments(found.critical_path, ids)),
        critical_path_extent=list(_segments(found.critical_path_extent, ids)),
    )


def _segments(path: Sequence[Segment], ids: Sequence[str]) -> Iterator[answers.Segment]:
    for segment in path:
        made = answers.Segment(ids[segment.row], str(segment.start), str(segment.end))
        if segment.queue:
            made.name = "queue"
        yield made
