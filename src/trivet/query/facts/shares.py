"""What each service had to do with it: spans, errors, self time, and its share of the critical path."""

from dataclasses import dataclass

from trivet.query.facts.critical_path import Segment
from trivet.query.facts.spans import Spans


@dataclass(slots=True)
class Share:
    service: str
    spans: int = 0
    errors: int = 0
    self_time: int = 0
    critical_time: int = 0


def shares(spans: Spans, self_time: list[int], path: list[Segment]) -> list[Share]:
    """One share per service, the largest part of the critical path first, then of self time."""
    found: dict[str, Share] = {}
    for service, error, own in zip(spans.service, spans.error, self_time, strict=True):
        share = found.get(service)
        if share is None:
            share = found[service] = Share(service)
        share.spans += 1
        share.errors += error
        share.self_time += own
    for segment in path:
        found[spans.service[segment.row]].critical_time += segment.end - segment.start
    return sorted(found.values(), key=lambda share: (-share.critical_time, -share.self_time, share.service))
