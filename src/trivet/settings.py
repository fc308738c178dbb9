"""One table of settings: name, type, default, environment, help.

Flags win over `TRIVET_*` environment variables, those over `trivet.toml`, those over the defaults below. A field's
variable is `TRIVET_` and its name in capitals (`segment_bytes` → `TRIVET_SEGMENT_BYTES`); in the file it is the name
itself. Sizes take units (`64MiB`, `2GB`), durations too (`500ms`, `30s`, `7d`).
"""

import dataclasses
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Self, get_type_hints

from trivet.errors import CannotStart

MiB = 1024**2
GiB = 1024**3


class Count(int):
    """How many at once: one at least."""

    def __new__(cls, value: Any) -> Self:
        count = super().__new__(cls, value)
        if count < 1:
            raise ValueError(f"wanted {_WANTED[cls]}")
        return count


class Bytes(int):
    """A size in bytes; reads `1500`, `64MiB`, `2GB`."""

    UNITS: ClassVar = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
    UNITS |= {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}

    @classmethod
    def read(cls, text: str) -> "Bytes":
        return cls(_with_unit(text, cls.UNITS, _WANTED[cls]))


class Seconds(float):
    """A duration in seconds; reads `2`, `500ms`, `30s`, `15m`, `7d`."""

    UNITS: ClassVar = {"": 1.0, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

    @classmethod
    def read(cls, text: str) -> "Seconds":
        return cls(_with_unit(text, cls.UNITS, _WANTED[cls]))


def _with_unit(text: str, units: Mapping[str, float], wanted: str) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    if not match or match[2].lower() not in units:
        raise ValueError(f"wanted {wanted}")
    return float(match[1]) * units[match[2].lower()]


def setting(default: Any, help: str, *, otel: str = "", otel_reads: Callable[[str], Any] = str) -> Any:
    """A field of a settings table; the name, the type and the environment variable come from the field itself.

    `otel` is the standard variable that means the same, `otel_reads` what makes our value of its text.
    """
    return field(default=default, metadata={"help": help, "otel": otel, "otel_reads": otel_reads})


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Everything that `trivet up` can be told."""

    data: Path = setting(Path("trivet-data"), "directory of the spool and the store")
    http: str = setting("127.0.0.1:4318", "address of OTLP/HTTP, the API and the pages")
    grpc: str = setting("127.0.0.1:4317", "address of OTLP/gRPC; empty: no gRPC")

    token: str = setting("", "one token for sending and reading")
    ingest_token: str = setting("", "token for sending; default: token")
    read_token: str = setting("", "token for reading; default: token")
    hosts: str = setting("", "allowed Host headers, comma-separated; localhost and IP addresses always are")
    cors_origins: str = setting("", "origins whose pages may send to /v1/*, comma-separated")
    tls_cert: str = setting("", "certificate file (PEM) for both listeners")
    tls_key: str = setting("", "key file (PEM) for both listeners")

    max_body_bytes: Bytes = setting(Bytes(64 * MiB), "largest request body, as sent and when decompressed")
    max_requests: Count = setting(Count(512), "ingest requests worked on at once; above it 503")
    max_request_memory: Bytes = setting(Bytes(256 * MiB), "bytes of ingest bodies held at once; above it 503")
    max_connections: Count = setting(Count(10_000), "open HTTP connections; above it new ones are closed")
    max_json_requests: Count = setting(Count(2), "OTLP JSON bodies translated at once")
    decode_memory: Bytes = setting(Bytes(1 * GiB), "memory of each process that decodes JSON and very large bodies")
    header_timeout: Seconds = setting(Seconds(10), "time for a request's headers")
    body_timeout: Seconds = setting(Seconds(30), "time for a request's body")
    idle_timeout: Seconds = setting(Seconds(75), "time that an idle connection is kept")

    segment_bytes: Bytes = setting(Bytes(64 * MiB), "size at which a spool segment is sealed")
    spool_max_bytes: Bytes = setting(Bytes(8 * GiB), "size of all spool segments at which the spool is Full")
    min_free_bytes: Bytes = setting(Bytes(1 * GiB), "free disk below which the spool is Full")
    batch_memory: Seconds = setting(Seconds(24 * 3600), "how long a Trivet-Batch key is remembered")

    clickhouse_url: str = setting(
        "", "a ClickHouse to use instead of the embedded engine: http://user@host:8123/database"
    )
    clickhouse_password: str = setting("", "password for clickhouse_url")
    engine_memory: Bytes = setting(Bytes(1536 * MiB), "memory cap of the embedded engine")
    load_max_bytes: Bytes = setting(Bytes(32 * MiB), "largest block handed to the engine at once")
    load_interval: Seconds = setting(Seconds(0.25), "pause between blocks when there is no backlog")
    load_interval_unwatched: Seconds = setting(
        Seconds(2), "the same while nobody has asked a question for a minute: small blocks cost CPU"
    )

    retention: Seconds = setting(Seconds(30 * 86400), "age at which stored days are dropped")
    store_max_bytes: Bytes = setting(Bytes(0), "size of the store above which the oldest days go; 0: 80 % of the disk")
    running_lost_after: Seconds = setting(Seconds(30), "silence after which a running span's process counts as lost")

    query_seconds: Seconds = setting(Seconds(15), "time budget of one question")
    query_memory: Bytes = setting(Bytes(768 * MiB), "memory budget of one question")
    query_rows: int = setting(2_000_000_000, "rows that one question may read")
    compare_members: int = setting(
        1000, "traces (ten times as many log records) that a comparison looks at on each side"
    )
    compare_granules: int = setting(256, "granules, of 1,024 rows each, that a comparison reads attributes from")
    query_series: int = setting(20_000, "series of a metric that one question, or one selector of PromQL, may match")
    query_points: int = setting(200_000, "points over time, of all groups and figures, in one answer")
    flame_spans: int = setting(300_000, "spans that one flame graph, or one side of a difference, may merge")
    flame_nodes: int = setting(20_000, "call paths in a flame graph or difference; the smallest are left out")
    max_queries: Count = setting(Count(8), "questions answered at once; others wait their turn")

    keep_asked: bool = setting(True, "keep what was asked, for reviews; false: nobody's questions are recorded")
    asked_age: Seconds = setting(Seconds(365 * 86400), "age at which what was asked is forgotten")
    asked_rows: int = setting(100_000, "questions that are kept; the oldest go first")

    promql_samples: int = setting(10_000_000, "samples that one PromQL expression may touch, in all of its parts")
    promql_resource_labels: str = setting(
        "", "resource attributes that are labels in PromQL beside job and instance, comma-separated"
    )

    forward: tuple[Mapping[str, Any], ...] = setting((), "destinations: [[forward]] tables of trivet.toml")

    @classmethod
    def load(
        cls,
        flags: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] = os.environ,
        file: Path | None = None,
    ) -> Self:
        """Settings from flags (typed or text; None = not given), the environment and the file, in that order."""
        given: dict[str, Any] = {}
        named = file or environ.get("TRIVET_CONFIG")
        given.update(_from_file(Path(named or "trivet.toml"), required=bool(named)))
        given.update(_from_environment(cls, environ))
        given.update({name: value for name, value in (flags or {}).items() if value is not None})
        return cls(**{name: _typed(cls, name, value) for name, value in given.items()})


def _from_environment(table: type, environ: Mapping[str, str]) -> dict[str, str]:
    names = (f.name for f in dataclasses.fields(table) if f.name != "forward")
    return {name: environ[f"TRIVET_{name.upper()}"] for name in names if f"TRIVET_{name.upper()}" in environ}


def _from_file(path: Path, required: bool) -> dict[str, Any]:
    if not required and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text())
    except OSError as error:
        raise CannotStart(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:  # a TOMLDecodeError, or bytes that are no UTF-8
        raise CannotStart(f"{path} is not valid TOML: {error}") from None


def _typed(table: type, name: str, value: Any) -> Any:
    types = get_type_hints(table)
    if name not in types:
        raise CannotStart(f"unknown setting {name!r}", hint="`trivet up --help` lists the settings")
    if name == "forward":
        return _tables(value)
    try:
        return _read(types[name], value)
    except (ValueError, OverflowError) as error:
        raise CannotStart(f"setting {name} = {value!r}: {error}") from None


def _tables(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(table, Mapping) for table in value):
        raise CannotStart("forward is a list of tables", hint="write [[forward]], in double brackets, above each")
    return tuple(value)


def _read(wanted: type, value: Any) -> Any:
    if isinstance(value, bool) is not (wanted is bool) and not isinstance(value, str):
        raise ValueError("wanted true or false" if wanted is bool else f"wanted {_WANTED[wanted]}")
    if not isinstance(value, str | int | float | Path):
        raise ValueError(f"wanted {_WANTED[wanted]}, not a list, a table or a time")
    return _read_text(wanted, value) if isinstance(value, str) else _not_negative(wanted(value))


def _read_text(wanted: type, text: str) -> Any:
    if hasattr(wanted, "read"):
        return wanted.read(text)
    if wanted is bool:
        return _switch(text)
    try:
        return _not_negative(wanted(text))
    except ValueError:
        raise ValueError(f"wanted {_WANTED[wanted]}") from None


def _not_negative(value: Any) -> Any:
    if isinstance(value, int | float) and not value >= 0:
        raise ValueError(f"wanted {_WANTED[type(value)]}")
    return value


_WANTED = {
    str: "text",
    Path: "a path",
    bool: "true or false",
    int: "a whole number, 0 or more",
    Count: "a whole number, 1 or more",
    Bytes: "a size such as 64MiB",
    Seconds: "a duration such as 30s",
}


def _switch(text: str) -> bool:
    if text.strip().lower() in ("1", "true", "yes", "on"):
        return True
    if text.strip().lower() in ("0", "false", "no", "off", ""):
        return False
    raise ValueError("wanted true or false")


def _milliseconds(text: str) -> float:
    return float(text) / 1000


def _timeout(text: str) -> float:
    """The specification counts milliseconds, the official Python SDK seconds; nobody waits for five minutes."""
    number = float(text)
    return number if number < 300 else number / 1000


def _exports(text: str) -> bool:
    return text.strip().lower() != "none"


@dataclass(frozen=True, kw_only=True)
class AppSettings:
    """Everything that `trivet.start()` can be told: arguments win over `TRIVET_*`, those over `OTEL_*`."""

    service: str = setting(
        "",
        "service.name; default: from OTEL_RESOURCE_ATTRIBUTES, else guessed from the command",
        otel="OTEL_SERVICE_NAME",
    )
    endpoint: str = setting(
        "http://127.0.0.1:4318", "where data goes, OTLP over HTTP", otel="OTEL_EXPORTER_OTLP_ENDPOINT"
    )
    token: str = setting("", "token that the endpoint asks for")
    ingest_token: str = setting("", "the same, when it differs from token")
    timeout: Seconds = setting(
        Seconds(10), "time for one request", otel="OTEL_EXPORTER_OTLP_TIMEOUT", otel_reads=_timeout
    )
    compression: str = setting(
        "", "gzip or none; default: gzip to other machines", otel="OTEL_EXPORTER_OTLP_COMPRESSION"
    )

    traces: bool = setting(True, "send spans", otel="OTEL_TRACES_EXPORTER", otel_reads=_exports)
    metrics: bool = setting(True, "send metrics", otel="OTEL_METRICS_EXPORTER", otel_reads=_exports)
    logs: bool = setting(True, "send log records", otel="OTEL_LOGS_EXPORTER", otel_reads=_exports)
    log_level: str = setting("info", "least severe log record that is sent")
    stdout: bool = setting(False, "send lines that are printed as log records, too")
    metrics_interval: Seconds = setting(
        Seconds(10), "time between two reports", otel="OTEL_METRIC_EXPORT_INTERVAL", otel_reads=_milliseconds
    )
    queue_depth: bool = setting(True, "workers ask their queues' Redis how many jobs wait, at each report of metrics")
    parent_sampling: str = setting(
        "", "ignore or respect a remote parent that is not sampled; default: ignore, or as OTEL_TRACES_SAMPLER says"
    )

    queue: int = setting(
        16_384,
        "spans (and log records) waiting to be encoded; when there are more, whoever records encodes",
        otel="OTEL_BSP_MAX_QUEUE_SIZE",
    )
    unsent_bytes: Bytes = setting(Bytes(16 * MiB), "encoded batches kept in memory; more go to the spill")
    spill_dir: Path = setting(Path(""), "where unsent batches wait for the next process; default: the user's cache")
    spill_max_bytes: Bytes = setting(Bytes(64 * MiB), "size of one service's spill; 0: none")
    exit_timeout: Seconds = setting(Seconds(2), "how long a dead endpoint may delay the exit")

    running_after: Seconds = setting(Seconds(1), "age at which an open span is first reported as running; 0: never")
    running_every: Seconds = setting(Seconds(30), "time between two later reports")
    scrub: bool = setting(True, "replace passwords, tokens and card numbers before sending")
    scrub_keys: str = setting("", "more attribute names to scrub, comma-separated, * matches anything")
    console: bool = setting(False, "print spans and log records to the terminal as a tree")
    instrument: bool = setting(True, "instrument the installed libraries")
    rules: str = setting("", "files *_rules.py about more libraries, or folders of them, comma-separated")
    serverless: str = setting("", "on or off: flush after each request; default: where the platform freezes processes")

    @classmethod
    def load(
        cls, arguments: Mapping[str, Any] | None = None, environ: Mapping[str, str] = os.environ
    ) -> tuple[Self, list[str]]:
        """The settings, and a line for each wish that could not be read: an app must start all the same."""
        given: dict[str, Any] = {**_from_standard(cls, environ), **_from_environment(cls, environ)}
        given.update({name: value for name, value in (arguments or {}).items() if value is not None})
        values, problems = {}, []
        for name, value in given.items():
            try:
                values[name] = _typed(cls, name, value() if callable(value) else value)
            except (CannotStart, ValueError) as error:
                problems.append(str(error))
        return cls(**values), problems


def _from_standard(table: type, environ: Mapping[str, str]) -> dict[str, Callable[[], Any]]:
    """The `OTEL_*` variables that mean one of our settings, each to be read when its turn comes."""
    named = {f.name: (f.metadata["otel"], f.metadata["otel_reads"]) for f in dataclasses.fields(table)}
    return {
        name: partial(_read_standard, variable, reads, environ[variable])
        for name, (variable, reads) in named.items()
        if variable and environ.get(variable, "").strip()
    }


def _read_standard(variable: str, reads: Callable[[str], Any], text: str) -> Any:
    try:
        return reads(text.strip())
    except ValueError:
        raise CannotStart(f"{variable}={text!r} is not readable") from None
