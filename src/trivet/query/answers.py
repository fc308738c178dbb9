"""What goes out: the types of the API's answers. They are encoded by msgspec and described by the OpenAPI document.

Instants are unix nanoseconds as strings, durations integers of nanoseconds, ids lower-case hexadecimal. Attribute
values keep their JSON type (see `attributes.py`). What defaults to `UNSET` is left out when there is nothing to say.
"""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

Attributes = dict[str, Any]
Kind = Literal["internal", "server", "client", "producer", "consumer", "unspecified"]
StatusCode = Literal["unset", "ok", "error"]
SeverityWord = Literal["trace", "debug", "info", "warn", "error", "fatal"]


class Scanned(Struct):
    """What was read for an answer, and how long that took in all."""

    rows: int = 0
    bytes: int = 0
    ms: int = 0


# ---- one trace


class SpanStatus(Struct):
    code: StatusCode
    message: str


class Event(Struct):
    time: str
    name: str
    attributes: Attributes
    dropped: int


class Link(Struct):
    trace_id: str
    span_id: str
    attributes: Attributes
    trace_state: str
    flags: int
    dropped: int


class Dropped(Struct):
    attributes: int
    events: int
    links: int


class Running(Struct):
    """A span that has not ended, as of its last report; `lost` when its process is gone."""

    last_seen: str
    stack: list[str]
    state: Literal["running", "lost"]


class SpanFields(Struct, kw_only=True):
    """`duration` of a running span lasts until `last_seen`; `self_time` is null where its children are not known."""

    span_id: str
    parent_span_id: str | None
    service: str
    name: str
    kind: Kind
    start: str
    duration: int
    self_time: int | None
    status: SpanStatus
    attributes: Attributes
    events: list[Event]
    links: list[Link]
    flags: int
    trace_state: str
    dropped: Dropped
    running: Running | None


class Span(SpanFields, kw_only=True):
    """A span of a trace; `resource` and `scope` are places in its lists."""

    resource: int
    scope: int


class EntityRef(Struct):
    schema_url: str
    type: str
    id_keys: list[str]
    description_keys: list[str]


class Resource(Struct):
    attributes: Attributes
    dropped: int
    schema_url: str
    entity_refs: list[EntityRef]


class Scope(Struct):
    name: str
    version: str
    attributes: Attributes
    dropped: int
    schema_url: str


class LogFields(Struct, kw_only=True):
    """`id` is a hash of the record; `observed_time` is null when it was not sent."""

    time: str
    observed_time: str | None
    severity: SeverityWord | None
    severity_number: int
    severity_text: str
    body: Any
    event_name: str | None
    attributes: Attributes
    span_id: str | None
    service: str
    id: str
    flags: int
    dropped: int


class LogRecord(LogFields, kw_only=True):
    """A record of a trace; `resource` and `scope` are places in its lists."""

    resource: int
    scope: int


class FoundLog(LogFields, kw_only=True):
    """A record of a list, which brings its resource and scope along."""

    trace_id: str | None
    resource: Resource
    scope: Scope


class LogList(Struct, omit_defaults=True):
    """`hint` says what may be misspelt where nothing matches."""

    logs: list[FoundLog]
    next: str | None
    scanned: Scanned
    hint: str | None = None


class LinkedFrom(Struct):
    """A span elsewhere that links to this trace."""

    trace_id: str
    span_id: str
    service: str
    name: str


class Exemplar(Struct):
    metric: str
    value: Any
    time: str
    span_id: str | None


class Segment(Struct):
    """A stretch of a critical path; with `name` "queue", the wait before the (asynchronous) span began."""

    span_id: str
    start: str
    end: str
    name: str | UnsetType = UNSET


class Share(Struct):
    service: str
    spans: int
    errors: int
    self_time: int
    critical_time: int


class Shift(Struct):
    """What to add to a span's start to correct its process' clock."""

    span_id: str
    shift: int


class Gap(Struct):
    """A stretch of a span that none of its children explains."""

    span_id: str
    start: str
    end: str


class Fold(Struct):
    """A run of like siblings under `parent`."""

    parent: str
    service: str
    name: str
    count: int
    total: int


class Percentile(Struct):
    """The share, in percent, of the last day's roots of this service and name that took at most as long."""

    value: float
    count: int
    window: str


class Ranked(Struct):
    """`percentile` is null when there is nothing to compare with, or it would take too long."""

    percentile: Percentile | None


class Facts(Struct, kw_only=True):
    """What can be said about a trace; all of it in corrected times."""

    roots: list[str]
    orphans: list[str]
    depth: int
    first_error: str | None
    services: list[Share]
    skew: list[Shift]
    gaps: list[Gap]
    folds: list[Fold]
    percentile: Percentile | None
    critical_path: list[Segment]
    critical_path_extent: list[Segment]


class Extent(Struct):
    """First start to last end of a trace."""

    start: str
    end: str


class Trace(Struct):
    """One trace, whole, or with `truncated` the earliest spans and all errors of a very large one."""

    trace_id: str
    root: Literal["received", "local"] | None
    start: str
    duration: int
    extent: Extent
    resources: list[Resource]
    scopes: list[Scope]
    spans: list[Span]
    logs: list[LogRecord]
    linked_from: list[LinkedFrom]
    exemplars: list[Exemplar]
    facts: Facts
    truncated: bool
    scanned: Scanned


class ShapeColumns(Struct):
    """Row i of every column is one span. `name` and `service` are places in the shape's lists, `start` counts from the
    trace's start, `logs` counts records; `running` is null for a finished span. Spans of one `process` have one clock;
    its number means nothing else."""

    span_id: list[str]
    parent: list[int]
    name: list[int]
    service: list[int]
    start: list[int]
    duration: list[int]
    kind: list[Kind]
    status: list[StatusCode]
    logs: list[int]
    running: list[Literal["running", "lost"] | None]
    process: list[int]


class Shape(Struct):
    """A trace without what hangs on its spans.

    `orphans` are rows whose parent has not arrived, with the parent's id. `log_marks` are row (-1: of no span),
    nanoseconds after the trace's start, severity, id. `facts` is null when they were not asked for.
    """

    trace_id: str
    start: str
    names: list[str]
    services: list[str]
    columns: ShapeColumns
    orphans: list[tuple[int, str]]
    log_marks: list[tuple[int, int, SeverityWord | None, str]]
    facts: Facts | None
    scanned: Scanned


# ---- lists


class ServicePart(Struct):
    """A service's part in a trace."""

    name: str
    spans: int
    errors: int
    self_time: int


RootState = Literal["ended", "running", "lost"]


class TraceRow(Struct):
    """One trace in a line. `service`, `name`, `status`, `duration` and `root_state` are its root's; the duration of one
    that has not ended lasts until its last report. It is `complete` when the root has come, no parent is missing and
    nothing runs."""

    trace_id: str
    root: Literal["received", "local"]
    service: str
    name: str
    start: str
    duration: int
    extent: Extent
    spans: int
    errors: int
    logs: int
    status: StatusCode
    root_state: RootState
    running: bool
    complete: bool
    services: list[ServicePart]


class TraceList(Struct, omit_defaults=True):
    """`hint` says what may be misspelt where nothing matches."""

    traces: list[TraceRow]
    next: str | None
    scanned: Scanned
    hint: str | None = None


class FoundSpan(SpanFields, kw_only=True):
    """A span of a list, which brings its resource and scope along."""

    trace_id: str
    resource: Resource
    scope: Scope


class SpanAlone(FoundSpan, kw_only=True):
    """One span of a trace with its log records."""

    logs: list[FoundLog]


class SpanList(Struct, omit_defaults=True):
    """`hint` says what may be misspelt where nothing matches."""

    spans: list[FoundSpan]
    next: str | None
    scanned: Scanned
    hint: str | None = None


class ServiceRow(Struct):
    """A service by its entry spans; `rate` is per second, the quantiles are durations (null when nothing entered)."""

    name: str
    rate: float
    error_rate: float
    count: int
    errors: int
    p50: int | None
    p95: int | None
    p99: int | None
    last_seen: str
    operations: int


class ServiceList(Struct):
    services: list[ServiceRow]
    truncated: bool
    scanned: Scanned


class OperationRow(Struct):
    name: str
    kind: Kind
    rate: float
    error_rate: float
    count: int
    errors: int
    p50: int | None
    p95: int | None
    p99: int | None
    last_seen: str


class OperationList(Struct):
    operations: list[OperationRow]
    truncated: bool
    scanned: Scanned


class Edge(Struct, rename={"caller": "from", "callee": "to"}):
    """Calls from one service to another, to a database or through a queue."""

    caller: str
    callee: str
    kind: str
    count: int
    errors: int
    p95: int | None


class Map(Struct):
    edges: list[Edge]
    truncated: bool
    scanned: Scanned


class MetricRow(Struct):
    """One metric; name, type and unit together identify it."""

    name: str
    type: Literal["gauge", "sum", "histogram", "exponential_histogram", "summary"]
    unit: str
    description: str
    temporality: Literal["delta", "cumulative"] | None
    monotonic: bool | None
    series: int
    last_seen: str


class MetricList(Struct):
    metrics: list[MetricRow]
    truncated: bool
    scanned: Scanned


class SqlColumn(Struct):
    name: str
    type: str


class SqlAnswer(Struct):
    columns: list[SqlColumn]
    rows: list[list[Any]]
    truncated: bool
    elapsed_ms: int
