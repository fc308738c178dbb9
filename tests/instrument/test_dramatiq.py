"""dramatiq on a real Redis: one trace from who sends a job to every attempt at it."""

from collections.abc import Iterator

import dramatiq
import pytest
from dramatiq.brokers.redis import RedisBroker
from instrument.queue_traces import one_trace, second_attempt, spans_of, work

import trivet
from trivet.testing import Capture

pytestmark = pytest.mark.filterwarnings("default")


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
