"""Health and numbers."""

from collections.abc import Callable

from serve.site import STATUS, Site

from trivet.version import __version__


def test_the_status_has_the_documented_shape(site: Site):
    assert site.get("/api/status").json() == STATUS


def test_the_same_numbers_for_prometheus(site: Site):
    answer = site.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert 'trivet_received_items_total{signal="traces"} 10' in lines
    assert 'trivet_store_lag_seconds{signal="traces"} 0.25' in lines
    assert "trivet_engine_restarts_total 1" in lines
    assert 'trivet_forward_pending_items{destination="a\\"b"} 1' in lines
    assert 'trivet_build_info{version="1.2.3"} 1' in lines
    kinds = {line.split()[2]: line.split()[3] for line in lines if line.startswith("# TYPE")}
    named = {line.partition("{")[0].split()[0] for line in lines if not line.startswith("#")}
    assert named == set(kinds)
    assert all((kind == "counter") == name.endswith("_total") for name, kind in kinds.items())


def test_health_and_readiness(serving: Callable[..., Site]):
    reason = ["the spool is full"]
    site = serving(ready=lambda: reason[0] if reason else None)
    assert site.get("/healthz").text == "ok\n"
    not_ready = site.get("/readyz")
    assert (not_ready.status_code, not_ready.text) == (503, "not ready: the spool is full\n")
    reason.clear()
    assert site.get("/readyz").status_code == 200


def test_the_openapi_document_describes_the_calls(site: Site):
    document = site.get("/api/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == __version__
    [trace_id, max_spans] = document["paths"]["/api/traces/{trace_id}"]["get"]["parameters"]
    assert (trace_id["in"], trace_id["required"]) == ("path", True)
    assert (max_spans["in"], max_spans["required"], max_spans["schema"]["default"]) == ("query", False, 10_000)
    assert all(each["summary"] for path in document["paths"].values() for each in path.values())
    content = document["paths"]["/api/sql"]["post"]["responses"]["200"]["content"]
    assert content["application/json"] == {"schema": {"$ref": "#/components/schemas/SqlAnswer"}}
    assert set(content["text/event-stream"]["x-events"]) == {"progress", "result", "error"}
