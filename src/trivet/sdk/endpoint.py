"""Where each signal goes: address, path, headers and compression, from our settings and the standard variables.

A signal's own `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is a whole URL; the general endpoint gets `/v1/traces` appended
(specification, *OTLP Exporter Configuration*). An endpoint that the app or `TRIVET_ENDPOINT` names wins over both.
"""

import ipaddress
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from trivet.settings import AppSettings
from trivet.version import __version__

logger = logging.getLogger("trivet.sdk")

SIGNALS = ("traces", "metrics", "logs")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """One signal's way. `certificate` is what the server's is checked against, `client` our own and its key."""

    scheme: str
    host: str
    port: int
    path: str
    headers: Mapping[str, str]
    gzip: bool
    certificate: str = ""
    client: tuple[str, str] = ("", "")

    @property
    def address(self) -> tuple:
        return self.scheme, self.host, self.port, self.certificate, self.client

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"


def targets(settings: AppSettings, environ: Mapping[str, str], named_by_us: bool) -> dict[str, Target]:
    """A target for each signal that is on; `named_by_us` says that the endpoint does not come from `OTEL_*`.

    Raises ValueError for an address that is none.
    """
    base = settings.endpoint if named_by_us else _over_http(settings.endpoint, environ)
    wanted = [signal for signal in SIGNALS if getattr(settings, signal)]
    return {signal: _target(signal, base, settings, environ, named_by_us) for signal in wanted}


def _over_http(endpoint: str, environ: Mapping[str, str]) -> str:
    """We speak OTLP over HTTP: an endpoint meant for gRPC has its HTTP port beside it."""
    if environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "").strip() != "grpc":
        return endpoint
    changed = endpoint.replace(":4317", ":4318") if ":4317" in endpoint else endpoint
    logger.warning("OTEL_EXPORTER_OTLP_PROTOCOL=grpc: Trivet sends OTLP over HTTP, to %s", changed)
    return changed


def _target(signal: str, base: str, settings: AppSettings, environ: Mapping[str, str], named_by_us: bool) -> Target:
    def standard(name: str) -> str:
        own = environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_{name}", "")
        return (own or environ.get(f"OTEL_EXPORTER_OTLP_{name}", "")).strip()

    own = "" if named_by_us else environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT", "").strip()
    url = urlsplit(_with_scheme(own or base))
    if url.scheme not in PORTS or not url.hostname:
        raise ValueError(f"{own or base!r} is no address such as http://host:4318")
    return Target(
        scheme=url.scheme,
        host=url.hostname,
        port=url.port or PORTS[url.scheme],
        path=(url.path or "/") if own else f"{url.path.rstrip('/')}/v1/{signal}",
        headers=_headers(settings, standard("HEADERS")),
        gzip=_compresses(settings.compression or standard("COMPRESSION"), url.hostname),
        certificate=standard("CERTIFICATE"),
        client=(standard("CLIENT_CERTIFICATE"), standard("CLIENT_KEY")),
    )


def _with_scheme(endpoint: str) -> str:
    return endpoint if "://" in endpoint else f"http://{endpoint}"


def _headers(settings: AppSettings, standard: str) -> dict[str, str]:
    headers = {"Content-Type": "application/x-protobuf", "User-Agent": f"trivet-sdk-python/{__version__}"}
    for pair in standard.split(","):
        name, equals, value = pair.partition("=")
        if equals and name.strip():
            headers[unquote(name.strip()).title()] = unquote(value.strip())
    token = settings.ingest_token or settings.token
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _compresses(wish: str, host: str) -> bool:
    """By default only what leaves the machine: on the way to oneself compressing costs more than it saves."""
    return wish.lower() == "gzip" if wish else not is_loopback(host)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
