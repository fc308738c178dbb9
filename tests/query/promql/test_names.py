"""OpenTelemetry's names as Prometheus'."""

import pytest

from trivet.query.promql import names


@pytest.mark.parametrize(
    ("name", "unit", "kind", "monotonic", "classic"),
    [
        ("http.server.request.duration", "s", "histogram", False, "http_server_request_duration_seconds"),
        ("http.requests", "{request}", "sum", True, "http_requests_total"),
        ("http.requests_total", "1", "sum", True, "http_requests_total"),
        ("requests_total", "s", "sum", True, "requests_seconds_total"),
        ("process.cpu.time", "s", "sum", True, "process_cpu_time_seconds_total"),
        ("db.pool.size", "{connection}", "sum", False, "db_pool_size"),
        ("system.memory.usage", "By", "sum", False, "system_memory_usage_bytes"),
        ("heap_bytes", "By", "gauge", False, "heap_bytes"),
        ("bytes", "By", "gauge", False, "bytes"),
        ("kilobytes", "By", "gauge", False, "kilobytes_bytes"),
        ("utilization", "1", "gauge", False, "utilization_ratio"),
        ("utilization", "1", "sum", False, "utilization"),
        ("speed", "m/s", "gauge", False, "speed_meters_per_second"),
        ("flow", "By/min", "gauge", False, "flow_bytes_per_minute"),
        ("flow", "{packet}/s", "gauge", False, "flow_per_second"),
        ("a--b..c", "", "gauge", False, "a_b_c"),
        ("job:rate:5m", "", "gauge", False, "job:rate:5m"),
        ("2fast", "", "gauge", False, "_2fast"),
        ("wait", "fortnight", "gauge", False, "wait_fortnight"),
        ("load", "%", "gauge", False, "load_percent"),
    ],
)
def test_metrics(name: str, unit: str, kind: str, monotonic: bool, classic: str):
    assert names.metric(name, unit, kind, monotonic) == classic


@pytest.mark.parametrize(
    ("name", "label"),
    [("http.request.method", "http_request_method"), ("a-.b", "a_b"), ("8bit", "key_8bit"), ("__name__", "__name__"),
     ("plain", "plain"), ("größe", "gr_e")],
)  # fmt: skip
def test_labels(name: str, label: str):
    assert names.label(name) == label
