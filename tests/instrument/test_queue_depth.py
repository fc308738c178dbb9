"""How many jobs wait, as the workers of real queues find out: the first job at work looks at what is left."""

import asyncio
import gc
import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import arq
import bullmq
import dramatiq
import huey
import pytest
import redis
import rq
import saq
from arq.connections import RedisSettings
from celery import Celery
from celery.contrib.testing.worker import start_worker
from dramatiq.brokers.redis import RedisBroker
from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation
from running_stores import running_redis
from sdk.collector import until
from taskiq.receiver import Receiver
from taskiq_redis import ListQueueBroker

from trivet.demo.redis import Redis
from trivet.instrument.depth import DEPTHS, client_like
from trivet.testing import Capture

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.usefixtures("logging_as_it_was")]
Depth = dict[str, int]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server
        gc.collect()


@pytest.fixture
def url(server: Redis) -> str:
    with redis.Redis.from_url(server.url) as client:
        client.flushall()
    return server.url


class Looking:
    """What the jobs do: the first of them looks."""

    def __init__(self, system: str, queue: str):
        self.about = {"messaging.system": system, "messaging.destination.name": queue}
        self.seen: list[Depth] = []
        self.enough = threading.Event()

    def __call__(self) -> None:
        if not self.seen:
            observed = until(observe)
            assert all(each.attributes.items() >= self.about.items() for each in observed)
            self.seen.append({each.attributes["trivet.queue.state"]: each.value for each in observed})
        self.enough.set()


def observe() -> list[Observation]:
    """As a report of metrics does."""
    return list(DEPTHS.observe(CallbackOptions()))


def test_arq(told: Capture, url: str):
    look = Looking("arq", "video")

    async def job(ctx: dict[str, Any]) -> None:
        look()

    async def run() -> None:
        settings = RedisSettings.from_dsn(url)
        pool = await arq.create_pool(settings, default_queue_name="video")
        for _ in range(3):
            await pool.enqueue_job("job")
        await pool.enqueue_job("job", _defer_by=3600)
        functions = [arq.worker.func(job, name="job")]
        worker = arq.Worker(functions, redis_settings=settings, queue_name="video", handle_signals=False, burst=True,
                            max_jobs=1, max_burst_jobs=3, poll_delay=0.01)  # fmt: skip
        await worker.main()
        await worker.close()
        await pool.aclose()

    asyncio.run(run())
    assert look.seen == [{"waiting": 3, "delayed": 1}], "the one at work is in the queue until it has ended"


def test_bullmq(told: Capture, url: str):
    look = Looking("bullmq", "video")

    async def run() -> None:
        options = {"connection": url}
        queue = bullmq.Queue("video", options)
        for more in ({}, {}, {"priority": 3}, {"delay": 3_600_000}):
            await queue.add("job", {}, more)
        await queue.close()

        async def job(job: bullmq.Job, token: str) -> None:
            look()

        worker = bullmq.Worker("video", job, options)
        await asyncio.to_thread(look.enough.wait, 20)
        await worker.close()

    asyncio.run(run())
    assert look.seen == [{"waiting": 2, "delayed": 1}]


def test_celery(told: Capture, url: str):
    app, look = Celery("shop", broker=url, backend=url), Looking("celery", "celery")
    app.conf.update(worker_hijack_root_logger=False)

    @app.task(name="job")
    def job() -> None:
        look()

    for priority in [0] * 10 + [6] * 10:
        job.apply_async(priority=priority, ignore_result=True)
    with start_worker(app, pool="solo", concurrency=1, perform_ping_check=False, loglevel="error"):
        assert look.enough.wait(20)
    assert 16 <= look.seen[0]["waiting"] < 20, "it may fetch four at a time, of both priorities"


def test_dramatiq(told: Capture, url: str):
    broker, look = RedisBroker(url=url), Looking("dramatiq", "video")

    @dramatiq.actor(broker=broker, queue_name="video", actor_name="job")
    def job() -> None:
        look()

    for delay in (*[None] * 7, 3_600_000):
        job.send_with_options(delay=delay)
    worker = dramatiq.Worker(broker, worker_timeout=20, worker_threads=1)
    worker.start()
    assert look.enough.wait(20)
    worker.stop()
    broker.close()
    broker.client.close()
    assert look.seen[0]["waiting"] == 5, "it fetches two ahead"


def test_huey(told: Capture, url: str):
    app, look = huey.RedisHuey("video", url=url), Looking("huey", "video")

    @app.task(name="job")
    def job() -> None:
        look()

    for _ in range(3):
        job()
    consumer = app.create_consumer(workers=1, periodic=False, check_worker_health=False)
    app.add_schedule(job.s(delay=3600))
    consumer.start()
    assert look.enough.wait(20)
    consumer.stop(graceful=True)
    app.storage.pool.disconnect()
    assert look.seen == [{"waiting": 2, "delayed": 1}]


LOOK: list[Looking] = []


def look_once() -> None:
    LOOK[0]()


def test_rq(told: Capture, url: str):
    LOOK[:] = [Looking("rq", "video")]
    connection = redis.Redis.from_url(url)
    queue = rq.Queue("video", connection=connection)
    for _ in range(3):
        queue.enqueue(look_once)
    queue.enqueue_in(timedelta(hours=1), look_once)
    rq.SimpleWorker([queue], connection=connection).work(burst=True)
    connection.close()
    assert LOOK[0].seen == [{"waiting": 2, "delayed": 1}]


def test_saq(told: Capture, url: str):
    look = Looking("saq", "video")

    async def job(ctx: dict[str, Any]) -> None:
        look()

    async def run() -> None:
        queue = saq.Queue.from_url(url, name="video")
        for _ in range(3):
            await queue.enqueue("job")
        worker = saq.Worker(queue, [("job", job)], concurrency=1, dequeue_timeout=0.1)
        working = asyncio.create_task(worker.start())
        await asyncio.to_thread(look.enough.wait, 20)
        worker.event.set()
        await working
        await queue.disconnect()

    asyncio.run(run())
    assert look.seen == [{"waiting": 2}]


def test_taskiq(told: Capture, url: str):
    broker, look = ListQueueBroker(url, queue_name="video"), Looking("taskiq", "video")

    @broker.task(task_name="job")
    async def job() -> None:
        look()

    async def run() -> None:
        await broker.startup()
        for _ in range(4):
            await job.kiq()
        enough = asyncio.Event()
        listening = asyncio.create_task(Receiver(broker, max_async_tasks=1, run_startup=False).listen(enough))
        await asyncio.to_thread(look.enough.wait, 20)
        enough.set()
        await job.kiq()  # it looks for the end after the next one
        await asyncio.wait_for(listening, 20)
        await broker.shutdown()

    asyncio.run(run())
    assert 1 <= look.seen[0]["waiting"] <= 3


def test_nobody_asks_who_does_not_want_to_know_or_was_forked(told: Capture, url: str):
    told.clear()  # the store was emptied
    with redis.Redis.from_url(url) as client:
        asked = lambda: {"waiting": [("LLEN", "list")]}  # noqa: E731
        DEPTHS.begin(None)
        DEPTHS.watch("test", "list", client.connection_pool, asked)
        assert observe() == []
        DEPTHS.begin(metrics.get_meter_provider())
        DEPTHS.watch("test", "list", client.connection_pool, asked)
        assert [each.value for each in until(observe)] == [0]
        if (child := os.fork()) == 0:
            os._exit(len(observe()))
    assert os.waitpid(child, 0)[1] == 0
    assert not told.spans, "to ask is no work of the program's"


def test_a_store_that_is_away_or_silent_costs_a_report_nothing_but_the_figure(told: Capture):
    with redis.Redis(host="127.0.0.1", port=1) as client:
        DEPTHS.watch("test", "list", client.connection_pool, lambda: {"waiting": [("LLEN", "list")]})
        assert observe() == []


@pytest.mark.parametrize("pool", [redis.ConnectionPool, redis.asyncio.ConnectionPool])
def test_its_own_connection_leads_where_the_workers_does(pool: Callable[..., Any]):
    there = pool.from_url("rediss://me:word@store:7000/3?ssl_cert_reqs=none")
    with client_like(there) as client:
        kept = client.connection_pool.connection_kwargs
        assert (kept["host"], kept["port"], kept["db"], kept["username"], kept["password"]) == (
            "store", 7000, 3, "me", "word",
        )  # fmt: skip
        assert (client.connection_pool.connection_class, kept["ssl_cert_reqs"]) == (redis.SSLConnection, "none")
        assert kept["socket_timeout"] == 2
