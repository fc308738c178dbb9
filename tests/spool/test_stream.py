import asyncio
import os
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spool.conftest import DEFAULTS
from spool.reading import append, append_each, bodies

from trivet.spool.segment import Segment
from trivet.spool.spool import Spool
from trivet.spool.stream import Stream


def segments(spools, signal: str = "traces"):
    return sorted((spools.directory / signal).glob("*.spool"))


def flip(path, offset: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[offset] ^= 0x10
    path.write_bytes(raw)


def test_an_empty_stream(open_spool):
    stream = open_spool().streams["traces"]
    assert (stream.first, stream.last) == (1, 0)
    assert stream.read(1, max_bytes=10) == []


def test_reading_keeps_to_its_limits_but_gives_one_at_least(open_spool):
    spool = open_spool(segment_bytes=250)
    append_each(spool, *[b"%d" % n * 100 for n in range(10)])
    stream = spool.streams["traces"]
    assert [r.number for r in stream.read(1, max_bytes=1)] == [1]
    assert [r.number for r in stream.read(3, max_bytes=250)] == [3, 4]
    assert [r.number for r in stream.read(3, max_bytes=10**6, max_records=4)] == [3, 4, 5, 6]
    assert [r.number for r in stream.read(9, max_bytes=10**6)] == [9, 10]
    assert stream.read(11, max_bytes=10**6) == []


def test_reading_from_before_what_is_kept(open_spool):
    spool = open_spool(segment_bytes=1)
    append_each(spool, b"1", b"2", b"3")
    spool.streams["traces"].cursor("store").move(3)
    spool.release()
    assert [r.number for r in spool.streams["traces"].read(1, max_bytes=100)] == [3]
    assert spool.streams["traces"].first == 3


def test_a_reader_beside_the_writer_sees_whole_records_in_order(open_spool):
    spool = open_spool(segment_bytes=5000)
    stream, seen = spool.streams["traces"], []

    def reader() -> None:
        while len(seen) < 500:
            stream.wait(len(seen) + 1, 10)
            seen.extend(stream.read(len(seen) + 1, max_bytes=3000))

    thread = threading.Thread(target=reader)
    thread.start()
    for start in range(0, 500, 20):
        append(spool, *(b"%d" % n * (n % 50) for n in range(start, start + 20)))
    thread.join(30)
    assert [(r.number, r.body) for r in seen] == [(n + 1, b"%d" % n * (n % 50)) for n in range(500)]


# ---- waiting


def test_waiting_ends_with_the_record_or_the_time(open_spool):
    spool = open_spool()
    stream = spool.streams["traces"]
    assert not stream.wait(1, 0.01)
    arrived = []
    thread = threading.Thread(target=lambda: arrived.append(stream.wait(2, 30)))
    thread.start()
    append(spool, b"1")
    assert not arrived
    append(spool, b"2")
    thread.join(10)
    assert arrived == [True] and stream.wait(1, 0)


def test_a_coroutine_may_wait_too(open_spool):
    spool = open_spool()
    stream = spool.streams["traces"]

    async def main() -> None:
        waiting = [asyncio.ensure_future(stream.arrival(number)) for number in (1, 2, 2)]
        await spool.append("traces", b"1", items=1)
        await waiting[0]
        assert not waiting[1].done()
        waiting[2].cancel()
        await spool.append("traces", b"2", items=1)
        await asyncio.wait_for(waiting[1], 10)
        await stream.arrival(1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stream.arrival(3), 0.01)

    asyncio.run(main())
    assert not stream._watchers


def test_a_waiter_whose_loop_is_gone_disturbs_nobody(open_spool):
    spool = open_spool()
    loop = asyncio.new_event_loop()
    waiting = loop.create_task(spool.streams["traces"].arrival(1))
    loop.run_until_complete(asyncio.sleep(0))
    waiting.cancel()
    future = next(iter(spool.streams["traces"]._watchers))
    loop.run_until_complete(asyncio.gather(waiting, return_exceptions=True))
    loop.close()
    spool.streams["traces"]._watchers.add(future)
    assert append(spool, b"x") == [1]


def test_nobody_spins_before_records_that_cannot_be_read(open_spool):
    spool = open_spool(segment_bytes=10**6)
    append(spool, b"good", b"bad body")
    stream = spool.streams["traces"]
    (path,) = segments(open_spool)
    flip(path, path.stat().st_size - 1)
    assert [r.number for r in stream.read(1, max_bytes=100)] == [1]
    assert stream.read(2, max_bytes=100) == []
    assert not stream.wait(2, 0.01)
    assert stream.wait(1, 0.01)
    append(spool, b"next")
    assert stream.wait(2, 0.01)
    assert [r.number for r in stream.read(2, max_bytes=100)] == [3]


# ---- damage


def test_a_damaged_body_is_skipped_counted_once_and_kept_aside(open_spool):
    spool = open_spool(segment_bytes=10**6)
    append(spool, b"first", b"second", b"third")
    path = segments(open_spool)[0]
    flip(path, path.read_bytes().index(b"second"))
    for _ in range(3):
        assert bodies(spool) == {1: b"first", 3: b"third"}
    stream = spool.streams["traces"]
    assert stream.damaged.count == 1
    assert len(spool.findings) == 1 and "record 2" in spool.findings[0]
    (kept,) = (open_spool.directory / "traces" / "aside").iterdir()
    assert b"\x63econd" in kept.read_bytes() and kept.name in spool.findings[0]


def test_a_damaged_header_in_an_old_segment_is_found_by_its_reader(open_spool):
    spool = open_spool(segment_bytes=400)
    append_each(spool, *[b"%d" % n * 50 for n in range(20)])
    path = segments(open_spool)[1]
    flip(path, 20)
    found = bodies(open_spool())
    assert len(found) == 19 and all(body == b"%d" % (number - 1) * 50 for number, body in found.items())


def test_a_torn_tail_is_cut_and_said(open_spool):
    append(open_spool(), b"whole")
    open_spool.close()
    (path,) = segments(open_spool)
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(path.read_bytes()[:30])
    spool = open_spool()
    assert spool.findings == [
        "traces: cut 30 bytes of unfinished records from the end; a copy is in traces/aside/"
        + next((open_spool.directory / "traces" / "aside").iterdir()).name
    ]
    assert path.stat().st_size == size
    assert open_spool().findings == []
    assert append(open_spool(), b"next") == [2]


def test_a_record_cut_from_the_end_keeps_its_number(open_spool):
    append(open_spool(), b"one", b"two")
    open_spool.close()
    (path,) = segments(open_spool)
    flip(path, path.stat().st_size - 1)
    assert append(open_spool(), b"three") == [3]
    assert bodies(open_spool()) == {1: b"one", 3: b"three"}


@settings(max_examples=60)
@given(data=st.data())
def test_a_flipped_bit_anywhere_costs_one_record_at_most(tmp_path_factory, data):
    directory = tmp_path_factory.mktemp("spool")
    spool = Spool(directory, **{**DEFAULTS, "segment_bytes": 500})
    spool.open()
    for group in range(6):
        append(spool, b"%d" % group * 60, b"!" * group)
    expected = bodies(spool)
    spool.close()
    path = data.draw(st.sampled_from(sorted((directory / "traces").glob("*.spool"))))
    flip(path, data.draw(st.integers(0, path.stat().st_size - 1)))
    again = Spool(directory, **DEFAULTS)
    again.open()
    found = bodies(again)
    assert found.items() <= expected.items() and len(expected) - len(found) <= 1
    (number,) = append(again, b"next")
    assert number >= 13 and bodies(again) == {**found, number: b"next"}
    again.close()


def test_what_is_kept_aside_is_bounded(open_spool, monkeypatch):
    monkeypatch.setattr("trivet.spool.damage.MAX_FILES", 3)
    spool = open_spool(segment_bytes=10**6)
    append(spool, *[b"record"] * 20)
    (path,) = segments(open_spool)
    raw = path.read_bytes().replace(b"record", b"broken")
    path.write_bytes(raw[:-6] + b"record")
    assert [*bodies(spool)] == [20]
    assert spool.streams["traces"].damaged.count == 19
    assert len(list((open_spool.directory / "traces" / "aside").iterdir())) == 3


# ---- where things are


def test_number_within_and_number_at(open_spool):
    now = [0]
    spool = open_spool(segment_bytes=450, clock=lambda: now[0])
    for now[0] in range(1000, 1200, 10):
        append(spool, b"x" * 49)  # 100 bytes

    def check(stream: Stream) -> None:
        assert [stream.number_within(size) for size in (0, 1, 100, 101, 950, 2000, 9999)] == [21, 21, 20, 20, 12, 1, 1]
        for time_ in range(990, 1220):
            assert stream.number_at(time_) == min(21, max(1, (time_ - 1000 + 9) // 10 + 1))

    check(spool.streams["traces"])
    check(open_spool(clock=lambda: now[0]).streams["traces"])


def test_reading_from_anywhere_in_a_big_segment(open_spool):
    spool = open_spool(segment_bytes=10**8)
    append(spool, *[os.urandom(1000) for _ in range(1000)])
    stream = spool.streams["traces"]
    for first in (1, 2, 64, 65, 66, 500, 999, 1000):
        assert stream.read(first, max_bytes=1)[0].number == first


def test_reading_is_cheap(open_spool):
    """A guard against the quadratic, not a benchmark: 20 thousand records in reads of a hundred."""
    spool = open_spool(segment_bytes=10**8)
    append(spool, *[b"x" * 300] * 20_000)
    stream, position, started = spool.streams["traces"], 1, time.process_time()
    while records := stream.read(position, max_bytes=10**9, max_records=100):
        position = records[-1].number + 1
    assert position == 20_001 and time.process_time() - started < 2


def test_number_at_while_a_segment_has_just_begun(open_spool):
    """The writer has made the file, and its first group is not durable yet."""
    spool = open_spool(segment_bytes=1, clock=lambda: 1000)
    append_each(spool, b"1", b"2")
    stream = spool.streams["traces"]
    stream.begin(Segment.new(stream.directory, 3))
    assert [stream.number_at(at) for at in (999, 1000, 1001)] == [1, 1, 3]
    assert [stream.number_within(size) for size in (104, 103, 52, 51)] == [1, 2, 2, 3]
    assert stream.lag(1).records == 2 and stream.items_between(1, 3) == 2
    assert [record.number for record in stream.read(1, max_bytes=100)] == [1, 2]
