"""The calls over a real socket and a real store: shapes, mistakes, going away."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from serve.conforming import conform
from serve.site import Site
from telemetry import MS, S, Telemetry, span_id, trace_id

from trivet.store.client import Client

LONG = "SELECT count() FROM numbers(10000000000000) WHERE cityHash64(number, 'wait for it') = 1"


@pytest.fixture
def told(store: Client) -> Telemetry:
    """One trace with an error and a record, a metric, all a minute ago."""
    told = Telemetry()
    told.span(1, 1, "GET /", kind="server", lasts=50 * MS)
    told.span(1, 2, "query", parent=1, at=MS, lasts=20 * MS, status="error", attributes={"n": float("nan")})
    told.log("it broke", at=2 * MS, trace=1, span=2, severity="error")
    metric = told.metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="depth", unit="1")
    metric.gauge.data_points.add(time_unix_nano=told.start, as_int=1)
    told.load(store)
    return told


ASKED = [
    ("GET", "/api/status", None),
    ("GET", "/api/traces", None),
    ("GET", "/api/traces/{trace_id}", None),
    ("GET", "/api/traces/{trace_id}/shape", None),
    ("GET", "/api/percentile?service=web&name=GET+/&start=now&duration=1000", None),
    ("GET", "/api/traces/{trace_id}/find?filter=status:error", None),
    ("GET", "/api/traces/{trace_id}/spans/{span_id}", None),
    ("GET", "/api/spans", None),
    ("GET", "/api/logs", None),
    ("GET", "/api/services", None),
    ("GET", "/api/services/{name}/operations", None),
    ("GET", "/api/map", None),
    ("GET", "/api/metrics", None),
    ("GET", "/api/fields", None),
    ("GET", "/api/fields?filter=", None),
    ("GET", "/api/values?field=name", None),
    ("GET", "/api/patterns", None),
    ("GET", "/api/asked", None),
    ("GET", "/api/export?signal=traces", None),
    ("GET", "/api/export?signal=logs", None),
    ("GET", "/api/export?signal=metrics", None),
    ("POST", "/api/flame", {"filter": "service:web"}),
    ("POST", "/api/diff", {"a": {"trace_id": trace_id(1)}, "b": {"filter": "service:web", "start": "now-15m"}}),
    ("POST", "/api/query", {"calculate": ["count", "p95(duration)", "avg(n)"], "group_by": ["name"], "every": "1m"}),
    ("POST", "/api/query", {"heatmap": {"field": "duration", "buckets": 20}, "every": "10s"}),
    ("POST", "/api/query", {"signal": "metrics", "metric": "depth", "every": "10s"}),
    ("POST", "/api/compare", {"selection": {"filter": "status:error"}}),
    ("POST", "/api/sql", {"query": "SELECT 1 AS one, nan AS no"}),
]

# No calls: tests/serve/test_openapi.py, test_live.py and test_gate.py ask them; test_prometheus.py those of /api/v1.
OTHERS = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/api/live"),
    ("GET", "/api/openapi.json"),
    ("POST", "/api/session"),
    ("DELETE", "/api/session"),
}


def strict(text: str) -> Any:
    """JSON without the NaN and Infinity that Python would let pass."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(("method", "path", "body"), ASKED, ids=[path for _, path, _ in ASKED])
def test_answers_are_strict_json_and_what_the_document_says(
    told: Telemetry, stored: Site, method: str, path: str, body: Any
):
    answer = stored.http.request(method, path.format(trace_id=trace_id(1), span_id=span_id(2), name="web"), json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    conform(strict(answer.text), stored.get("/api/openapi.json").json(), method, path.partition("?")[0])


def test_every_documented_call_is_tried_here(site: Site):
    paths = site.get("/api/openapi.json").json()["paths"]
    documented = {(method.upper(), path) for path, calls in paths.items() for method in calls if "/v1/" not in path}
    assert documented - OTHERS == {(method, path.partition("?")[0]) for method, path, _ in ASKED}


def test_lists_read_what_was_sent(told: Telemetry, stored: Site):
    [trace] = stored.get("/api/traces").json()["traces"]
    assert (trace["trace_id"], trace["name"], trace["errors"], trace["logs"]) == (trace_id(1), "GET /", 1, 1)
    [span] = stored.get("/api/spans", params={"filter": "status:error"}).json()["spans"]
    assert span["attributes"] == {"n": {"$double": "NaN"}}
    [log] = stored.get("/api/logs", params={"filter": "broke", "start": "now-5m"}).json()["logs"]
    assert log["body"] == "it broke"
    assert [row["name"] for row in stored.get("/api/services").json()["services"]] == ["web"]
    assert [row["name"] for row in stored.get("/api/metrics").json()["metrics"]] == ["depth"]
    sql = stored.post("/api/sql", {"query": "SELECT nan AS no"}).json()
    assert sql["rows"] == [[{"$double": "NaN"}]]


def test_flame_and_diff_ask_as_documented(told: Telemetry, stored: Site):
    flame = stored.post("/api/flame", {"view": "bottom_up", "focus": "GET /", "traces": 1, "start": "now-15m"}).json()
    assert flame["root"]["service"] is None and flame["root"]["children"][0]["self"] > 0
    assert stored.post("/api/flame", {"view": "sideways"}).json()["error"]["code"] == "bad_parameter"
    assert stored.post("/api/flame", {"filter": "a==1"}).json()["error"]["at"] == 1
    same = {"trace_id": trace_id(1).upper()}
    assert stored.post("/api/diff", {"a": same, "b": same}).json()["explains"] == []
    assert stored.post("/api/diff", {"a": same, "b": {"trace_id": trace_id(404)}}).status_code == 404


@pytest.mark.parametrize(
    ("path", "params", "status", "code", "at"),
    [
        ("/api/traces", {"filter": "a==1"}, 400, "bad_filter", 1),
        ("/api/traces", {"filter": "status:bad"}, 400, "bad_filter", 7),
        ("/api/logs", {"start": "yesterday"}, 400, "bad_time", None),
        ("/api/logs", {"start": "now", "end": "now-1h"}, 400, "bad_time", None),
        ("/api/logs", {"limit": "0"}, 400, "bad_parameter", None),
        ("/api/logs", {"limit": "1001"}, 400, "bad_parameter", None),
        ("/api/logs", {"limit": "many"}, 400, "bad_parameter", None),
        ("/api/logs", {"order": "slowest"}, 400, "bad_parameter", None),
        ("/api/logs", {"cursor": "?"}, 400, "bad_cursor", None),
        ("/api/traces/123", {}, 400, "bad_id", None),
        (f"/api/traces/{trace_id(404)}", {}, 404, "not_found", None),
        ("/api/nothing", {}, 404, "not_found", None),
        ("/api/sql", {}, 405, "wrong_method", None),
    ],
)
def test_mistakes_get_a_code_and_nothing_of_our_inside(
    store: Client, stored: Site, path: str, params: dict[str, str], status: int, code: str, at: int | None
):
    answer = stored.get(path, params=params)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error.get("at")) == (status, code, at)
    assert error["message"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"not json", "bad_json", 400),
        (b"{}", "bad_parameter", 400),
        (b'{"query": 1}', "bad_parameter", 400),
        (b'{"query": "SELECT 1", "limt": 5}', "bad_parameter", 400),
        (b'{"query": "DROP TABLE otel_spans"}', "not_allowed", 403),
        (b'{"query": "SELECT * FROM nowhere"}', "not_allowed", 403),
        (b'{"query": "SELECT nothing"}', "bad_sql", 400),
        (b'{"query": "\xff"}', "bad_json", 400),
        (b" " * 2_000_000, "too_large", 413),
    ],
)
def test_wrong_bodies(store: Client, stored: Site, content: bytes, code: str, status: int):
    answer = stored.http.post("/api/sql", content=content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_wrong_method_is_told_which_are_right(site: Site):
    answer = site.http.request("PUT", "/api/traces")
    assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})
    assert answer.json()["error"]["message"] == "nothing answers this method here, but GET"


def test_a_service_may_be_named_with_slashes_or_not_at_all(stored: Site, store: Client):
    told = Telemetry()
    told.span(1, 1, "pay", kind="server", service="shop/checkout")
    told.span(2, 2, "wait", kind="server", service="")
    told.load(store)
    for path, name in {"shop%2Fcheckout": "pay", "": "wait"}.items():
        answer = stored.get(f"/api/services/{path}/operations").json()
        assert [each["name"] for each in answer["operations"]] == [name]


def test_the_engine_out_of_reach_is_said_with_when_to_ask_again(site: Site):
    answer = site.get("/api/traces")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "unavailable"
    assert int(answer.headers["retry-after"]) >= 1
    assert site.get("/readyz").status_code == 200


def until_running(store: Client, wanted: int) -> None:
    running = "SELECT count() AS n FROM system.processes WHERE query LIKE '%wait for it%' AND query NOT LIKE '%LIKE%'"
    end = time.monotonic() + 10
    while store.rows(running)[0]["n"] != wanted:
        assert time.monotonic() < end, f"not {wanted} statements"
        time.sleep(0.02)


@pytest.fixture
def asking(stored: Site) -> Iterator[Callable[..., Any]]:
    """Sends a question that takes for ever and does not wait for its answer; closed after the test."""
    clients = []

    def send(**headers: str) -> httpx.Client:
        client = httpx.Client(base_url=stored.url, trust_env=False)
        answers: list[Any] = []

        def ask() -> None:
            try:
                answers.append(client.post("/api/sql", json={"query": LONG}, headers=headers))
            except httpx.HTTPError as error:
                answers.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        clients.append((client, thread))
        return client, thread, answers

    yield send
    for client, thread in clients:
        client.close()
        thread.join()


def test_a_newer_question_of_a_slot_cancels_the_older_one(store: Client, stored: Site, asking: Callable[..., Any]):
    slot = {"trivet-replaces": "tab:main"}
    _, older, answers = asking(**slot)
    until_running(store, 1)
    newer = stored.http.post("/api/sql", json={"query": "SELECT 1"}, headers=slot)
    assert newer.json()["rows"] == [[1]]
    older.join(10)
    [answer] = answers
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "replaced")
    until_running(store, 0)


def test_a_question_of_another_slot_is_left_alone(store: Client, stored: Site, asking: Callable[..., Any]):
    _, older, _ = asking(**{"trivet-replaces": "tab:left"})
    until_running(store, 1)
    stored.http.post("/api/sql", json={"query": "SELECT 1"}, headers={"trivet-replaces": "tab:right"})
    until_running(store, 1)
    stored.http.post("/api/sql", json={"query": "SELECT 1"}, headers={"trivet-replaces": "tab:left"})
    older.join(10)
    until_running(store, 0)


def test_a_reader_that_goes_away_cancels_its_question(store: Client, stored: Site):
    body = json.dumps({"query": LONG})
    host, port = stored.url.removeprefix("http://").split(":")
    request = f"POST /api/sql HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request.encode())
        until_running(store, 1)
    until_running(store, 0)


def test_large_answers_are_compressed_for_others_than_this_machine(told: Telemetry, stored: Site):
    assert "content-encoding" not in stored.get(f"/api/traces/{trace_id(1)}").headers


def test_times_are_understood_in_every_form(told: Telemetry, stored: Site):
    at = told.start
    for start, end in ((str(at - S), str(at + S)), ("now-10m", "now"), ("2026-01-01T00:00:00Z", "now+1h")):
        assert len(stored.get("/api/logs", params={"start": start, "end": end}).json()["logs"]) == 1
    assert stored.get("/api/logs", params={"end": "now-10m"}).json()["logs"] == []
