"""Where to send, and how: one [[forward]] table of `trivet.toml`, checked.

[[forward]]
name = "vendor"
endpoint = "https://otlp.vendor.example"     # or grpc://host:4317, grpcs://…; or protocol = "grpc" with http(s)://
headers = { "api-key" = "env:VENDOR_KEY", authorization = "Bearer env:TOKEN" }
signals = ["traces", "logs"]                 # default: all
start = "now"                                # or "oldest", or a time: where a new destination begins
max_lag_bytes = "1GiB"                       # how far each signal may fall behind …
max_lag_age = "1d"                           # … before the oldest is skipped
running_spans = false                        # reports of spans still running; few vendors know what to do with them
compression = "gzip"                         # or "none"
timeout = "10s"
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from trivet.errors import CannotStart
from trivet.settings import Bytes, Seconds
from trivet.spool.cursor import Limits
from trivet.spool.record import SIGNALS

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
HEADER_NAME = re.compile(r"(?!.*-bin$)[a-z0-9_.-]+")  # what gRPC takes too
HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
FROM_ENVIRONMENT = re.compile(r"(?<!\S)env:(\w+)")
SHORTEST_SECRET = 4  # what is shorter is none, and would blot out half a message
OURS = {"content-type", "content-encoding", "content-length", "transfer-encoding", "host", "te"}
SCHEMES = {"http": ("http", False), "https": ("http", True), "grpc": ("grpc", False), "grpcs": ("grpc", True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    name: str
    endpoint: str
    protocol: str  # "http" or "grpc"
    tls: bool
    headers: Mapping[str, str]
    secrets: tuple[str, ...]  # what must not be shown
    signals: tuple[str, ...]
    start: str | int  # "oldest", "newest", or unix ns
    limits: Limits  # of lag, for each signal
    running_spans: bool
    compression: str  # "gzip" or "none"
    timeout: float  # seconds, for one request

    def scrubbed(self, text: str) -> str:
        """`text` without anything that came from a header."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


def read_targets(tables: Sequence[Mapping[str, Any]], environ: Mapping[str, str]) -> tuple[Target, ...]:
    """Every table, checked; CannotStart names the table and what is wrong with it."""
    targets: list[Target] = []
    for number, table in enumerate(tables, 1):
        name = table.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise CannotStart(
                f"[[forward]] number {number} in trivet.toml has no usable name",
                hint='give it one of letters, digits, ".", "_" and "-": name = "vendor"',
            )
        if any(name == other.name for other in targets):
            raise _wrong(name, "the name is used twice", "its place in the spool goes by the name: give each its own")
        targets.append(_target(name, table, environ))
    return tuple(targets)


def _target(name: str, table: Mapping[str, Any], environ: Mapping[str, str]) -> Target:
    known = {"name", "endpoint", "protocol", "headers", "signals", "start", "max_lag_bytes", "max_lag_age"}
    known |= {"running_spans", "compression", "timeout"}
    if unknown := sorted(table.keys() - known):
        raise _wrong(name, f"unknown key {unknown[0]!r}", f"the keys are {', '.join(sorted(known))}")
    protocol, tls = _protocol(name, table)
    headers, secrets = _headers(name, table.get("headers", {}), environ)
    read = _Reader(name, table)
    return Target(
        name=name,
        endpoint=_endpoint(name, table, protocol),
        protocol=protocol,
        tls=tls,
        headers=headers,
        secrets=secrets,
        signals=_signals(name, table.get("signals", list(SIGNALS))),
        start=_start(name, table.get("start", "now")),
        limits=Limits(bytes=read.size("max_lag_bytes", "1GiB"), age=read.duration("max_lag_age", "1d")),
        running_spans=read.choice("running_spans", False, (True, False)),
        compression=read.choice("compression", "gzip", ("gzip", "none")),
        timeout=read.duration("timeout", "10s"),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Plain values of one table."""

    name: str
    table: Mapping[str, Any]

    def size(self, key: str, default: str) -> int:
        return self._read(key, default, Bytes.read)

    def duration(self, key: str, default: str) -> float:
        return self._read(key, default, Seconds.read)

    def choice(self, key: str, default: Any, choices: tuple[Any, ...]) -> Any:
        value = self.table.get(key, default)
        if not any(value is choice or (isinstance(value, str) and value == choice) for choice in choices):
            words = " or ".join(f'"{each}"' if isinstance(each, str) else str(each).lower() for each in choices)
            raise _wrong(self.name, f"{key} = {value!r}: wanted {words}")
        return value

    def _read(self, key: str, default: str, read: Callable[[str], Any]) -> Any:
        value = self.table.get(key, default)
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise ValueError("wanted a number, or text with a unit")
            if (number := read(str(value))) <= 0:
                raise ValueError("wanted more than nothing")
        except ValueError as error:
            raise _wrong(self.name, f"{key} = {value!r}: {error}") from None
        return number


def _protocol(name: str, table: Mapping[str, Any]) -> tuple[str, bool]:
    scheme = urlsplit(str(table.get("endpoint", ""))).scheme
    if scheme not in SCHEMES:
        wanted = 'endpoint = "https://host", "http://host:4318", "grpc://host:4317" or "grpcs://host:4317"'
        raise _wrong(name, "the endpoint is missing or no address", wanted)
    implied, tls = SCHEMES[scheme]
    protocol = table.get("protocol", implied)
    if protocol not in ("http", "grpc") or (implied == "grpc" and protocol == "http"):
        raise _wrong(name, f"protocol = {protocol!r} does not go with {scheme}://", 'wanted "http" or "grpc"')
    return protocol, tls


def _endpoint(name: str, table: Mapping[str, Any], protocol: str) -> str:
    """For HTTP the URL to which /v1/traces is added, for gRPC host:port."""
    parts = urlsplit(table["endpoint"])
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _wrong(name, f"the endpoint is no address: {error}") from None
    if not host or parts.query or parts.fragment:
        raise _wrong(name, "the endpoint must be an address without ? and #")
    if parts.username is not None or parts.password is not None:
        raise _wrong(name, "the endpoint carries a password", "send it as a header: authorization = ...")
    if protocol == "http":
        return table["endpoint"].rstrip("/")
    if parts.path.strip("/"):
        raise _wrong(name, "a gRPC endpoint has no path")
    return f"[{host}]:{port or 4317}" if ":" in host else f"{host}:{port or 4317}"


def _headers(name: str, table: Any, environ: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    if not isinstance(table, Mapping) or not all(isinstance(value, str) for value in table.values()):
        raise _wrong(name, "headers is no table of texts", 'headers = { "api-key" = "env:VENDOR_KEY" }')
    headers: dict[str, str] = {}
    secrets: set[str] = set()
    for header, value in table.items():
        found = [_from_environment(name, header, variable, environ) for variable in FROM_ENVIRONMENT.findall(value)]
        filled = FROM_ENVIRONMENT.sub(lambda match: environ[match[1]].strip(), value)
        if not HEADER_NAME.fullmatch(header.lower()) or header.lower() in OURS or not HEADER_VALUE.fullmatch(filled):
            raise _wrong(name, f"header {header!r} cannot be sent", "printable ASCII; OTLP's own headers are set by us")
        headers[header.lower()] = filled
        secrets |= {filled, *found, *filled.split()[1:]}
    return headers, tuple(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)


def _from_environment(name: str, header: str, variable: str, environ: Mapping[str, str]) -> str:
    if not (value := environ.get(variable, "").strip()):
        raise _wrong(name, f"header {header!r} needs the environment variable {variable}, which is not set")
    return value


def _signals(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or not value or any(signal not in SIGNALS for signal in value):
        raise _wrong(name, f"signals = {value!r}", f"some of {', '.join(SIGNALS)}")
    return tuple(signal for signal in SIGNALS if signal in value)


def _start(name: str, value: Any) -> str | int:
    if value in ("now", "oldest"):
        return "newest" if value == "now" else "oldest"
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
    except (TypeError, ValueError):
        raise _wrong(
            name, f'start = "{value}"', '"now", "oldest", or a time with its zone: 2026-11-20T08:00:00Z'
        ) from None
    return int(moment.timestamp() * 1_000_000) * 1000


def _wrong(name: str, what: str, hint: str | None = None) -> CannotStart:
    return CannotStart(f"[[forward]] {name} in trivet.toml: {what}", hint=hint)
