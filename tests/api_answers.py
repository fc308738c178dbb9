"""Answers of the API written by hand, for what shows them: only what a test is about needs to be given."""

from typing import Any

T0 = 1_760_000_000_000_000_000
MS = 1_000_000


def span(span_id: str, parent: str | None, start: int, end: int, **more: Any) -> dict[str, Any]:
    """A span from `start` to `end`, milliseconds after T0."""
    made = {
        "span_id": span_id, "parent_span_id": parent, "service": "web", "name": span_id, "kind": "internal",
        "start": str(T0 + start * MS), "duration": (end - start) * MS, "self_time": 0,
        "status": {"code": "unset", "message": ""}, "resource": 0, "scope": 0, "attributes": {}, "events": [],
        "links": [], "flags": 1, "trace_state": "", "dropped": {"attributes": 0, "events": 0, "links": 0},
        "running": None,
    }  # fmt: skip
    return made | more


def event(at: int, name: str, **attributes: Any) -> dict[str, Any]:
    return {"time": str(T0 + at * MS), "name": name, "attributes": attributes}


def exception(at: int, kind: str, message: str) -> dict[str, Any]:
    return event(at, "exception", **{"exception.type": kind, "exception.message": message})


def log(at: int, body: Any, span_id: str | None = None, severity: str | None = "info", **more: Any) -> dict[str, Any]:
    made = {
        "time": str(T0 + at * MS), "observed_time": str(T0 + at * MS), "severity": severity, "severity_number": 9,
        "severity_text": "", "body": body, "event_name": None, "attributes": {}, "span_id": span_id, "service": "web",
        "resource": 0, "scope": 0, "id": f"{at}-{body}", "flags": 1, "dropped": 0,
    }  # fmt: skip
    return made | more


def trace(spans: list[dict[str, Any]], logs: list[dict[str, Any]] = (), **more: Any) -> dict[str, Any]:
    """A whole trace; `facts=` adds to empty facts."""
    made = {
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "start": spans[0]["start"] if spans else str(T0),
        "duration": spans[0]["duration"] if spans else 0,
        "resources": [{"attributes": {}}], "scopes": [{"name": ""}], "spans": spans, "logs": list(logs),
        "linked_from": [], "truncated": False,
        "facts": {"roots": [], "orphans": [], "depth": 1, "first_error": None, "skew": []} | more.pop("facts", {}),
    }  # fmt: skip
    return made | more
