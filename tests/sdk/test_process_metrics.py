import asyncio
import os
import threading
import time

from sdk.collector import until
from sdk.test_metrics import collected, points

from trivet.sdk.metrics import MeterProvider
from trivet.sdk.process_metrics import LoopDelay, observe_ourselves, observe_process


def test_the_process_describes_itself():
    provider = MeterProvider({})
    observe_process(provider.get_meter("trivet"))
    found = collected(provider)
    modes = {p.attributes[0].value.string_value: p.as_double for p in points(found["process.cpu.time"])}
    assert set(modes) == {"user", "system"} and 0 < modes["user"] < 10_000
    memory = points(found["process.memory.usage"])[0].as_int
    assert 10 * 2**20 < memory < points(found["process.memory.virtual"])[0].as_int
    assert points(found["process.thread.count"])[0].as_int == threading.active_count()
    assert points(found["process.open_file_descriptor.count"])[0].as_int > 2
    assert [p.attributes[0].value.int_value for p in points(found["cpython.gc.collections"])] == [0, 1, 2]
    assert points(found["process.uptime"])[0].as_double > 0 and found["process.uptime"].unit == "s"


def test_losses_are_reported_when_there_are_any(runtime_for, collector):
    collector.status = 400
    runtime = runtime_for(collector.url)
    provider = MeterProvider({})
    observe_ourselves(provider.get_meter("trivet"), runtime.outbox.delivery)
    runtime.tracer.start_span("s").end()
    assert "trivet.sdk.dropped" not in collected(provider)
    runtime.flush(5)
    (point,) = points(collected(provider)["trivet.sdk.dropped"])
    assert point.as_int == 1
    assert {p.key: p.value.string_value for p in point.attributes} == {"signal": "traces", "reason": "refused"}


def test_a_blocked_event_loop_shows(tracer):
    provider = MeterProvider({})
    loops: dict = {}
    delay = LoopDelay(provider.get_meter("trivet"), loops)

    async def main():
        loops[threading.get_ident()] = asyncio.get_running_loop()
        prober = threading.Thread(target=delay.probe)
        prober.start()
        prober.join()
        time.sleep(0.2)  # noqa: ASYNC251  (what an app should not do)
        await asyncio.sleep(0.01)
        delay.probe()
        delay.probe()  # not before the loop has answered
        await asyncio.sleep(0.01)

    asyncio.run(main())
    (point,) = points(collected(provider)["asyncio.event_loop.delay"])
    assert point.count == 2 and 0.19 < point.max < 2 and point.min < 0.1
    delay.probe()
    assert not loops, "a closed loop is forgotten"


def test_an_app_sends_them_with_its_spans(runtime_for, collector):
    runtime = runtime_for(collector.url, metrics=True, metrics_interval="100ms")
    runtime.tracer.start_span("s").end()
    until(lambda: len(collector.of("/v1/metrics")) >= 2)
    names = {metric.name for metric in collector.metrics}
    assert {"process.cpu.time", "process.memory.usage", "process.thread.count"} <= names
    resource = collector.of("/v1/metrics")[0].resource_metrics[0].resource
    assert {pair.key: pair.value.int_value for pair in resource.attributes}["process.pid"] == os.getpid()
