"""Our own numbers in Prometheus' text format 0.0.4, from the same status that the API gives.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterator, Mapping

from trivet.serve.status import Status

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


def exposition(status: Status) -> str:
    return "".join(line for metric in _metrics(status) for line in metric)


def _metrics(status: Status) -> Iterator[Iterator[str]]:
    signals = status.signals.items()
    for field, help in (
        ("received", "Items that came in"),
        ("rejected", "Items not taken; what found no room is sent again by its sender"),
        ("acknowledged", "Items acknowledged, which means durable"),
        ("stored", "Items filed in the store"),
    ):
        samples = [({"signal": signal}, getattr(counts, field)) for signal, counts in signals]
        yield _metric(f"trivet_{field}_items_total", "counter", help, samples)
    lags = [({"signal": signal}, counts.lag_s) for signal, counts in signals]
    yield _metric("trivet_store_lag_seconds", "gauge", "Age of the oldest item not yet stored", lags)
    engine, disk = status.engine, status.disk
    yield _metric("trivet_engine_up", "gauge", "Whether the engine answers", [({"kind": engine.kind}, engine.up)])
    yield _metric("trivet_engine_restarts_total", "counter", "Restarts of the engine", [({}, engine.restarts)])
    yield _metric("trivet_engine_rss_bytes", "gauge", "Memory of the engine's process", [({}, engine.rss_bytes)])
    yield _metric("trivet_spool_bytes", "gauge", "Size of the spool on disk", [({}, disk.spool_bytes)])
    yield _metric("trivet_store_bytes", "gauge", "Size of the store on disk", [({}, disk.store_bytes)])
    yield _metric("trivet_disk_free_bytes", "gauge", "Free disk space", [({}, disk.free_bytes)])
    asked = status.asked
    yield _metric("trivet_asked_total", "counter", "Questions that were kept", [({}, asked.recorded)])
    yield _metric("trivet_asked_dropped_total", "counter", "Questions too many to be kept", [({}, asked.dropped)])
    yield from _forward(status)
    yield _metric("trivet_uptime_seconds", "gauge", "Time since the start", [({}, status.uptime_s)])
    yield _metric("trivet_build_info", "gauge", "The version", [({"version": status.version}, 1)])


def _forward(status: Status) -> Iterator[Iterator[str]]:
    for field, kind, name, help in (
        ("sent", "counter", "sent_items_total", "Items that a destination took"),
        ("failed", "counter", "failed_items_total", "Items that a destination refused for good"),
        ("skipped", "counter", "skipped_items_total", "Items skipped because a destination lagged too far"),
        ("pending", "gauge", "pending_items", "Items that wait for a destination"),
        ("lag_s", "gauge", "lag_seconds", "Age of the oldest item that waits"),
    ):
        samples = [({"destination": each.name}, getattr(each, field)) for each in status.forward]
        yield _metric(f"trivet_forward_{name}", kind, help, samples)


def _metric(name: str, kind: str, help: str, samples: list[Sample]) -> Iterator[str]:
    if not samples:
        return
    yield f"# HELP {name} {help}.\n# TYPE {name} {kind}\n"
    for labels, value in samples:
        said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{said}}} {_number(value)}\n" if said else f"{name} {_number(value)}\n"


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
