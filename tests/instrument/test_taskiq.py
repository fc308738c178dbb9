"""taskiq on a real Redis: one trace from who sends a job to every attempt at it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import taskiq
from instrument.queue_traces import one_trace, second_attempt, work
from taskiq.instrumentation import TaskiqInstrumentor
from taskiq.middlewares.opentelemetry_middleware import OpenTelemetryMiddleware
from taskiq.schedule_sources import LabelScheduleSource
from taskiq_redis import ListQueueBroker

import trivet
from trivet.testing import Capture

pytestmark = pytest.mark.filterwarnings("default")


def taskiq_broker(broker: taskiq.AsyncBroker) -> taskiq.AsyncBroker:
    @broker.task(task_name="encode", retry_on_error=True, max_retries=2)
    async def encode(video: int, context: taskiq.Context = taskiq.TaskiqDepends()) -> str:
        return work(video, int(context.message.labels.get("_retries") or 0) + 1)

    @broker.task(task_name="cut")
    def cut(video: int) -> str:
        return work(video, 1)

    return broker


def with_taskiq(broker: taskiq.AsyncBroker, send: Callable[[], Any], jobs: int) -> None:
    """A client, and the receiver that taskiq's worker has, until so many attempts have ended."""

    async def run() -> None:
        await broker.startup()
        await send()
        receiver = taskiq.receiver.Receiver(broker, max_async_tasks=1)
        messages = broker.listen()
        for _ in range(jobs):
            message = await asyncio.wait_for(anext(messages), 20)
            await receiver.callback(message)
        await messages.aclose()
        await broker.shutdown()

    asyncio.run(run())


def asks(broker: taskiq.AsyncBroker, task: str, video: int) -> Callable[[], Any]:
    async def send() -> None:
        with trivet.span("upload"):
            await broker.find_task(task).kiq(video)

    return send


def test_taskiq_is_one_trace(told: Capture, redis_url: str, queue: str):
    broker = taskiq_broker(ListQueueBroker(redis_url, queue_name=queue))
    with_taskiq(broker, asks(broker, "cut", 7), 1)
    one_trace(told, "taskiq", "cut")
    assert told.spans.one("process cut").attributes["messaging.destination.name"] == queue


def test_taskiq_tries_again(told: Capture, redis_url: str, queue: str):
    broker = taskiq_broker(ListQueueBroker(redis_url, queue_name=queue))
    broker.add_middlewares(taskiq.SimpleRetryMiddleware())
    with_taskiq(broker, asks(broker, "encode", 8), 2)
    second_attempt(told, "taskiq.task.attempt")
    first, again = told.spans.all("send encode")
    assert (first.parent.name, again.parent.name) == ("upload", "process encode")


def test_taskiq_fails(told: Capture, redis_url: str, queue: str):
    broker = taskiq_broker(ListQueueBroker(redis_url, queue_name=queue))
    with_taskiq(broker, asks(broker, "cut", 13), 1)
    told.spans.one("process cut").failed("ValueError: no decoder").under("send cut")


def test_taskiq_scheduled_once_and_by_cron(told: Capture, redis_url: str, queue: str):
    broker = taskiq_broker(ListQueueBroker(redis_url, queue_name=queue))
    source = LabelScheduleSource(broker)
    kept: list[Any] = []
    source.add_schedule = lambda schedule: keep(kept, schedule)

    async def send() -> None:
        task = broker.find_task("cut")
        with trivet.span("upload"):
            await task.schedule_by_time(source, datetime.now(UTC) + timedelta(seconds=1), 7)
            await task.schedule_by_cron(source, "* * * * *", 9)
        scheduler = taskiq.TaskiqScheduler(broker, [source])
        for schedule in kept:
            await scheduler.on_ready(source, schedule)

    with_taskiq(broker, send, 2)
    once, cron = told.spans.all("send cut")
    assert once.parent.name == "schedule cut" and once.trace_id == told.spans.one("upload").trace_id
    assert cron.parent_id is None
    assert [each.parent_id for each in told.spans.all("process cut")] == [once.span_id, cron.span_id]


async def keep(kept: list[Any], schedule: Any) -> None:
    kept.append(schedule)


def test_taskiqs_kicker_carries_no_trace_into_its_next_task(told: Capture, redis_url: str, queue: str):
    broker = taskiq_broker(ListQueueBroker(redis_url, queue_name=queue))

    async def send() -> None:
        kicker = broker.find_task("cut").kicker()
        with trivet.span("upload"):
            await kicker.kiq(7)
        await kicker.kiq(9)

    with_taskiq(broker, send, 2)
    assert [each.parent_id is None for each in told.spans.all("send cut")] == [False, True]


def test_taskiqs_own_middleware_is_not_doubled(told: Capture, redis_url: str, queue: str):
    broker = taskiq_broker(ListQueueBroker(redis_url, queue_name=queue))
    broker.add_middlewares(OpenTelemetryMiddleware())
    with_taskiq(broker, asks(broker, "cut", 7), 1)
    names = [span.name for span in told.spans if span.kind in ("producer", "consumer")]
    assert names == ["send/cut", "execute/cut"]
    assert len({span.trace_id for span in told.spans}) == 1


def test_taskiqs_own_instrumentation_is_not_doubled(told: Capture, redis_url: str, queue: str):
    theirs = TaskiqInstrumentor()
    theirs.instrument()
    try:
        broker = taskiq_broker(ListQueueBroker(redis_url, queue_name=queue))
        with_taskiq(broker, asks(broker, "cut", 7), 1)
    finally:
        theirs.uninstrument()
    assert [span.name for span in told.spans if span.kind in ("producer", "consumer")] == ["send/cut", "execute/cut"]


def test_taskiq_in_memory(told: Capture):
    broker = taskiq_broker(taskiq.InMemoryBroker(await_inplace=True))

    async def run() -> None:
        await asks(broker, "cut", 7)()
        await broker.shutdown()

    asyncio.run(run())
    one_trace(told, "taskiq", "cut")
