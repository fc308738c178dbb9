"""What a filter says of whole traces holds at every call that takes one."""

import pytest
from metrics_by_hand import Metrics
from serve.site import Site
from telemetry import MS, Telemetry, trace_id

from trivet.store.client import Client

ROOT, STATEMENT = 1, 2


@pytest.fixture
def told(store: Client) -> Telemetry:
    """Ten traces: in the first the statement fails and a record says so, in the second it is missing."""
    told = Telemetry()
    for number in range(1, 11):
        told.span(
            number,
            10 * number + ROOT,
            "GET /",
            kind="server",
            lasts=(50 + number) * MS,
            attributes={"plan": "a", "cached": True},
        )
        if number != 2:
            told.span(
                number, 10 * number + STATEMENT, "query", parent=10 * number + ROOT, at=MS, lasts=20 * MS, service="db",
                status="error" if number == 1 else "ok",
            )  # fmt: skip
    told.log("it broke", at=2 * MS, trace=1, span=10 + STATEMENT, severity="error")
    told.load(store)
    return told


@pytest.mark.parametrize(
    ("filter", "trace"),
    [
        ("{service:web} >> {status:error}", 1),
        ("{root:true plan:a} >> {service:db status:error}", 1),
        ("root.name:GET* trace.errors>0", 1),
        ("trace.service:db log.body:*broke", 1),
        ("{log.severity:error}", 1),
        ("has:log", 1),
        ("not {service:db}", 2),
        ("root:true not {name:query status:*}", 2),
        ("trace.spans<2 trace.duration>51ms", 2),
    ],
)
def test_every_call_knows_filters_of_the_whole_trace(stored: Site, told: Telemetry, filter: str, trace: int):
    asked = {"filter": filter, "limit": 100}
    assert [each["trace_id"] for each in stored.get("/api/traces", params=asked).json()["traces"]] == [trace_id(trace)]
    spans = stored.get("/api/spans", params=asked).json()["spans"]
    assert {each["trace_id"] for each in spans} == {trace_id(trace)}
    figures = stored.post("/api/query", {"filter": filter, "calculate": ["count", "count(traces)"]}).json()
    assert figures["rows"] == [[len(spans), 1]]
    assert stored.post("/api/flame", {"filter": filter}).json()["traces"] == 1
    compared = stored.post("/api/compare", {"selection": {"filter": filter}}).json()
    assert compared["selection"]["count"] == len(spans)
    values = stored.get("/api/values", params={"field": "service", "filter": filter}).json()["values"]
    assert sum(each["count"] for each in values) == len(spans)
    other = stored.post("/api/diff", {"a": {"filter": filter}, "b": {"trace_id": trace_id(3)}}).json()
    assert other["a"]["traces"] == 1


def test_a_filter_of_other_rows_finds_log_records(stored: Site, told: Telemetry):
    for filter in ("{service:web} >> {status:error}", "root.plan:a", "trace.errors:1"):
        logs = stored.get("/api/logs", params={"filter": filter}).json()["logs"]
        assert [each["body"] for each in logs] == ["it broke"], filter


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("root.name", [("GET /", 19)]),
        ("trace.services", [(2, 18), (1, 1)]),
        ("log.body", [(None, 18), ("it broke", 1)]),
    ],
)
def test_groups_by_what_other_rows_hold(stored: Site, told: Telemetry, field: str, values: list):
    answer = stored.post("/api/query", {"calculate": ["count", "max(root.duration)"], "group_by": [field]}).json()
    assert [(value, count) for value, count, _ in answer["rows"]] == values
    assert {column["name"]: column["unit"] for column in answer["columns"]}["max(root.duration)"] == "ns"


def test_what_cannot_be_reached_is_refused(site: Site):
    answer = site.post("/api/query", {"group_by": ["root.trace.spans"]})
    assert answer.status_code == 400
    assert "leads too far" in answer.json()["error"]["message"]
    answer = site.post("/api/query", {"calculate": ["avg(root.name)"]})
    assert answer.json()["error"]["code"] == "bad_calculate"


@pytest.mark.parametrize(
    ("call", "filter", "hint"),
    [
        ("spans", "servce:web", "no span has 'servce': did you mean 'service'?"),
        ("spans", "service:web plam:a", "no span has 'plam': did you mean 'plan'?"),
        ("traces", "service:wbe", "service is nowhere 'wbe': did you mean 'web'?"),
        ("traces", "status:error nmae:x", "no span has 'nmae': did you mean 'name'?"),
        ("logs", "boddy:x", "no log record has 'boddy': did you mean 'body'?"),
        ("logs", "body:*nothing*", None),
        ("spans", "plan:a service:db", None),
        ("spans", "quite.another:1", None),
        ("spans", "cached:TRUE", "cached is nowhere 'TRUE': did you mean 'true'?"),
        ("spans", "duration:77ms", None),
    ],
)
def test_an_empty_list_says_what_may_be_misspelt(
    stored: Site, told: Telemetry, call: str, filter: str, hint: str | None
):
    answer = stored.get(f"/api/{call}", params={"filter": filter}).json()
    assert answer[call] == []
    assert answer.get("hint") == hint


def test_every_empty_answer_does(stored: Site, told: Telemetry):
    said, filter = "service is nowhere 'wbe': did you mean 'web'?", "service:wbe"
    assert stored.post("/api/query", {"filter": filter}).json()["hint"] == said
    assert stored.post("/api/query", {"filter": filter, "group_by": ["name"]}).json()["hint"] == said
    assert stored.post("/api/query", {"filter": filter, "heatmap": {}}).json()["hint"] == said
    assert stored.post("/api/flame", {"filter": filter}).json()["hint"] == said
    assert stored.post("/api/compare", {"selection": {"filter": filter}}).json()["hint"] == said
    assert stored.get("/api/patterns", params={"filter": filter, "signal": "traces"}).json()["hint"] == said
    assert "hint" not in stored.post("/api/query", {"filter": "service:web"}).json()
    assert "hint" not in stored.post("/api/query", {"heatmap": {}}).json()
    assert "hint" not in stored.post("/api/flame", {}).json()


def test_a_metric_may_be_misspelt_or_its_filter(stored: Site, store: Client):
    told = Telemetry()
    Metrics(told).gauge("queue.depth", {0: 1}, service="web")
    told.load(store)

    def hint(metric: str, filter: str = "") -> str | None:
        return stored.post("/api/query", {"signal": "metrics", "metric": metric, "filter": filter}).json().get("hint")

    assert hint("queue.dept") == "there is no metric 'queue.dept': did you mean 'queue.depth'?"
    assert hint("queue.depth", "service:wbe") == "service is nowhere 'wbe': did you mean 'web'?"
    assert hint("queue.depth") is None
    assert hint("z") is None
