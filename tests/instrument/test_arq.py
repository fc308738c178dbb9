"""arq on a real Redis: one trace from who sends a job to every attempt at it."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import arq
import arq.worker
import pytest
from arq.connections import RedisSettings
from instrument.queue_traces import one_trace, providers, work

import trivet
from trivet.instrument import catalogue
from trivet.testing import Capture

pytestmark = pytest.mark.filterwarnings("default")


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

    other_month = datetime.now().month % 12 + 1  # once, whatever the time is
    with_arq(redis_url, queue, nothing, cron_jobs=[arq.cron(tick, month=other_month, run_at_startup=True)])
    send = told.spans.one("send cron:tick")
    assert send.parent_id is None
    told.spans.one("process cron:tick").under("send cron:tick")
    told.spans.one("SET").under("process cron:tick")
