"""Celery and RQ on a real Redis: one trace from who sends a job to every attempt at it."""

from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import Celery, chain, chord
from celery.contrib.testing.worker import start_worker
from rq import Queue, Retry, SimpleWorker
from rq.scheduler import RQScheduler

import trivet
from trivet.testing import Capture

# Celery uses what redis-py has deprecated.
pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.usefixtures("logging_as_it_was")]


@pytest.fixture(scope="module")
def app(redis_url: str) -> Celery:
    app = Celery("shop", broker=redis_url, backend=redis_url)
    app.conf.update(worker_hijack_root_logger=False, broker_connection_retry_on_startup=True)

    @app.task(name="encode", bind=True, max_retries=1, default_retry_delay=0)
    def encode(self: Any, video: int) -> int:
        with trivet.span("transcode", video=video):
            if video == 13:
                raise ValueError("no decoder")
            if video == 8 and self.request.retries == 0:
                raise self.retry(exc=TimeoutError("busy"), countdown=0)
        return video

    return app


def sent(app: Celery, video: int) -> Any:
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="error"):
        with trivet.span("upload"):
            result = app.tasks["encode"].delay(video)
        try:
            return result.get(timeout=20)
        except ValueError:
            return None


def test_a_tasks_own_commands_are_told_and_celerys_are_not(told: Capture, app: Celery, redis_url: str):
    @app.task(name="count")
    def count() -> int:
        with redis.Redis.from_url(redis_url) as client:
            return client.incr("videos")

    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="error"):
        assert count.delay().get(timeout=20) == 1
    assert [span.name for span in told.spans if span.attributes.get("db.system.name") == "redis"] == ["INCRBY"]
    told.spans.one("INCRBY").under("process count")


def test_celery_is_one_trace(told: Capture, app: Celery):
    assert sent(app, 7) == 7
    send, process = told.spans.one("send encode"), told.spans.one("process encode")
    assert (send.parent.name, send.kind, process.parent.name, process.kind) == (
        "upload", "producer", "send encode", "consumer",
    )  # fmt: skip
    process.has(
        {
            "messaging.system": "celery", "messaging.destination.name": "celery", "celery.task.attempt": 1,
            "messaging.message.id": send.attributes["messaging.message.id"], "celery.task.state": "SUCCESS",
        }
    )  # fmt: skip
    assert process.attributes["trivet.queue.wait"] >= 0
    told.spans.one("transcode").under("process encode")


def test_a_celery_task_that_fails(told: Capture, app: Celery):
    sent(app, 13)
    told.spans.one("process encode").failed("no decoder").has({"error.type": "ValueError"})


def test_celery_tries_again_in_the_same_trace(told: Capture, app: Celery):
    assert sent(app, 8) == 8
    first, second = told.spans.all("process encode")
    first.failed("busy")
    assert (second.error, second.trace_id) == (None, first.trace_id)
    assert [span.attributes["celery.task.attempt"] for span in (first, second)] == [1, 2]


def test_celery_chains_and_chords_stay_in_the_trace(told: Capture, app: Celery):
    @app.task(name="add")
    def add(*numbers: Any) -> int:
        return sum(n if isinstance(n, int) else sum(n) for n in numbers)

    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="error"):
        with trivet.span("upload"):
            asked = chord([add.si(1, 2), add.si(3, 4)], chain(add.s(5), add.s(6))).delay()
        assert asked.get(timeout=20) == 21
    spans = [span for span in told.spans if span.kind in ("producer", "consumer")]
    assert {span.trace_id for span in spans} == {told.spans.one("upload").trace_id}
    assert [span.name for span in spans].count("process add") == 4


def encode(video: int) -> int:
    with trivet.span("transcode", video=video):
        if video == 13:
            raise ValueError("no decoder")
    return video


def test_rq_is_one_trace_and_its_worker_says_nothing_by_itself(told: Capture, redis_url: str):
    connection = redis.Redis.from_url(redis_url)
    queue = Queue("video", connection=connection)
    with trivet.span("upload"):
        queue.enqueue(encode, 7)
    SimpleWorker([queue], connection=connection).work(burst=True)
    process = told.spans.one("process video").under("upload").has({"messaging.system": "rq"})
    assert process.parent.name == "send video"
    told.spans.one("transcode").under("process video")
    others = [span.name for span in told.spans if span.trace_id != process.trace_id]
    assert others == []


def test_an_rq_job_that_fails_and_is_tried_again(told: Capture, redis_url: str):
    connection = redis.Redis.from_url(redis_url)
    queue = Queue("video", connection=connection)
    queue.enqueue(encode, 13, retry=Retry(max=1))
    SimpleWorker([queue], connection=connection).work(burst=True)
    attempts = told.spans.all("process video")
    assert [span.error for span in attempts] == ["ValueError: no decoder"] * 2
    assert [span.attributes["rq.job.attempt"] for span in attempts] == [1, 2]
    assert len({span.trace_id for span in attempts}) == 1


def test_rq_jobs_that_wait_for_another_or_for_their_time_stay_in_the_trace(told: Capture, redis_url: str):
    connection = redis.Redis.from_url(redis_url)
    queue = Queue("video", connection=connection)
    with trivet.span("upload"):
        first = queue.enqueue(encode, 7)
        queue.enqueue(encode, 9, depends_on=first)
        queue.enqueue_in(timedelta(seconds=0), encode, 11)
    scheduler = RQScheduler([queue], connection=connection)
    scheduler.acquire_locks()
    scheduler.enqueue_scheduled_jobs()
    scheduler.release_locks()
    SimpleWorker([queue], connection=connection).work(burst=True)
    trace_id = told.spans.one("upload").trace_id
    assert [(each.parent.name, each.trace_id) for each in told.spans.all("process video")] == [
        ("send video", trace_id), ("schedule video", trace_id), ("send video", trace_id),
    ]  # fmt: skip
    assert len(told.spans.all("send video")) == 2
