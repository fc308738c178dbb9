"""What is decoded where, and the processes that decode what is large or JSON."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from receive.asking import JSON, eventually, post, trace_body
from receive.serving import Serving

from trivet.errors import Invalid, TooLarge, Unavailable
from trivet.otlp.json_mapping import to_json
from trivet.receive import decode_child
from trivet.receive.decode import INLINE_BYTES, Decoder
from trivet.receive.decode_pool import DecodePool
from trivet.settings import GiB

BODY = trace_body(3)


@pytest.fixture
def pool() -> Iterator[DecodePool]:
    pool = DecodePool(2, GiB)
    yield pool
    pool.close()


def children_of(process: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True).stdout
    return [pid for pid in map(int, listed.split()) if is_decoder(pid)]


def is_decoder(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as command:
            return b"decode_child" in command.read()
    except FileNotFoundError:
        return False


def decoders() -> list[int]:
    return children_of(os.getpid())


def test_ordinary_protobuf_needs_no_process(pool: DecodePool):
    decoder = Decoder(pool)
    assert asyncio.run(decoder.decode("traces", BODY, json=False)) == (BODY, 3)
    with pytest.raises(Invalid):
        asyncio.run(decoder.decode("traces", b"\x0a\x7f", json=False))
    assert decoders() == []


def test_large_protobuf_is_counted_in_a_process(pool: DecodePool):
    large = BODY * (INLINE_BYTES // len(BODY) + 1)
    assert asyncio.run(Decoder(pool).decode("traces", large, json=False)) == (large, len(large) // len(BODY) * 3)
    assert len(decoders()) == 1
    with pytest.raises(Invalid, match="traces"):
        asyncio.run(Decoder(pool).decode("traces", large[:-1], json=False))


def test_json_is_translated_in_a_process(pool: DecodePool):
    assert asyncio.run(Decoder(pool).decode("traces", to_json("traces", BODY), json=True)) == (BODY, 3)
    with pytest.raises(Invalid, match="JSON"):
        asyncio.run(Decoder(pool).decode("traces", b"[", json=True))
    assert len(decoders()) == 1


def test_there_are_never_more_processes_than_allowed(pool: DecodePool):
    async def many() -> list[tuple[bytes, int]]:
        text = to_json("traces", BODY)
        return await asyncio.gather(*(pool.translate("traces", text) for _ in range(50)))

    assert asyncio.run(many()) == [(BODY, 3)] * 50
    assert len(decoders()) <= 2


def test_a_process_that_ended_is_replaced(pool: DecodePool):
    text = to_json("traces", BODY)
    asyncio.run(pool.translate("traces", text))
    (first,) = decoders()
    os.kill(first, signal.SIGKILL)
    assert asyncio.run(pool.translate("traces", text)) == (BODY, 3)
    assert decoders() != [first]


def test_a_body_that_wants_more_memory_than_allowed_is_refused():
    pool = DecodePool(1, 400 * 1024 * 1024)
    try:
        with pytest.raises(TooLarge, match="decode_memory"):
            asyncio.run(pool.translate("traces", b'{"resourceSpans":[' + b"{}," * 8_000_000 + b"{}]}"))
        assert asyncio.run(pool.translate("traces", to_json("traces", BODY))) == (BODY, 3)
    finally:
        pool.close()


def test_a_large_body_leaves_no_large_process(pool: DecodePool):
    large = BODY * (decode_child.LARGE_BYTES // len(BODY) + 1)
    asyncio.run(pool.count("traces", large))
    eventually(lambda: decoders() == [])
    assert asyncio.run(pool.count("traces", BODY)) == 3


def test_closing_ends_the_processes(pool: DecodePool):
    asyncio.run(pool.translate("traces", b"{}"))
    assert decoders()
    pool.close()
    assert decoders() == []


def test_a_process_that_cannot_run_is_our_trouble_and_not_the_senders(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    pool = DecodePool(1, GiB)
    with pytest.raises(Unavailable):
        asyncio.run(pool.translate("traces", b"{}"))
    monkeypatch.setattr(sys, "executable", "/nowhere")
    with pytest.raises(Unavailable, match="cannot start"):
        asyncio.run(pool.translate("traces", b"{}"))
    pool.close()


def test_a_process_does_not_outlive_a_killed_server():
    code = (
        "import asyncio, os, signal; from trivet.receive.decode_pool import DecodePool\n"
        "pool = DecodePool(1, 1 << 30); asyncio.run(pool.translate('traces', b'{}'))\n"
        "print(pool._idle.queue[0]._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL
    eventually(lambda: not is_decoder(int(killed.stdout)))


def test_a_process_ends_when_nothing_comes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decode_child, "IDLE_SECONDS", 0.05)
    reading, writing = os.pipe()
    with open(reading, "rb") as requests, open(writing, "wb"):
        assert decode_child._next_request(requests) is None


def test_the_loop_goes_on_while_a_large_json_body_is_read(start: Callable[..., Serving]):
    """Ordinary requests are answered while a body is in translation that takes a second of CPU."""
    serving = start(max_json_requests=1)
    text = to_json("traces", trace_body(20_000))
    with httpx.Client(base_url=serving.url, timeout=60) as client, ThreadPoolExecutor(1) as other:
        slow = other.submit(httpx.post, f"{serving.url}/v1/traces", content=text, headers=JSON, timeout=60)
        eventually(lambda: serving.receiver.admission.requests)
        assert post(client, BODY).status_code == 200
        assert not slow.done()
        assert slow.result().status_code == 200
    assert [record.items for record in serving.records("traces")] == [3, 20_000]
