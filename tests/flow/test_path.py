"""The whole path: bytes in, disk, engine, API."""

import time
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from trivet.pipeline import Server

PROTOBUF = {"Content-Type": "application/x-protobuf"}
TRACE = "5b8efff798038103d269b633813fc60c"


def upload(now: int) -> ExportTraceServiceRequest:
    def attributes(**values: str) -> list[dict[str, Any]]:
        return [{"key": key.replace("__", "."), "value": {"string_value": text}} for key, text in values.items()]

    def span(number: int, parent: int, name: str, kind: int, start: int, end: int, **more: Any) -> dict[str, Any]:
        ids = {"trace_id": bytes.fromhex(TRACE), "span_id": number.to_bytes(8, "big")}
        ids |= {"parent_span_id": parent.to_bytes(8, "big")} if parent else {}
        return ids | {
            "name": name,
            "kind": kind,
            "start_time_unix_nano": now + start,
            "end_time_unix_nano": now + end,
            **more,
        }

    web = [span(1, 0, "POST /videos", 2, 0, 900), span(2, 1, "POST", 3, 100, 800)]
    api = [
        span(3, 2, "store", 2, 200, 700, status={"code": 2, "message": "disk full"}),
        span(4, 3, "INSERT videos", 3, 300, 600, attributes=attributes(db__system__name="postgresql")),
    ]
    return ExportTraceServiceRequest(
        resource_spans=[
            {"resource": {"attributes": attributes(service__name=name)}, "scope_spans": [{"spans": spans}]}
            for name, spans in (("flow-web", web), ("flow-api", api))
        ]
    )


@pytest.fixture(scope="module")
def api(server: Server) -> httpx.Client:
    now = time.time_ns() - 10**9
    log = {"trace_id": bytes.fromhex(TRACE), "span_id": (3).to_bytes(8, "big"), "time_unix_nano": now + 650}
    log |= {"severity_number": 17, "body": {"string_value": "cannot write segment"}}
    logs = ExportLogsServiceRequest(resource_logs=[{"scope_logs": [{"log_records": [log]}]}])
    with httpx.Client(base_url=server.url) as client:
        for path, request in (("/v1/traces", upload(now)), ("/v1/logs", logs)):
            answer = client.post(path, content=request.SerializeToString(), headers=PROTOBUF)
            assert (answer.status_code, answer.content) == (200, b"")
        wait_for(client, f"/api/traces/{TRACE}", lambda trace: len(trace["spans"]) == 4 and trace["logs"])
        yield client


def wait_for(client: httpx.Client, path: str, wanted: Any, seconds: float = 10) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while True:
        answer = client.get(path)
        if answer.status_code == 200 and wanted(answer.json()):
            return answer.json()
        assert time.monotonic() < end, answer.text
        time.sleep(0.05)


def test_a_trace_comes_back_whole_with_its_log_record_in_place(api: httpx.Client):
    trace = api.get(f"/api/traces/{TRACE}").json()
    assert [(span["service"], span["name"], span["duration"]) for span in trace["spans"]] == [
        ("flow-web", "POST /videos", 900),
        ("flow-web", "POST", 700),
        ("flow-api", "store", 500),
        ("flow-api", "INSERT videos", 300),
    ]
    assert [(log["body"], log["severity"], log["span_id"]) for log in trace["logs"]] == [
        ("cannot write segment", "error", "0000000000000003")
    ]
    assert trace["facts"]["first_error"] == "0000000000000003"
    assert [span["self_time"] for span in trace["spans"]] == [200, 200, 200, 300]


def test_it_stands_in_the_list_of_its_service(api: httpx.Client):
    (trace,) = api.get("/api/traces", params={"filter": "service:flow-web"}).json()["traces"]
    assert (trace["trace_id"], trace["name"], trace["spans"], trace["errors"], trace["logs"]) == (
        TRACE, "POST /videos", 4, 1, 1,
    )  # fmt: skip


def test_people_may_ask_in_sql(api: httpx.Client):
    query = (
        "SELECT service, count() AS n FROM spans WHERE startsWith(service, 'flow-') GROUP BY service ORDER BY service"
    )
    assert api.post("/api/sql", json={"query": query}).json()["rows"] == [["flow-api", 2], ["flow-web", 2]]


def test_the_status_counts_what_came_and_what_is_stored(api: httpx.Client):
    status = api.get("/api/status").json()
    traces = status["signals"]["traces"]
    assert traces["received"] >= 4 and traces["acknowledged"] == traces["received"]
    assert status["engine"]["up"] and status["engine"]["kind"] == "embedded"
    assert api.get("/readyz").status_code == api.get("/healthz").status_code == 200
