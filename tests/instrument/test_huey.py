"""huey on a real Redis and SQLite: one trace from who sends a job to every attempt at it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from huey import RedisHuey, SqliteHuey, crontab
from huey.api import Huey
from huey.serializer import SignedSerializer
from instrument.queue_traces import one_trace, providers, second_attempt, work

import trivet
from trivet.instrument import catalogue
from trivet.testing import Capture

pytestmark = pytest.mark.filterwarnings("default")


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
