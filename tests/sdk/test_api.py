import asyncio
import logging
import subprocess
import sys
import threading
import time

import pytest
from opentelemetry.trace import SpanKind
from sdk.collector import Collector
from sdk.test_metrics import points

import trivet
from trivet.sdk import api


@pytest.fixture
def started(runtime_for, collector: Collector, monkeypatch):
    """As after `trivet.start`, in this test only."""
    runtime = runtime_for(collector.url, metrics=True)
    monkeypatch.setattr(api, "_runtime", runtime)
    return runtime


def attributes(span) -> dict:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in span.attributes}


def spans_of(collector) -> dict:
    assert trivet.flush()
    return {span.name: span for span in collector.spans}


def test_a_span_around_a_block(started, collector):
    with trivet.span("encode", video=7) as span:
        trivet.set(codec="av1", **{"frames.count": 3})
        span.set(done=True)
        with trivet.span("inner"):
            trivet.set({"x": 1})
    spans = spans_of(collector)
    assert attributes(spans["encode"]) == {"video": 7, "codec": "av1", "frames.count": 3, "done": True}
    assert attributes(spans["inner"]) == {"x": 1} and spans["inner"].parent_span_id == spans["encode"].span_id


def test_a_span_around_functions_of_every_kind(started, collector):
    @trivet.span("named", fixed=1)
    def function(a):
        return a + 1

    @trivet.span
    async def coroutine():
        await asyncio.sleep(0)
        return "c"

    @trivet.span("generator")
    def generator():
        yield from (1, 2)

    assert function(1) == 2 and asyncio.run(coroutine()) == "c" and list(generator()) == [1, 2]
    with pytest.raises(ZeroDivisionError), trivet.span("failing"):
        _ = 1 / 0
    spans = spans_of(collector)
    name = "test_a_span_around_functions_of_every_kind.<locals>.coroutine"
    assert set(spans) == {"named", name, "generator", "failing"}
    assert attributes(spans["named"]) == {"fixed": 1} and spans["failing"].status.code == 2


def test_functions_decorated_before_the_start_are_traced_after_it(runtime_for, collector, monkeypatch):
    @trivet.span("early")
    def work():
        return 1

    assert work() == 1
    monkeypatch.setattr(api, "_runtime", runtime_for(collector.url))
    assert work() == 1
    assert list(spans_of(collector)) == ["early"] and len(collector.spans) == 1


def test_wide_attributes_go_to_the_entry_span(started, collector):
    with (
        started.tracer.start_as_current_span("GET /", kind=SpanKind.SERVER),
        trivet.span("deep"),
        trivet.span("deeper"),
    ):
        trivet.wide(user=7, plan="pro")
        trivet.wide.add(cache_hits=1, bytes=1.5)
        trivet.wide.add(cache_hits=2)
        for _ in range(2):
            with trivet.wide.time("db"):
                time.sleep(0.002)
    found = attributes(spans_of(collector)["GET /"])
    assert 0.004 <= found.pop("db.seconds") < 1
    assert found == {"user": 7, "plan": "pro", "cache_hits": 3, "bytes": 1.5, "db.count": 2}


def test_sums_of_many_threads(started, collector):
    with trivet.span("entry") as entry:

        def work():
            from opentelemetry.trace import use_span

            with use_span(entry):
                for _ in range(200):
                    trivet.wide.add(n=1)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert attributes(spans_of(collector)["entry"]) == {"n": 800}


def test_logs_and_metrics(started, collector):
    with trivet.span("work"):
        trivet.log.info("stored {n} segments", n=3)
        trivet.counter("videos", "1", "how many").add(kind="short")
        trivet.counter("videos", "1", "how many").add(2, kind="short")
        trivet.histogram("encode.duration", unit="s").record(0.2, codec="av1")
        trivet.gauge("queue.depth").set(5)
    started.outbox.flush(5, last=True)
    (log,) = collector.logs
    assert log.body.string_value == "stored 3 segments" and log.span_id == collector.spans[0].span_id
    found = {metric.name: metric for metric in collector.metrics}
    assert points(found["videos"])[0].as_int == 3 and found["videos"].description == "how many"
    assert points(found["encode.duration"])[0].count == 1 and points(found["queue.depth"])[0].as_int == 5
    assert trivet.counter("videos", "1", "how many") is trivet.counter("videos", "1", "how many")


def test_before_the_start_everything_does_nothing(monkeypatch):
    monkeypatch.setattr(api, "_runtime", None)
    with trivet.span("s", a=1) as span:
        span.set(b=2)
        span.set_attribute("c", 3)
        trivet.set(d=4)
        trivet.wide(e=5)
        trivet.wide.add(f=6)
        with trivet.wide.time("g"):
            pass
    trivet.log.error("x {n}", n=1)
    trivet.counter("c").add()
    trivet.histogram("h").record(1)
    trivet.gauge("g").set(1)
    assert trivet.flush() is True and trivet.shutdown() is None
    before = time.perf_counter()
    for _ in range(10_000):
        with trivet.span("s"):
            pass
    assert time.perf_counter() - before < 10_000 * 5e-6


def test_a_broken_start_is_said_and_the_app_goes_on(monkeypatch, caplog):
    monkeypatch.setattr(api, "_runtime", None)
    monkeypatch.setenv("TRIVET_RAISE", "0")
    with caplog.at_level(logging.WARNING):
        trivet.start(endpoint="nonsense://x")
    assert "is no address" in caplog.text
    with trivet.span("s"):
        pass


def test_names_are_listed_and_others_are_an_error():
    assert {"start", "span", "log", "counter"} <= set(dir(trivet))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = trivet.nonsense


def run(code: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, env={"TRIVET_RAISE": "1", **environ})


STARTED = """
import sys, trivet, logging, warnings
from opentelemetry import trace, metrics
tracer, counter = trace.get_tracer("early", "1.0"), metrics.get_meter("early").create_counter("early.count")
trivet.start(endpoint=sys.argv[1])
trivet.start("other", endpoint="http://nowhere")
with tracer.start_as_current_span("through the API"):
    counter.add(3)
    logging.getLogger("app").info("hello")
"""


def test_one_start_for_three_signals_and_the_opentelemetry_api(collector, tmp_path):
    environ = {"OTEL_SERVICE_NAME": "shop", "OTEL_RESOURCE_ATTRIBUTES": "team=video", "XDG_CACHE_HOME": str(tmp_path)}
    done = run(STARTED, collector.url, **environ)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (span,) = collector.spans
    (log,) = [log for log in collector.logs if log.body.string_value == "hello"]
    assert span.name == "through the API" and log.trace_id == span.trace_id
    resource = collector.resource()
    assert resource["service.name"] == "shop" and resource["team"] == "video"
    counted = next(metric for metric in collector.metrics if metric.name == "early.count")
    assert points(counted)[0].as_int == 3
    assert points(counted)[0].exemplars[0].span_id == span.span_id
    assert not any(tmp_path.rglob("*.gz"))


@pytest.mark.parametrize(
    ("environ", "arrives"),
    [
        ({"OTEL_SDK_DISABLED": "true"}, set()),
        ({"OTEL_TRACES_EXPORTER": "none"}, {"/v1/logs", "/v1/metrics"}),
        ({"TRIVET_METRICS": "0", "TRIVET_LOGS": "0"}, {"/v1/traces"}),
    ],
)
def test_signals_can_be_switched_off(collector, environ, arrives):
    done = run(STARTED, collector.url, **environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert {request.path for request in collector.requests} == arrives


def test_wrong_settings_are_named_on_the_console_and_defaults_used(collector):
    done = run(STARTED, collector.url, TRIVET_RUNNING_AFTER="soon")
    assert done.returncode == 0 and "running_after" in done.stderr and collector.spans


def test_importing_trivet_imports_nothing_else():
    code = "import sys; before = set(sys.modules); import trivet; print(*sorted(set(sys.modules) - before))"
    assert run(code).stdout.split() == ["trivet", "trivet.version"]
