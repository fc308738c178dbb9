"""SAQ on a real Redis: one trace from who sends a job to every attempt at it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import saq
from instrument.queue_traces import one_trace, second_attempt, work

import trivet
from trivet.testing import Capture

pytestmark = pytest.mark.filterwarnings("default")


async def encode_by_saq(ctx: dict[str, Any], *, video: int) -> str:
    return work(video, ctx["job"].attempts)


async def slow_by_saq(ctx: dict[str, Any]) -> None:
    await asyncio.sleep(10)


def with_saq(url: str, name: str, send: Callable[[saq.Queue], Any], attempts: int) -> None:
    async def run() -> None:
        queue = saq.Queue.from_url(url, name=name)
        await send(queue)
        functions = [("encode", encode_by_saq), ("slow", slow_by_saq)]
        worker = saq.Worker(queue, functions, concurrency=1, dequeue_timeout=0.1)
        for _ in range(attempts):
            while not await worker.process():
                pass
        await queue.disconnect()

    asyncio.run(run())


def test_saq_is_one_trace(told: Capture, redis_url: str, queue: str):
    async def send(jobs: saq.Queue) -> None:
        with trivet.span("upload"):
            await jobs.enqueue("encode", video=7)

    with_saq(redis_url, queue, send, 1)
    one_trace(told, "saq")


def test_saq_tries_again(told: Capture, redis_url: str, queue: str):
    async def send(jobs: saq.Queue) -> None:
        with trivet.span("upload"):
            await jobs.enqueue("encode", video=8, retries=2)

    with_saq(redis_url, queue, send, 2)
    second_attempt(told, "saq.job.attempt")


def test_saq_jobs_that_take_too_long_and_what_is_there_already(told: Capture, redis_url: str, queue: str):
    async def send(jobs: saq.Queue) -> None:
        await jobs.enqueue("slow", timeout=0.05, key="once")
        await jobs.enqueue("slow", key="once")
        await jobs.enqueue("encode", video=7, key="cron:encode")

    with_saq(redis_url, queue, send, 2)
    first, again = told.spans.all("send slow")
    assert first.attributes.get("saq.job.duplicate") is None and again.attributes["saq.job.duplicate"] is True
    told.spans.one("process slow").failed("TimeoutError").under("send slow")
    assert told.spans.one("process encode").parent_id is None, "a periodic job begins a trace"
