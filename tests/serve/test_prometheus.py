"""Prometheus' API over a real socket and a real store: parameters, shapes, mistakes, who may ask."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from metrics_by_hand import Metrics
from serve.conforming import conform
from serve.site import Site
from telemetry import S, Telemetry

from trivet.query.promql.questions import Limits
from trivet.serve.answering import COMPRESSED_FROM
from trivet.serve.app import described
from trivet.serve.routes.prometheus import _step, _unescaped
from trivet.store.client import Client
from trivet.tokens import Tokens

T0 = 1_760_000_040


@pytest.fixture
def told(store: Client) -> Telemetry:
    told = Telemetry(start=T0 * S)
    metrics = Metrics(told)
    metrics.sum("done", {second: float(second) for second in range(5, 600, 10)}, attributes={"a.b": 'q"é'})
    metrics.gauge("odd", {5: float("nan"), 15: float("-inf"), 25: 1e-7})
    told.load(store)
    return told


def data(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    told = json.loads(answer.text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert told["status"] == "success"
    return told["data"]


@pytest.mark.usefixtures("told")
def test_a_value_at_one_time(stored: Site):
    for at in (str(T0 + 300), f"{T0 + 300}.0", "2025-10-09T08:59:00Z", "2025-10-09T10:59:00+02:00"):
        assert data(stored.get("/api/v1/query", params={"query": "done_total", "time": at})) == {
            "resultType": "vector",
            "result": [
                {
                    "metric": {"__name__": "done_total", "a_b": 'q"é', "job": "web", "otel_scope_name": "tests"},
                    "value": [T0 + 300, "295"],
                }
            ],
        }


@pytest.mark.usefixtures("told")
def test_values_over_time_asked_by_a_form(stored: Site):
    form = {"query": "rate(done_total[1m])", "start": T0 + 60, "end": T0 + 120.5, "step": "30"}
    for asked in (form, form | {"step": "30s"}, form | {"step": "0m30s"}):
        answer = data(stored.post("/api/v1/query_range", data=asked))
        assert answer["resultType"] == "matrix"
        assert answer["result"][0]["values"] == [[T0 + second, "1"] for second in (60, 90, 120)]
    # part in the URL, part in the form
    query = form.pop("query")
    assert data(stored.post("/api/v1/query_range", params={"query": query}, data=form))["result"]


@pytest.mark.usefixtures("told")
def test_numbers_that_json_lacks(stored: Site):
    asked = {"query": "odd", "start": T0 + 10, "end": T0 + 30, "step": 10}
    (line,) = data(stored.get("/api/v1/query_range", params=asked))["result"]
    assert line["values"] == [[T0 + 10, "NaN"], [T0 + 20, "-Inf"], [T0 + 30, "0.0000001"]]
    assert data(stored.get("/api/v1/query", params={"query": "1/3", "time": "1.5"})) == {
        "resultType": "scalar",
        "result": [1.5, "0.3333333333333333"],
    }


@pytest.mark.usefixtures("told")
def test_what_grafana_lists(stored: Site):
    when = {"start": T0, "end": T0 + 600}
    assert "a_b" in data(stored.post("/api/v1/labels", data=when))
    assert data(stored.get("/api/v1/label/a_b/values", params=when)) == ['q"é']
    assert data(stored.get("/api/v1/label/U__a_2e_b/values", params=when)) == ['q"é']
    assert "done_total" in data(stored.get("/api/v1/label/__name__/values", params=when))
    found = data(stored.get("/api/v1/series", params={"match[]": ["done_total", "odd"], **when}))
    assert {each["__name__"] for each in found} == {"done_total", "odd"}
    assert data(stored.get("/api/v1/metadata"))["done_total"][0]["type"] == "counter"
    assert data(stored.get("/api/v1/metadata", params={"metric": "odd"})).keys() == {"odd"}
    assert data(stored.get("/api/v1/status/buildinfo"))["version"]
    assert data(stored.get("/api/v1/rules")) == {"groups": []}
    assert data(stored.get("/api/v1/alerts")) == {"alerts": []}
    assert data(stored.get("/api/v1/query_exemplars", params={"query": "done_total", **when})) == []
    for path in ("labels", "metadata", "query_exemplars"):
        answer = stored.get(f"/api/v1/{path}", params={"query": "done_total"})
        conform(answer.json(), described(), "GET", f"/api/v1/{path}", "200")


RANGE = {"query": "odd", "start": "0", "end": "10", "step": "1"}


@pytest.mark.parametrize(
    ("path", "asked", "status", "kind", "said"),
    [
        ("query", {}, 400, "bad_data", 'invalid parameter "query"'),
        ("query", {"query": "rate(odd"}, 400, "bad_data", "unclosed"),
        ("query", {"query": "info(odd)"}, 400, "bad_data", "not supported"),
        ("query", {"query": "odd", "time": "noon"}, 400, "bad_data", 'invalid parameter "time"'),
        ("query", {"query": "odd", "time": "-1"}, 400, "bad_data", "1970"),
        ("query", {"query": "odd", "time": "1e300"}, 400, "bad_data", "2262"),
        ("query", {"query": 'label_replace(odd, "a b", "", "", "")', "time": T0 + 10}, 422, "execution", "label name"),
        ("query_range", RANGE | {"step": "0"}, 400, "bad_data", "step"),
        ("query_range", RANGE | {"step": "soon"}, 400, "bad_data", "step"),
        ("query_range", RANGE | {"end": "-"}, 400, "bad_data", '"end"'),
        ("query_range", RANGE | {"start": "20"}, 400, "bad_data", "before start"),
        ("query_range", RANGE | {"end": "100000"}, 400, "bad_data", "11000"),
        ("series", {}, 400, "bad_data", "match[]"),
        ("series", {"match[]": "1"}, 400, "bad_data", "selector"),
        ("labels", {"limit": "x"}, 400, "bad_data", "limit"),
    ],
)
@pytest.mark.usefixtures("told")
def test_mistakes_are_told_as_prometheus_tells_them(
    stored: Site, path: str, asked: dict[str, Any], status: int, kind: str, said: str
):
    for answer in (stored.get(f"/api/v1/{path}", params=asked), stored.post(f"/api/v1/{path}", data=asked)):
        told = answer.json()
        assert (answer.status_code, told["status"], told["errorType"]) == (status, "error", kind)
        assert said in told["error"]
        conform(told, described(), "GET", f"/api/v1/{path}", "default")


def test_an_engine_that_is_away(site: Site):
    answer = site.get("/api/v1/query", params={"query": "up"})
    assert (answer.status_code, answer.json()["errorType"]) == (503, "unavailable")
    assert answer.headers["retry-after"]


def test_a_limit_names_its_setting(serving: Callable[..., Site], store: Client, told: Telemetry):
    small = serving(store.address, promql=Limits(samples=10))
    asked = {"query": "odd", "start": T0, "end": T0 + 600, "step": 10}
    answer = small.get("/api/v1/query_range", params=asked)
    assert (answer.status_code, answer.json()["errorType"]) == (422, "execution")
    assert "promql_samples" in answer.json()["error"]


def test_a_token_is_asked_for(serving: Callable[..., Site], store: Client):
    guarded = serving(store.address, tokens=Tokens(read_token="r", ingest_token="i"))
    query = {"query": "1"}
    assert guarded.post("/api/v1/query", data=query).status_code == 401
    assert guarded.post("/api/v1/query", data=query, headers={"authorization": "Bearer i"}).status_code == 403
    assert guarded.post("/api/v1/query", data=query, headers={"authorization": "Bearer r"}).status_code == 200
    assert (
        guarded.post(
            "/api/v1/query", data=query, headers={"authorization": "Bearer r", "origin": "http://evil"}
        ).status_code
        == 403
    )


@pytest.mark.usefixtures("told")
def test_large_answers_are_plain_json_on_the_same_machine(stored: Site):
    asked = {"query": "time()", "start": T0, "end": T0 + 10_000, "step": 1}
    answer = stored.get("/api/v1/query_range", params=asked, headers={"accept-encoding": "gzip"})
    assert len(answer.content) > COMPRESSED_FROM
    assert len(data(answer)["result"][0]["values"]) == 10_001
    assert len(gzip.compress(answer.content)) < len(answer.content)


PIECES = ["odd", "done_total", "{", "}", "(", ")", "[1m]", "[1m:1s]", "rate", "sum", " by (job) ", "+", "/", ">", "1"]
PIECES += [
    '"x"',
    ",",
    "topk",
    "histogram_quantile",
    "offset 1m",
    "@ 5",
    "label_replace",
    " on() group_left() ",
    "absent",
]
PIECES += ["vector", "é", "\0"]


@pytest.mark.usefixtures("told")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join)))
def test_no_text_breaks_it(stored: Site, text: str):
    answer = stored.post("/api/v1/query", data={"query": text, "time": T0 + 60})
    told = answer.json()
    assert answer.status_code in (200, 400, 422), answer.text
    assert set(told) == ({"status", "data"} if answer.status_code == 200 else {"status", "errorType", "error"})


@pytest.mark.parametrize("body", [b"\xff\xfe", b"%zz=%", b"=&=&;", b"query=%ff", b"a" * 2_000_000, b'{"query": "1"}'])
def test_no_body_breaks_it(site: Site, body: bytes):
    answer = site.post("/api/v1/query", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code in (400, 413)
    assert answer.json()["errorType"] == "bad_data"


def test_durations_and_escaped_names():
    assert [_step(text) for text in ("15", "0.5", "1m30s", "250ms", "1d")] == [15_000, 500, 90_000, 250, 86_400_000]
    assert _unescaped("plain_name") == "plain_name"
    assert _unescaped("U__a_2e_b__c") == "a.b_c"
