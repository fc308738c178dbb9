"""From a span's end to the endpoint, in one process, over real sockets."""

import random
import subprocess
import sys
import threading
import time

import pytest
from sdk.collector import Collector, partial_success, until

from trivet.sdk import delivery, outbox


def record(runtime, count: int, name: str = "s") -> None:
    for number in range(count):
        runtime.tracer.start_span(name, attributes={"n": number}).end()


def accounted(runtime) -> dict[str, int]:
    d = runtime.outbox.delivery
    return {"sent": d.sent["traces"], "spilled": d.spilled["traces"], "dropped": sum(d.dropped.values())}


def test_the_first_data_leaves_within_200_ms(runtime_for, collector):
    runtime = runtime_for(collector.url)
    started = time.monotonic()
    record(runtime, 1, "first")
    until(lambda: collector.requests)
    assert collector.requests[0].at - started < 0.3  # 0.2 and a little for a busy machine
    assert collector.names == ["first"]
    assert collector.resource()["service.name"] == "tests"


def test_flush_waits_for_the_acknowledgement(runtime_for, collector):
    runtime = runtime_for(collector.url)
    record(runtime, 10)
    assert runtime.flush(5) is True
    assert len(collector.spans) == 10 and accounted(runtime) == {"sent": 10, "spilled": 0, "dropped": 0}
    assert runtime.flush(5) is True


def test_everything_of_many_threads_arrives_once_on_one_connection(runtime_for, collector):
    runtime = runtime_for(collector.url)
    threads = [threading.Thread(target=record, args=(runtime, 1500, f"t{n}")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runtime.flush(10)
    spans = collector.spans
    assert len(spans) == len({span.span_id for span in spans}) == 6000
    assert collector.connections == 1
    keys = [request.headers["trivet-batch"] for request in collector.requests]
    assert len(set(keys)) == len(keys) and all(len(key) == 32 for key in keys)


def test_a_full_batch_does_not_wait(runtime_for, collector, monkeypatch):
    monkeypatch.setattr(outbox, "FIRST_DELAY", 60.0)
    runtime = runtime_for(collector.url)
    runtime.outbox._reset()
    record(runtime, outbox.BATCH + 5)
    until(lambda: len(collector.spans) >= outbox.BATCH)


def test_batches_grow_while_data_comes(runtime_for, collector):
    runtime = runtime_for(collector.url)
    delays = []
    for _ in range(3):
        count = len(collector.requests)
        record(runtime, 1)
        until(lambda count=count: len(collector.requests) > count)
        delays.append(runtime.outbox._delay)
    assert delays == sorted(delays) and delays[0] < delays[2] <= outbox.LONGEST_DELAY


def test_a_full_queue_is_encoded_by_whoever_records(runtime_for, collector):
    collector.delay = 0.5
    runtime = runtime_for(collector.url, queue=100)
    record(runtime, 1000)
    assert runtime.flush(10)
    assert accounted(runtime) == {"sent": 1000, "spilled": 0, "dropped": 0}
    assert len({span.span_id for span in collector.spans}) == 1000


def test_loops_of_many_threads_lose_nothing(runtime_for, collector):
    runtime = runtime_for(collector.url, queue=1000)
    threads = [threading.Thread(target=record, args=(runtime, 5000)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runtime.flush(30)
    assert len({span.span_id for span in collector.spans}) == 40_000
    assert accounted(runtime) == {"sent": 40_000, "spilled": 0, "dropped": 0}


def test_what_is_encoded_is_bounded_too_and_what_is_beyond_is_counted(runtime_for, collector):
    collector.delay = 0.7  # meanwhile nobody fetches what the app's thread encodes
    runtime = runtime_for(collector.url, queue=100, unsent_bytes="20kB", spill_max_bytes=0)
    record(runtime, 1)
    until(lambda: runtime.outbox.delivery.flying)
    record(runtime, 2000)
    [lane] = [lane for lane in runtime.outbox.lanes if lane.signal == "traces"]
    assert 20_000 <= sum(len(body) for body, _ in lane.ready) < 50_000
    dropped = runtime.outbox.delivery.dropped["traces", "queue_full"]
    assert dropped > 1000
    runtime.outbox.delivery.unsent_bytes = 10**6
    assert runtime.flush(10)
    assert accounted(runtime) == {"sent": 2001 - dropped, "spilled": 0, "dropped": dropped}


CAN_TAKE = """\
import sys
from pathlib import Path
from trivet.sdk.spill import Spill
print(bool(Spill(Path(sys.argv[1]), 9).take()))
"""


def anybody_can_take(spill) -> bool:
    command = [sys.executable, "-c", CAN_TAKE, str(spill.directory)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout == "True\n"


def test_in_an_outage_what_waits_lies_on_disk_too_and_is_still_ours(runtime_for, collector):
    collector.stop()
    runtime = runtime_for(collector.url)
    there = runtime.outbox.delivery
    record(runtime, 5)
    until(lambda: [entry.items for entry in there.spill.entries()] == [5])
    record(runtime, 3)
    until(lambda: sum(entry.items for entry in there.spill.entries()) == 8)
    assert sum(batch.items for batch in there.unsent) == 8 and not anybody_can_take(there.spill)
    collector.start()
    until(lambda: len(collector.spans) == 8)
    until(lambda: not there.spill.entries())
    assert len({span.span_id for span in collector.spans}) == 8
    assert accounted(runtime) == {"sent": 8, "spilled": 0, "dropped": 0} and not there.spill._ours


def test_what_lies_on_disk_at_the_end_of_an_outage_is_anybodys_and_there_once(runtime_for, collector):
    collector.stop()
    runtime = runtime_for(collector.url)
    there = runtime.outbox.delivery
    record(runtime, 5)
    until(there.spill.entries)
    record(runtime, 3)
    runtime.finish()
    runtime.finish()
    assert sum(entry.items for entry in there.spill.entries()) == 8 == accounted(runtime)["spilled"]
    assert anybody_can_take(there.spill)


def test_what_is_switched_off_stays_in_the_spill(runtime_for, collector, tmp_path):
    runtime = runtime_for(collector.url, logs=False)
    runtime.outbox.delivery.spill.keep(delivery.Batch("logs", b"", 3))
    record(runtime, 1)
    runtime.finish()
    assert [entry.signal for entry in runtime.outbox.delivery.spill.entries()] == ["logs"]
    following = runtime_for(collector.url)
    record(following, 1)
    following.finish()
    assert not following.outbox.delivery.spill.entries()
    assert [request.path for request in collector.requests].count("/v1/logs") == 1


def test_an_endpoint_that_comes_back_gets_everything_joined(runtime_for, collector):
    collector.stop()
    runtime = runtime_for(collector.url)
    record(runtime, 5)
    until(lambda: runtime.outbox.delivery.failures)
    for _ in range(3):
        record(runtime, 5)
        time.sleep(outbox.FIRST_DELAY)
    collector.start()
    until(lambda: len(collector.spans) == 20)
    assert len(collector.requests) <= 3  # the first try, and the rest in one or two


def test_an_outage_leaves_the_programs_own_random_numbers_alone(runtime_for, collector):
    collector.stop()
    random.seed(7)
    before = random.getstate()
    runtime = runtime_for(collector.url)
    record(runtime, 5)
    until(lambda: runtime.outbox.delivery.failures)
    assert random.getstate() == before


def test_a_lost_answer_is_resent_with_the_same_key(runtime_for, collector):
    collector.forgets_to_answer = 1
    runtime = runtime_for(collector.url)
    record(runtime, 3)
    until(lambda: len(collector.requests) == 2)
    first, second = collector.requests
    assert first.headers["trivet-batch"] == second.headers["trivet-batch"] and first.message == second.message
    assert len(collector.spans) == 3


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_what_the_server_cannot_take_now_is_resent_when_it_says(runtime_for, collector, status):
    collector.status, collector.retry_after = status, "0.3"
    runtime = runtime_for(collector.url)
    record(runtime, 3)
    until(lambda: runtime.outbox.delivery.failures)
    again = time.monotonic()
    collector.status = 200
    until(lambda: collector.requests)
    assert collector.requests[0].at - again > 0.2 and len(collector.spans) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 413, 500])
def test_what_the_server_refuses_is_counted_and_not_repeated(runtime_for, collector, status):
    collector.status = status
    runtime = runtime_for(collector.url)
    record(runtime, 3)
    assert runtime.flush(5)
    assert runtime.outbox.delivery.dropped == {("traces", "refused"): 3}


def test_a_partial_success_counts_what_was_rejected(runtime_for, collector):
    collector.answer = partial_success(2, "bad ids")
    runtime = runtime_for(collector.url)
    record(runtime, 5)
    assert runtime.flush(5)
    assert runtime.outbox.delivery.dropped == {("traces", "rejected"): 2}
    assert runtime.outbox.delivery.sent["traces"] == 3


def test_flush_on_a_dead_endpoint_says_so_at_once_and_keeps_the_data(runtime_for, collector):
    collector.stop()
    runtime = runtime_for(collector.url)
    record(runtime, 3)
    started = time.monotonic()
    assert runtime.flush(5) is False and time.monotonic() - started < 1
    collector.start()
    assert runtime.flush(5) is True and len(collector.spans) == 3


def test_closing_on_a_deaf_endpoint_takes_two_seconds_and_spills_what_flies(runtime_for, collector, tmp_path):
    collector.deaf = True
    runtime = runtime_for(collector.url)
    record(runtime, 7)
    until(lambda: runtime.outbox.delivery.flying)
    record(runtime, 5)
    started = time.monotonic()
    runtime.finish()
    assert 1 < time.monotonic() - started < 2.2
    assert accounted(runtime) == {"sent": 0, "spilled": 12, "dropped": 0}
    with Collector() as other:
        following = runtime_for(collector.url)
        following.outbox.delivery.transport.targets = runtime_for(other.url).targets
        record(following, 1)
        assert following.flush(5)
        until(lambda: len(other.spans) == 13)
    assert not list((tmp_path / "spill").rglob("*.otlp.gz"))


def test_a_batch_that_was_spilled_in_the_air_and_then_acknowledged_is_forgotten(runtime_for, collector, tmp_path):
    collector.delay = 1.0
    runtime = runtime_for(collector.url, exit_timeout="500ms")
    record(runtime, 7)
    until(lambda: runtime.outbox.delivery.flying)
    runtime.finish()
    spilled = list((tmp_path / "spill").rglob("*.otlp.gz"))
    assert len(spilled) == 1
    until(lambda: not spilled[0].exists())
    assert len(collector.spans) == 7


def test_spans_open_at_the_end_are_delivered_as_they_are(runtime_for, collector):
    runtime = runtime_for(collector.url)
    runtime.tracer.start_span("open", attributes={"a": 1})
    runtime.finish()
    (span,) = collector.spans
    assert {pair.key: pair.value.int_value or pair.value.bool_value for pair in span.attributes} == {
        "a": 1,
        "trivet.incomplete": True,
    }
    assert span.end_time_unix_nano


def test_memory_is_bounded_by_the_spill_and_that_by_its_size(runtime_for, collector, monkeypatch):
    monkeypatch.setattr(delivery, "MAX_BATCH", 10_000)
    collector.stop()
    runtime = runtime_for(collector.url, unsent_bytes="30kB", spill_max_bytes="20kB")
    for _ in range(20):
        record(runtime, 100)
        runtime.outbox._pack()
    assert sum(len(batch.body) for batch in runtime.outbox.delivery.unsent) <= 30_000
    assert sum(entry.bytes for entry in runtime.outbox.delivery.spill.entries()) <= 20_000
    runtime.outbox.rescue()
    kept = sum(entry.items for entry in runtime.outbox.delivery.spill.entries())
    assert kept + sum(runtime.outbox.delivery.dropped.values()) == 2000 and 0 < kept < 2000


def test_a_process_that_recorded_nothing_has_no_thread(runtime_for):
    runtime = runtime_for("http://127.0.0.1:1")
    assert runtime.outbox.thread is None
    started = time.monotonic()
    runtime.finish()
    assert time.monotonic() - started < 0.1 and runtime.outbox.thread is None


def test_what_is_recorded_after_the_end_is_delivered_at_once(runtime_for, collector):
    runtime = runtime_for(collector.url)
    record(runtime, 1, "in time")
    runtime.finish()
    record(runtime, 1, "late")
    assert collector.names == ["in time", "late"]


def test_after_a_shutdown_nothing_is_recorded(runtime_for, collector):
    runtime = runtime_for(collector.url)
    record(runtime, 1)
    runtime.shut_down()
    record(runtime, 2)
    assert len(collector.spans) == 1 and runtime.outbox.delivery.dropped == {("traces", "shut_down"): 2}
    assert not runtime.outbox.thread.is_alive


def test_sending_is_not_traced(runtime_for, collector):
    from opentelemetry import context

    runtime = runtime_for(collector.url)
    seen: list = []
    send = runtime.outbox.delivery.transport.send

    def watched(*args):
        seen.append(context.get_value(context._SUPPRESS_INSTRUMENTATION_KEY))
        return send(*args)

    runtime.outbox.delivery.transport.send = watched
    record(runtime, 1)
    assert runtime.flush(5) and seen == [True]
