"""`trivet.testing.capture`: what a piece of code told, with ids and times that are the same in every run."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from opentelemetry import metrics, trace
from opentelemetry.trace import SpanKind

import trivet
from trivet import instrument
from trivet.sdk import api
from trivet.testing import Capture, capture


@pytest.fixture
def told() -> Iterator[Capture]:
    with capture() as told:
        yield told


def work() -> None:
    tracer = trace.get_tracer("shop", "2.0")
    with tracer.start_as_current_span("POST /videos", kind=SpanKind.SERVER, attributes={"http.route": "/videos"}):
        logging.getLogger("shop").warning("disk is %s full", "80 %")
        with trivet.span("encode", video=7, sizes=[1, 2]):
            trivet.log.info("stored {n} segments", n=3)
        trivet.counter("segments").add(3, codec="h264")
        trivet.counter("segments").add(1, codec="vp9")
        trivet.histogram("took", unit="s").record(0.5)
        trivet.histogram("took", unit="s").record(1.5)


def test_the_whole_is_a_text(told: Capture):
    work()
    assert told.spans.tree("video") == (
        "POST /videos (server)\n"
        "  · warn disk is 80 % full\n"
        "  encode video=7\n"
        "    · info stored 3 segments"
    )  # fmt: skip


def test_ids_and_times_are_the_same_in_every_run():
    seen = []
    for _ in range(2):
        with capture() as told:
            work()
            root, child = told.spans
            seen.append((root.trace_id, root.span_id, child.span_id, child.parent_id, root.start, child.duration))
    assert seen[0] == seen[1]
    trace_id, root_id, child_id, parent_id, start, duration = seen[0]
    assert (trace_id, root_id, child_id, parent_id) == ("0" * 31 + "1", "0" * 15 + "1", "0" * 15 + "2", "0" * 15 + "1")
    assert start == 1_767_225_600_000_000_000
    assert duration % 10**6 == 0


def test_the_clock_can_be_moved(told: Capture):
    with trivet.span("wait"):
        told.clock.move(90)
    assert told.spans.one("wait").duration == 90 * 10**9 + 10**6


def test_real_ids_and_times_when_asked():
    with capture(fixed=False) as told:
        work()
    root = told.spans[0]
    assert int(root.trace_id, 16) > 2**64
    assert root.start > 1_767_225_600_000_000_000


def test_questions_of_a_span(told: Capture):
    work()
    span = told.spans.one("encode", video=7).has(video=7, sizes=[1, 2]).has({"video": ...}).under("POST /videos")
    assert (span.kind, span.scope, span.error) == ("internal", "trivet", None)
    assert [each.name for each in told.spans.one("POST /videos").children] == ["encode"]
    told.spans.none("decode")
    span.has_not("audio")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda spans: spans.one("decode"), "0 spans 'decode' instead of one, in\nPOST /videos"),
        (lambda spans: spans.one(), "2 spans  instead of one"),
        (lambda spans: spans.one("encode").has(video=8), "video: expected 8, got 7"),
        (lambda spans: spans.one("encode").has(video=True), "video: expected True, got 7"),
        (lambda spans: spans.one("encode").has(audio=...), "audio: expected Ellipsis, there is none"),
        (lambda spans: spans.one("encode").has_not("video"), "has video"),
        (lambda spans: spans.one("encode").under("upload"), "not under 'upload' but under POST /videos"),
        (lambda spans: spans.one("encode").failed(), "did not fail"),
        (lambda spans: spans.none("encode"), "1 spans 'encode' instead of none"),
    ],
)
def test_what_is_not_so_is_said_with_what_is(told: Capture, wrong, said: str):
    work()
    with pytest.raises(AssertionError) as raised:
        wrong(told.spans)
    assert said in str(raised.value)


def test_failures(told: Capture):
    with pytest.raises(ValueError), trivet.span("encode"):
        raise ValueError("no decoder")
    span = told.spans.one("encode").failed("no decoder")
    assert [event.name for event in span.events] == ["exception"]
    assert told.spans.tree() == "encode ✗ ValueError: no decoder"


def test_questions_of_records(told: Capture):
    work()
    record = told.logs.one("stored {n} segments").has(n=3)
    assert told.logs.one("80 %", severity="warn").logger == "shop"
    assert record.span_id == told.spans.one("encode").span_id
    assert told.logs.bodies == ["disk is 80 % full", "stored 3 segments"]
    told.logs.none(severity="error")
    with pytest.raises(AssertionError, match=r"0 records 'lost' instead of one, among\n  warn disk"):
        told.logs.one("lost")


def test_questions_of_metrics(told: Capture):
    work()
    assert told.metrics.value("segments") == 4
    assert told.metrics.value("segments", codec="vp9") == 1
    assert (told.metrics.count("took"), told.metrics.value("took")) == (2, 2.0)
    with pytest.raises(AssertionError, match="no metric 'lost'; there are segments, took"):
        told.metrics.value("lost")


def test_other_threads_are_heard_and_captures_follow_each_other(told: Capture):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert told.spans.names == ["POST /videos", "encode"]
    told.clear()
    assert (len(told.spans), len(told.logs), told.metrics.names) == (0, 0, [])


def test_what_was_current_before_is_no_parent():
    with capture(fixed=False) as outer, trivet.span("outer"):
        pass
    with trivet.span("around"), capture() as told:
        work()
    assert told.spans[0].parent_id is None
    assert outer.spans.names == ["outer"]


def test_a_program_that_starts_trivet_itself_is_heard_all_the_same(told: Capture):
    trivet.start(service="shop", endpoint="http://127.0.0.1:1")
    work()
    assert len(told.spans) == 2


SENDING = """
import trivet
from trivet import instrument
from trivet.testing import capture
trivet.start(service="shop", endpoint="{url}", metrics=False)
with trivet.span("before"): pass
with capture() as told:
    with trivet.span("inside"): pass
assert told.spans.names == ["inside"]
with trivet.span("after"): pass
"""


def test_what_is_captured_is_not_sent(collector):
    done = subprocess.run([sys.executable, "-c", SENDING.format(url=collector.url)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert sorted(collector.names) == ["after", "before"]


def test_the_runtime_is_as_it_was_afterwards():
    with capture():
        runtime = api._runtime
    before = runtime.provider.deliver, runtime.provider.bits, runtime.log.deliver
    with capture():
        assert runtime.provider.deliver is not before[0]
    assert (runtime.provider.deliver, runtime.provider.bits, runtime.log.deliver) == before


def test_between_captures_nobody_is_told_of_a_process_that_starts():
    command = [sys.executable, "-c", "import os; print(os.environ.get('TRACEPARENT', 'none'))"]
    with capture() as told:
        # Tests of single rules take all of them out again, those of this process' first capture, too.
        instrument.start(trace.get_tracer_provider(), metrics.get_meter_provider())
        within = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert within.split("-")[2] == told.spans[0].span_id
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "none\n"
