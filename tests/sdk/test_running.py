import threading
import time

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.trace import SpanKind
from sdk.collector import until

from trivet.sdk.encode import Encoder
from trivet.sdk.logs import Record
from trivet.sdk.resource import Resource
from trivet.sdk.running import MOST_REPORTS, PEEK, Watch

SECOND = 10**9


@pytest.fixture
def heard() -> list[Record]:
    return []


@pytest.fixture
def watch(provider, heard) -> Watch:
    return Watch(provider.open, heard.append, after=1.0, every=30.0)


def numbers(heard) -> list[tuple[str, int]]:
    return [(record.attributes["trivet.span.name"], record.attributes["trivet.span.report"]) for record in heard]


def test_reports_come_at_1_2_4_8_16_seconds_and_then_every_30(watch, tracer, heard):
    span = tracer.start_span("slow")
    ages = []
    for age in range(1, 90 * 10):
        watch.look(span.start_time + age * SECOND // 10)
        if len(heard) > len(ages):
            ages.append(age / 10)
    assert ages == [1, 2, 4, 8, 16, 46, 76]
    waits = [record.attributes["trivet.span.next_after"] / SECOND for record in heard]
    assert waits == [1, 2, 4, 8, 30, 30, 30]
    assert [record.attributes["trivet.span.report"] for record in heard] == [1, 2, 3, 4, 5, 6, 7]


def test_a_late_look_does_not_shift_the_later_reports(watch, tracer, heard):
    span = tracer.start_span("slow")
    for age in (1.0, 2.9, 4.0, 8.0):
        watch.look(span.start_time + int(age * SECOND))
    assert [record.attributes["trivet.span.report"] for record in heard] == [1, 2, 3, 4]
    assert heard[1].attributes["trivet.span.next_after"] == pytest.approx(1.1 * SECOND, abs=10)


def test_a_report_is_what_the_server_expects(watch, provider, heard):
    tracer = provider.get_tracer("library", "1.0")
    with tracer.start_as_current_span("parent") as parent:
        child = tracer.start_span("migrate", kind=SpanKind.CLIENT, attributes={"table": "videos", "ids": [1, 2]})
    now = child.start_time + 3 * SECOND
    watch.look(now)
    record = next(record for record in heard if record.attributes["trivet.span.name"] == "migrate")
    ((body, _),) = Encoder(Resource({"service.name": "s"})).logs([record])
    request = ExportLogsServiceRequest.FromString(body)
    assert request.resource_logs[0].resource.attributes[0].value.string_value == "s"
    scope = request.resource_logs[0].scope_logs[0]
    assert (scope.scope.name, scope.scope.version) == ("library", "1.0")
    (log,) = scope.log_records
    assert log.event_name == "trivet.span.running" and log.severity_number == 5 and log.time_unix_nano == now
    context = child.get_span_context()
    assert int.from_bytes(log.trace_id) == context.trace_id and int.from_bytes(log.span_id) == context.span_id
    assert log.flags == context.trace_flags
    said = {pair.key: pair.value for pair in log.attributes}
    assert said["trivet.span.kind"].string_value == "client" and said["trivet.span.start"].int_value == child.start_time
    assert said["trivet.span.parent_id"].string_value == f"{parent.get_span_context().span_id:016x}"
    assert [pair.key for pair in said["trivet.span.attributes"].kvlist_value.values] == ["table", "ids"]
    stack = [line.string_value for line in said["trivet.span.stack"].array_value.values]
    assert stack[-1].endswith("test_a_report_is_what_the_server_expects")


def test_a_root_has_no_parent_id(watch, tracer, heard):
    span = tracer.start_span("root")
    watch.look(span.start_time + SECOND)
    assert "trivet.span.parent_id" not in heard[0].attributes


def test_quick_spans_are_never_reported_and_ended_ones_no_more(watch, tracer, heard):
    slow = tracer.start_span("slow")
    watch.look(slow.start_time + SECOND - 1)
    assert not heard
    watch.look(slow.start_time + SECOND)
    slow.end()
    quick = tracer.start_span("quick")
    quick.end()
    watch.look(slow.start_time + 100 * SECOND)
    assert numbers(heard) == [("slow", 1)] and not watch._reported


def test_among_many_open_spans_the_old_ones_are_found(watch, tracer, heard):
    now = time.time_ns()
    old = [tracer.start_span("old", start_time=now - 2 * SECOND) for _ in range(PEEK + 20)]
    for _ in range(1000):
        tracer.start_span("young", start_time=now)
    watch.look(now)
    assert numbers(heard) == [("old", 1)] * len(old)


def test_a_look_reports_only_so_many_and_the_next_one_goes_on(watch, tracer, heard):
    now = time.time_ns()
    for _ in range(MOST_REPORTS + 7):
        tracer.start_span("old", start_time=now - 2 * SECOND)
    watch.look(now)
    assert len(heard) == MOST_REPORTS
    watch.look(now + 1)
    assert numbers(heard) == [("old", 1)] * (MOST_REPORTS + 7)


def test_spans_that_are_not_sent_are_not_reported_either(heard):
    from trivet.sdk.sampling import Decision, SamplingResult
    from trivet.sdk.tracer import TracerProvider

    class RecordOnly:
        def should_sample(self, *args):
            return SamplingResult(Decision.RECORD_ONLY)

    provider = TracerProvider(sampler=RecordOnly())
    provider.get_tracer("t").start_span("s", start_time=0)
    Watch(provider.open, heard.append, 1.0, 30.0).look(time.time_ns())
    assert not heard


def test_a_look_costs_next_to_nothing_while_nothing_is_slow(watch, tracer):
    for _ in range(5000):
        tracer.start_span("open")
    now = time.time_ns()
    before = time.thread_time()
    for _ in range(100):
        watch.look(now)
    assert time.thread_time() - before < 100 * 0.0005


def test_a_process_reports_by_itself_where_it_is(runtime_for, collector):
    runtime = runtime_for(collector.url, running_after="100ms", running_every="100ms")
    here = threading.Event()

    def stuck():
        with runtime.tracer.start_as_current_span("stuck"):
            here.wait(10)

    thread = threading.Thread(target=stuck)
    thread.start()
    reports = until(lambda: [log for log in collector.logs if log.event_name == "trivet.span.running"][2:])
    here.set()
    thread.join()
    stacks = [pair.value for pair in reports[0].attributes if pair.key == "trivet.span.stack"]
    lines = [line.string_value for line in stacks[0].array_value.values]
    assert any(line.endswith("stuck") for line in lines) and lines[-1].endswith("Condition.wait")
