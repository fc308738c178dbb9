"""A small program with the official SDK: one trace, one log record, four metrics, then it ends.

    python send.py http|grpc URL [gzip]

It says what the Node program beside it says, and runs with SDKs years apart: the recorded bodies come from it.
"""

import importlib
import sys
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, StatusCode, set_span_in_context

PATHS = {"trace": "traces", "metric": "metrics", "_log": "logs"}


def exporter(protocol: str, url: str, compression: str, module: str, name: str) -> Any:
    package = importlib.import_module(f"opentelemetry.exporter.otlp.proto.{protocol}.{module}_exporter")
    kinds = importlib.import_module(
        "grpc" if protocol == "grpc" else "opentelemetry.exporter.otlp.proto.http"
    ).Compression
    chosen = {"gzip": kinds.Gzip, "none": kinds.NoCompression}[compression]
    if protocol == "grpc":
        return getattr(package, name)(endpoint=url, insecure=True, compression=chosen)
    return getattr(package, name)(endpoint=f"{url}/v1/{PATHS[module]}", compression=chosen)


def send_trace(provider: TracerProvider) -> trace.Span:
    tracer = provider.get_tracer("client", "1.0")
    attributes = {"ratio": 0.5, "count": 3, "ok": True, "name": "über", "tags": ["a", "b"]}
    parent = tracer.start_span("POST /videos", kind=SpanKind.SERVER, attributes=attributes)
    links = [Link(parent.get_span_context(), {"why": "test"})]
    child = tracer.start_span("SELECT", set_span_in_context(parent), kind=SpanKind.CLIENT, links=links)
    child.add_event("exception", {"exception.type": "TypeError", "exception.message": "cut 😀"})
    child.set_status(StatusCode.ERROR, "no such table")
    child.end()
    parent.end()
    return parent


def send_log(provider: LoggerProvider, span: trace.Span) -> None:
    body = {"text": "it failed", "code": 7, "parts": [1, "two", None]}
    provider.get_logger("client").emit(
        timestamp=1_760_000_000_000_000_000,
        context=set_span_in_context(span),
        severity_number=SeverityNumber.ERROR,
        severity_text="ERROR",
        body=body,
        attributes={"empty": ""},
    )


def send_metrics(provider: MeterProvider) -> None:
    meter = provider.get_meter("client")
    meter.create_counter("jobs", unit="{job}").add(3, {"queue": "video"})
    meter.create_up_down_counter("waiting").add(-2)
    meter.create_histogram("wait", unit="s").record(1.5, {"queue": "video"})
    meter.create_observable_gauge("load", [lambda _: [metrics.Observation(0.25)]])


def main(protocol: str, url: str, compression: str = "none") -> None:
    how = (protocol, url, compression)
    resource = Resource({"service.name": "python-client", "process.pid": 42})
    traces, logs = TracerProvider(resource=resource), LoggerProvider(resource=resource)
    traces.add_span_processor(BatchSpanProcessor(exporter(*how, "trace", "OTLPSpanExporter")))
    logs.add_log_record_processor(BatchLogRecordProcessor(exporter(*how, "_log", "OTLPLogExporter")))
    reader = PeriodicExportingMetricReader(exporter(*how, "metric", "OTLPMetricExporter"))
    meters = MeterProvider([reader], resource=resource)
    send_log(logs, send_trace(traces))
    send_metrics(meters)
    for provider in (traces, logs, meters):
        provider.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
