"""Limits on what is held and worked on at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from receive.asking import PROTOBUF, connected, eventually, post, request, status, trace_body
from receive.serving import Serving
from receive.spools import SlowDisk

from trivet.errors import Full, TooLarge
from trivet.receive.admission import Admission
from trivet.tokens import Tokens


@pytest.fixture
def admission() -> Admission:
    return Admission(Tokens(), max_body_bytes=100, max_requests=2, max_request_memory=150)


def test_bodies_share_the_memory(admission: Admission):
    with admission.body() as first, admission.body() as second:
        first.add(100)
        second.add(50)
        with pytest.raises(Full, match="max_request_memory") as raised:
            second.add(1)
        assert raised.value.retry_after
    assert admission.held_bytes == 0


def test_a_body_is_too_large_whatever_others_hold(admission: Admission):
    with admission.body() as body:
        body.add(60)
        with pytest.raises(TooLarge, match="max_body_bytes"):
            body.add(41)
        assert admission.held_bytes == 60
    assert admission.held_bytes == 0


def test_places_are_given_back_however_the_work_ends(admission: Admission):
    with admission.work(), admission.work(), pytest.raises(Full, match="max_requests"), admission.work():
        pass
    with pytest.raises(KeyError), admission.work():
        raise KeyError
    assert admission.requests == 0


def test_requests_over_the_limit_are_503_and_the_others_are_answered(start: Callable[..., Serving]):
    disk = SlowDisk()
    serving = start(disk, max_requests=4)
    with ThreadPoolExecutor(4) as threads:
        under_way = [threads.submit(httpx.post, f"{serving.url}/v1/traces", content=trace_body(), headers=PROTOBUF)
                     for _ in range(4)]  # fmt: skip
        eventually(lambda: disk.waiting == 4)
        with httpx.Client(base_url=serving.url) as client:
            refused = post(client, trace_body())
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert "max_requests" in status(refused).message
        serving.on_loop(disk.release())
        assert [one.result().status_code for one in under_way] == [200] * 4


def test_senders_who_dribble_take_no_places(start: Callable[..., Serving]):
    serving = start(max_requests=1)
    with connected(serving.port) as one, connected(serving.port) as two, httpx.Client(base_url=serving.url) as client:
        for connection in (one, two):
            connection.sendall(request(trace_body(), length=10_000))
        eventually(lambda: serving.receiver.admission.held_bytes == 2 * len(trace_body()))
        assert post(client, trace_body()).status_code == 200


def test_bodies_beyond_the_memory_are_503(start: Callable[..., Serving]):
    serving = start(max_request_memory=10_000)
    with connected(serving.port) as connection, httpx.Client(base_url=serving.url) as client:
        connection.sendall(request(b"\x0a\x00" * 4000, length=9000))
        eventually(lambda: serving.receiver.admission.held_bytes == 8000)
        refused = post(client, b"\x0a\x00" * 2000)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert "max_request_memory" in status(refused).message
        assert post(client, b"\x0a\x00" * 500).status_code == 200
