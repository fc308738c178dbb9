"""arq, dramatiq, huey and taskiq on a real Redis: one trace from who sends a job to every attempt at it."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import arq
import arq.worker
import dramatiq
import pytest
import taskiq
from arq.connections import RedisSettings
from dramatiq.brokers.redis import RedisBroker
from huey import RedisHuey, SqliteHuey, crontab
from huey.api import Huey
from huey.serializer import SignedSerializer
from running_stores import running_redis
from taskiq.instrumentation import TaskiqInstrumentor
from taskiq.middlewares.opentelemetry_middleware import OpenTelemetryMiddleware
from taskiq.schedule_sources import LabelScheduleSource
from taskiq_redis import ListQueueBroker

import trivet
from trivet.instrument import catalogue
from trivet.testing import Capture

pytestmark = pytest.mark.filterwarnings("default")  # arq uses what redis-py and asyncio have deprecated


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server.url
        gc.collect()  # a connection that goes after its Redis would fail the session


@pytest.fixture
def queue(request: pytest.FixtureRequest) -> str:
    return request.node.name


def work(video: int, attempt: int) -> str:
    """What the jobs of all these queues do."""
    with trivet.span("transcode", video=video):
        if video == 13 or (video == 8 and attempt == 1):
            raise ValueError("no decoder")
    return "done"


def one_trace(told: Capture, system: str, job: str = "encode") -> None:
    """From the upload to the work, and nothing beside it."""
    assert spans_of(told) == f"upload\n  send {job} (producer)\n    process {job} (consumer)\n      transcode", system
    send, process = told.spans.one(f"send {job}"), told.spans.one(f"process {job}")
    both = {"messaging.system": system, "messaging.destination.name": send.attributes["messaging.destination.name"]}
    send.has({**both, "messaging.operation.name": "send", "messaging.operation.type": "send"})
    process.has({**both, "messaging.operation.name": "process", "messaging.operation.type": "process"})
    assert process.attributes["messaging.message.id"] == send.attributes["messaging.message.id"] != ""
    assert 0 <= process.attributes["trivet.queue.wait"] < 20
    assert send.error is process.error is None
    assert told.metrics.value("messaging.process.duration", **both, **{"messaging.operation.name": "process"})


def spans_of(told: Capture) -> str:
    """The tree without log records."""
    return "\n".join(line for line in told.spans.tree().splitlines() if "·" not in line)


def second_attempt(told: Capture, attempt: str) -> None:
    """Two attempts in one trace, of which the first failed."""
    first, second = told.spans.all("process encode")
    first.failed("ValueError: no decoder").has({"error.type": "ValueError", attempt: 1})
    assert [event.name for event in first.events] == ["exception"]
    second.has({attempt: 2})
    assert (second.error, second.trace_id, list(second.events)) == (None, first.trace_id, [])
    assert first.trace_id == told.spans.one("upload").trace_id


# arq ------------------------------------------------------------------------------------------------------------------


async def encode(ctx: dict[str, Any], video: int) -> str:
    try:
        return work(video, ctx["job_try"])
    except ValueError:
        if video == 8:
            raise arq.Retry(defer=0.01) from None
        raise


async def slow(ctx: dict[str, Any]) -> None:
    await asyncio.sleep(10)


async def tick(ctx: dict[str, Any]) -> None:
    await ctx["redis"].set("ticked", 1)


def with_arq(url: str, queue: str, send: Callable[[arq.ArqRedis], Any], **options: Any) -> None:
    async def run() -> None:
        settings = RedisSettings.from_dsn(url)
        pool = await arq.create_pool(settings, default_queue_name=queue)
        await send(pool)
        functions = [encode, arq.worker.func(slow, timeout=0.05)]
        worker = arq.Worker(functions, redis_settings=settings, queue_name=queue, poll_delay=0.01,
                            handle_signals=False, burst=True, **options)  # fmt: skip
        await worker.main()
        await worker.close()
        await pool.aclose()

    asyncio.run(run())


def uploads(video: int, **options: Any) -> Callable[[arq.ArqRedis], Any]:
    async def send(pool: arq.ArqRedis) -> None:
        with trivet.span("upload"):
            await pool.enqueue_job("encode", video, **options)

    return send


def test_arq_is_one_trace(told: Capture, redis_url: str, queue: str):
    with_arq(redis_url, queue, uploads(7))
    one_trace(told, "arq")
    told.spans.one("process encode").has({"arq.job.attempt": 1, "arq.job.function": "encode"})


def test_arq_tries_again(told: Capture, redis_url: str, queue: str):
    with_arq(redis_url, queue, uploads(8))
    first, second = told.spans.all("process encode")
    first.failed("Retry").has({"error.type": "Retry", "arq.job.attempt": 1})
    assert second.has({"arq.job.attempt": 2}).error is None
    assert {first.parent.name, second.parent.name} == {"send encode"}


def test_arq_jobs_that_fail_or_take_too_long(told: Capture, redis_url: str, queue: str):
    async def send(pool: arq.ArqRedis) -> None:
        await pool.enqueue_job("encode", 13)
        await pool.enqueue_job("slow")
        await pool.enqueue_job("unknown")

    with_arq(redis_url, queue, send)
    told.spans.one("process encode").failed("ValueError: no decoder").under("send encode")
    told.spans.one("process slow").failed("TimeoutError")
    told.spans.one("process unknown").failed("not found").has({"error.type": "JobExecutionFailed"})


def test_arq_waits_from_when_a_job_is_due(told: Capture, redis_url: str, queue: str):
    with_arq(redis_url, queue, uploads(7, _defer_by=0.3))
    assert told.spans.one("process encode").attributes["trivet.queue.wait"] < 0.25


def test_arq_a_job_from_an_uninstrumented_sender_begins_a_trace_and_the_same_job_is_sent_once(
    told: Capture, redis_url: str, queue: str
):
    async def send(pool: arq.ArqRedis) -> None:
        catalogue.restore("arq")
        await pool.enqueue_job("encode", 7, _job_id="once")
        catalogue.instrument(*providers())
        await pool.enqueue_job("encode", 7, _job_id="once")

    with_arq(redis_url, queue, send)
    assert told.spans.one("process encode").parent_id is None
    told.spans.one("send encode").has({"arq.job.duplicate": True})


def test_arq_cron_jobs_begin_traces(told: Capture, redis_url: str, queue: str):
    async def nothing(pool: arq.ArqRedis) -> None:
        await pool.enqueue_job("encode", 7)  # a burst ends when there is nothing to do

    with_arq(redis_url, queue, nothing, cron_jobs=[arq.cron(tick, run_at_startup=True)])
    send = told.spans.one("send cron:tick")
    assert send.parent_id is None
    told.spans.one("process cron:tick").under("send cron:tick")
    told.spans.one("SET").under("process cron:tick")


def providers() -> tuple[Any, Any]:
    from opentelemetry import metrics, trace

    return trace.get_tracer_provider(), metrics.get_meter_provider()


# dramatiq -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def broker(redis_url: str, queue: str) -> Iterator[RedisBroker]:
    broker = RedisBroker(url=redis_url, namespace=queue)

    tried: list[int] = []
    dramatiq.set_broker(broker)

    @dramatiq.actor(actor_name="encode", max_retries=1, min_backoff=1500, max_backoff=1500)
    def encode(video: int) -> None:
        tried.append(video)
        work(video, tried.count(video))

    @dramatiq.actor(actor_name="cut")
    def cut(encoded: None) -> None:
        broker.client.incr("cut")

    yield broker
    dramatiq.broker.global_broker = None
    broker.close()
    broker.client.close()


def drain(broker: RedisBroker) -> None:
    worker = dramatiq.Worker(broker, worker_timeout=20, worker_threads=1)
    worker.start()
    for name in broker.get_declared_queues():
        broker.join(name, interval=10, timeout=20_000)
    worker.join()
    worker.stop()


def test_dramatiq_is_one_trace(told: Capture, broker: RedisBroker):
    with trivet.span("upload"):
        broker.get_actor("encode").send(7)
    drain(broker)
    one_trace(told, "dramatiq")
    told.spans.one("process encode").has({"dramatiq.message.attempt": 1, "dramatiq.actor.name": "encode"})


def test_dramatiq_tries_again(told: Capture, broker: RedisBroker):
    with trivet.span("upload"):
        broker.get_actor("encode").send(8)
    drain(broker)
    second_attempt(told, "dramatiq.message.attempt")
    first, second = told.spans.all("process encode")
    assert first.parent_id == second.parent_id == told.spans.one("send encode").span_id, "tried again, sent once"
    assert second.attributes["trivet.queue.wait"] < 0.7, "not since it was sent"


def test_dramatiq_gives_up(told: Capture, broker: RedisBroker):
    with trivet.span("upload"):
        broker.get_actor("encode").send(13)
    drain(broker)
    assert [each.error for each in told.spans.all("process encode")] == ["ValueError: no decoder"] * 2


def test_dramatiq_pipelines_delays_and_the_actors_own_commands(told: Capture, broker: RedisBroker):
    with trivet.span("upload"):
        (broker.get_actor("encode").message(7) | broker.get_actor("cut").message()).run(delay=1000)
    drain(broker)
    assert spans_of(told) == (
        "upload\n"
        "  send encode (producer)\n"
        "    process encode (consumer)\n"
        "      transcode\n"
        "      send cut (producer)\n"
        "        process cut (consumer)\n"
        "          INCRBY (client)"
    )
    assert told.spans.one("process encode").attributes["trivet.queue.wait"] < 0.9, "it waits from when it is due"


# huey -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["redis", "signed", "sqlite"])
def huey(request: pytest.FixtureRequest, redis_url: str, tmp_path: Path) -> Iterator[Huey]:
    if request.param == "sqlite":
        huey: Huey = SqliteHuey(filename=str(tmp_path / "huey.db"))
    else:
        serializer = SignedSerializer("key", compression=True) if request.param == "signed" else None
        huey = RedisHuey(request.node.name, url=redis_url, serializer=serializer, blocking=False)

    @huey.task(name="encode", retries=0, context=True)
    def encode(video: int, task: Any) -> str:
        return work(video, 2 - task.retries)

    @huey.periodic_task(crontab(), name="tick")
    def tick() -> None:
        pass

    huey.encode = encode
    yield huey
    if hasattr(huey.storage, "conn") and request.param != "sqlite":
        huey.storage.pool.disconnect()
    else:
        huey.storage.close()


def consume(huey: Huey, tasks: int) -> None:
    """As its consumer's worker and scheduler do, until so many attempts have ended."""
    done = 0
    while done < tasks:
        for task in huey.read_schedule():
            huey.enqueue(task)
        task = huey.dequeue()
        if task is not None:
            done += bool(huey.ready_to_run(task))
            huey.execute(task)


def test_huey_is_one_trace(told: Capture, huey: Huey):
    with trivet.span("upload"):
        huey.encode(7)
    consume(huey, 1)
    one_trace(told, "huey")
    told.spans.one("process encode").has({"huey.task.attempt": 1, "huey.task.name": "encode"})


def test_huey_tries_again(told: Capture, huey: Huey):
    with trivet.span("upload"):
        huey.encode.schedule((8,), delay=0.01, retries=1, retry_delay=0.01)
    consume(huey, 2)
    second_attempt(told, "huey.task.attempt")
    assert {each.parent.name for each in told.spans.all("process encode")} == {"send encode"}
    assert all(each.attributes["trivet.queue.wait"] < 5 for each in told.spans.all("process encode"))
    assert len(told.spans.all("send encode")) == 1


def test_huey_chains_and_what_comes_periodically(told: Capture, huey: Huey):
    with trivet.span("upload"):
        huey.enqueue(huey.encode.s(7).then(huey.encode, 13))
    consume(huey, 1)
    second = told.spans.all("send encode")[1]
    assert second.parent.name == "process encode"
    for task in huey.read_periodic(datetime.now(UTC)):
        huey.enqueue(task)
    consume(huey, 2)
    assert told.spans.one("send tick").parent_id is None
    told.spans.one("process tick").under("send tick")


def test_huey_reads_what_others_sent_and_others_what_it_sent(told: Capture, huey: Huey):
    catalogue.restore("huey")
    huey.encode(7)
    catalogue.instrument(*providers())
    consume(huey, 1)
    assert told.spans.one("process encode").parent_id is None
    with trivet.span("upload"):
        huey.encode(7)
    catalogue.restore("huey")
    assert huey.dequeue().args == (7,)


# taskiq ---------------------------------------------------------------------------------------------------------------


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
