"""The pytest plugin, in test runs of its own."""

from pathlib import Path
from typing import Any

import pytest
from sdk.collector import Collector

TESTS = """
import pytest, trivet

@pytest.fixture
def video():
    with trivet.span("upload"):
        return 7

def test_encodes(spans, logs, metrics):
    with trivet.span("encode", video=7):
        trivet.log.info("stored {n} segments", n=3)
    trivet.counter("segments").add(3)
    spans.one("encode").has(video=7)
    logs.one("stored {n} segments").has(n=3)
    assert metrics.value("segments") == 3
    assert len(spans) == 1 and spans[0].trace_id.endswith("1") and [each.name for each in spans] == ["encode"]

def test_begins_anew(spans):
    assert len(spans) == 0

def test_with_a_fixture(video):
    trivet.log.info("encoding {video}", video=video)

def test_fails():
    assert 1 == 2

@pytest.mark.skip
def test_is_skipped(): pass
"""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The inner runs are processes of their own, with nothing inherited, nor found in a spill."""
    monkeypatch.setenv("TRIVET_SPILL_DIR", str(tmp_path / "spill"))
    for name in ("TRACEPARENT", "TRIVET_ENDPOINT", "TRIVET_SERVICE", "OTEL_SERVICE_NAME", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)


def test_fixtures_need_nothing_else(pytester: pytest.Pytester):
    pytester.makepyfile(TESTS)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=3, failed=1, skipped=1)


def by_name(collector: Collector) -> dict[str, Any]:
    return {span.name: span for span in collector.spans}


def test_a_run_is_a_trace(pytester: pytest.Pytester, collector: Collector):
    pytester.makepyfile(TESTS)
    pytester.runpytest_subprocess("--trivet", "--trivet-endpoint", collector.url).assert_outcomes(
        passed=3, failed=1, skipped=1
    )
    spans = by_name(collector)
    session = spans["pytest"]
    assert {span.trace_id for span in spans.values()} == {session.trace_id}
    assert spans["test_with_a_fixture"].parent_span_id == session.span_id
    assert spans["fixture video"].parent_span_id == spans["test_with_a_fixture"].span_id
    assert spans["upload"].parent_span_id == spans["fixture video"].span_id
    assert spans["test_fails"].status.code == 2
    assert "assert 1 == 2" in spans["test_fails"].events[0].attributes[0].value.string_value
    assert session.status.message == "1 tests failed"
    assert "encode" not in spans  # captured, not sent
    [record] = [record for record in collector.logs if record.body.string_value == "encoding 7"]
    assert record.span_id == spans["test_with_a_fixture"].span_id


def test_a_run_inside_of_something_is_a_part_of_it(
    pytester: pytest.Pytester, collector: Collector, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TRACEPARENT", f"00-{'ab' * 16}-{'cd' * 8}-01")
    pytester.makepyfile("def test_nothing(): pass")
    pytester.runpytest_subprocess("--trivet", "--trivet-endpoint", collector.url).assert_outcomes(passed=1)
    session = by_name(collector)["pytest"]
    assert (session.trace_id.hex(), session.parent_span_id.hex()) == ("ab" * 16, "cd" * 8)


def test_a_dead_endpoint_fails_no_test(pytester: pytest.Pytester):
    pytester.makepyfile("def test_nothing(): pass")
    pytester.runpytest_subprocess("--trivet", "--trivet-endpoint", "http://127.0.0.1:1").assert_outcomes(passed=1)


STORED = """
import subprocess, sys

PROGRAM = \'\'\'
import sys, trivet
trivet.start(service="shop", endpoint=sys.argv[1])
with trivet.span("encode", video=7):
    trivet.log.info("half way")
\'\'\'

def test_the_store_holds_it(stored):
    subprocess.run([sys.executable, "-c", PROGRAM, stored.url], check=True)
    [span] = stored.spans("service:shop video:7")
    assert span["name"] == "encode"
    assert stored.logs("half")[0]["span_id"] == span["span_id"]  # waits for the record, which comes by a way of its own
    assert stored.trace(span["trace_id"])["logs"][0]["body"] == "half way"
    assert stored.traces("service:shop")[0]["spans"] == 1
"""


def test_the_store_can_be_asked(pytester: pytest.Pytester):
    pytester.makepyfile(STORED)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
