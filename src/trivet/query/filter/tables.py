"""What can be asked about: the tables of spans, running spans, log records and metric series, with their own fields.

The expressions are columns of `store/schema`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from trivet.query.filter.kinds import Choice, Field, Flag, Id, Moment, Number, Severity, Text, Texts

Signal = Literal["spans", "running", "logs", "series"]

KINDS = {"unspecified": 0, "internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
STATUSES = {"unset": 0, "ok": 1, "error": 2}
RUNNING = {"false": 0, "true": 1, "lost": 2}
METRIC_TYPES = {"gauge": 5, "sum": 7, "histogram": 9, "exponential_histogram": 10, "summary": 11}

NO_PARENT = "parent_span_id = toFixedString('', 8)"
PROCESS = "trivet_process(resource, resource_id)"


@dataclass(frozen=True, slots=True)
class Table:
    """`prefix` is what its attributes may be written with; `words` is searched by free text; `events` only spans have.

    `items` are its attributes as `key=value`, '' without an index of them. The engine finds `items` and `words` in its
    text indexes because they are the very expressions that those are made of (store/schema/v5).
    """

    signal: Signal
    name: str
    prefix: str
    time: str
    fields: Callable[[int], Mapping[str, Field]]
    words: str
    items: str = ""
    events: bool = False


def _span_fields(now: int) -> dict[str, Field]:
    return {
        "service": Text("service"),
        "name": Text("name"),
        "kind": Choice("kind", KINDS, "unspecified"),
        "status": Choice("status_code", STATUSES, "unset"),
        "status.message": Text("status_message"),
        "duration": Number("duration", "a duration"),
        "start": Moment("start", now),
        "trace": Id("trace_id", 16),
        "span": Id("span_id", 8),
        "parent": Id("parent_span_id", 8),
        "root": Flag(NO_PARENT),
        "event": Texts("`events.name`"),
        "event.name": Texts("`events.name`"),
        "process": Text(PROCESS),
        "running": Choice("0", RUNNING, "false"),
        **_scope_fields(),
    }


def _running_fields(now: int) -> dict[str, Field]:
    """`lost` comes from the statement (questions/running.sql)."""
    return {
        "service": Text("service"),
        "name": Text("name"),
        "kind": Text("kind"),
        "status": Choice("0", STATUSES, "unset"),
        "duration": Number("toUnixTimestamp64Nano(time) - toUnixTimestamp64Nano(start)", "a duration"),
        "start": Moment("start", now),
        "trace": Id("trace_id", 16),
        "span": Id("span_id", 8),
        "parent": Id("parent_span_id", 8),
        "root": Flag(NO_PARENT),
        "process": Text("process"),
        "running": Choice("if(lost, 2, 1)", RUNNING, "false"),
        **_scope_fields(),
    }


def _log_fields(now: int) -> dict[str, Field]:
    return {
        "service": Text("service"),
        "severity": Severity(),
        "severity_number": Number("severity_number"),
        "severity_text": Text("severity_text"),
        "body": Text("body"),
        "time": Moment("time", now),
        "trace": Id("trace_id", 16),
        "span": Id("span_id", 8),
        "event": Text("event_name"),
        "event_name": Text("event_name"),
        "process": Text(PROCESS),
        **_scope_fields(),
    }


def _series_fields(_: int) -> dict[str, Field]:
    return {
        "service": Text("service"),
        "metric": Text("metric"),
        "type": Choice("CAST(type, 'Int8')", METRIC_TYPES, "gauge"),
        "unit": Text("unit"),
        "process": Text(PROCESS),
        **_scope_fields(),
    }


def _scope_fields() -> dict[str, Field]:
    return {"scope": Text("scope"), "scope.name": Text("scope"), "scope.version": Text("scope_version")}


SPANS = Table(
    "spans", "otel_spans", "span", "start", _span_fields,
    words="trivet_span_words(name, status_message, attributes, `events.name`, `events.attributes`)",
    items="trivet_span_items(attributes, resource, scope_attributes, `events.attributes`, elements)",
    events=True,
)  # fmt: skip
RUNNING_SPANS = Table(
    "running", "running_spans", "span", "start", _running_fields,
    words="lowerUTF8(concat(name, ' ', arrayStringConcat(mapValues(attributes), ' ')))",
)  # fmt: skip
LOGS = Table(
    "logs", "otel_logs", "log", "time", _log_fields,
    words="trivet_log_words(body, event_name, attributes)",
    items="trivet_log_items(attributes, resource, scope_attributes, elements)",
)  # fmt: skip
SERIES = Table(
    "series", "otel_series", "metric", "last_seen", _series_fields,
    words="lowerUTF8(concat(metric, ' ', description))",
    items="trivet_series_items(attributes, resource, elements)",
)  # fmt: skip
