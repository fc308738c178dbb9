import asyncio
import errno
import itertools
import os
import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spool.conftest import DEFAULTS
from spool.disks import FailingDisk, PowerCutDisk, StutteringDisk
from spool.reading import append, append_each, bodies, read_all

from trivet.errors import Full
from trivet.spool.disk import MAX_BUFFERS, Disk
from trivet.spool.spool import Spool


def test_a_group_is_synced_once(open_spool):
    class Counting(Disk):
        syncs = 0

        def sync(self, fd: int) -> None:
            Counting.syncs += 1
            super().sync(fd)

    spool = open_spool(disk=Counting(), segment_bytes=10**6)
    before = Counting.syncs
    assert append(spool, *(b"%d" % n for n in range(MAX_BUFFERS * 2))) == list(range(1, MAX_BUFFERS * 2 + 1))
    assert Counting.syncs - before < 20
    assert bodies(spool) == {n + 1: b"%d" % n for n in range(MAX_BUFFERS * 2)}


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_short_writes_are_carried_on(open_spool, step):
    spool = open_spool(disk=StutteringDisk(step))
    append(spool, b"a" * 50, b"b" * 500, b"c")
    assert bodies(spool) == {1: b"a" * 50, 2: b"b" * 500, 3: b"c"}


@pytest.mark.parametrize("what", ["writev", "sync", "create", "sync_directory"])
@pytest.mark.parametrize("before", [0, 3])
def test_a_failed_write_is_answered_full_and_leaves_nothing_behind(open_spool, what, before):
    disk = FailingDisk()
    spool = open_spool(disk=disk, segment_bytes=10**6 if what in ("writev", "sync") else 1)
    kept = [b"kept %d" % n for n in range(before)]
    append_each(spool, *kept)
    disk.fail[what] = 1
    (answer,) = append(spool, b"lost")
    assert isinstance(answer, Full) and answer.retry_after >= 1 and "Input/output error" in str(answer)
    assert append_each(spool, b"next", b"last") == [before + 1, before + 2]
    expected = dict(enumerate([*kept, b"next", b"last"], 1))
    assert bodies(spool) == expected
    assert not disk.synced_after_failure
    assert bodies(open_spool()) == expected


@pytest.mark.parametrize("cleaning", ["truncate", "unlink"])
@pytest.mark.parametrize("before", [0, 1])
def test_what_a_failed_sync_left_behind_is_never_read_beside_what_replaced_it(open_spool, cleaning, before):
    disk = FailingDisk()
    spool = open_spool(disk=disk, segment_bytes=10**6)
    append(spool, *[b"kept"] * before)
    disk.fail = {"sync": 1, cleaning: 1}
    assert isinstance(append(spool, b"written, not synced")[0], Full)
    append(spool, b"in its place")
    expected = dict(enumerate([b"kept"] * before + [b"in its place"], 1))
    assert bodies(spool) == expected
    again = open_spool()
    assert bodies(again) == expected
    assert again.findings == [] and again.streams["traces"].damaged.count == 0


def test_after_a_failure_nothing_is_tried_for_a_while(open_spool):
    disk = FailingDisk(errno.ENOSPC)
    spool = open_spool(disk=disk, pause=60)
    disk.fail["writev"] = 1
    assert "No space left" in str(append(spool, b"x")[0])
    (refused,) = append(spool, b"y")
    assert 0 < refused.retry_after <= 60
    assert append(spool, b"other", signal="logs") == [1]


def test_a_real_file_size_limit_refuses_and_loses_nothing(tmp_path):
    """RLIMIT_FSIZE is the real thing: the kernel cuts the write short and then refuses the rest."""
    script = """
import asyncio, resource, sys
from pathlib import Path
from trivet.errors import Full
from trivet.spool.spool import Spool
spool = Spool(Path(sys.argv[1]), segment_bytes=10**6, max_bytes=10**9, min_free_bytes=0, batch_memory=60, pause=0)
spool.open()
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
async def main():
    for n in range(20):
        try:
            print(await spool.append("traces", b"%d" % n * 1000, items=1), n)
        except Full as full:
            print("full", n, full)
asyncio.run(main())
spool.close()
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True)
    answers = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    acked = {int(number): b"%d" % int(n) * 1000 for number, n, *_ in answers if number != "full"}
    refused = [reason for number, _, *reason in answers if number == "full"]
    assert refused and "File too large" in refused[0][0] and len(acked) > 10
    spool = Spool(tmp_path, **DEFAULTS)
    spool.open()
    assert bodies(spool) == acked
    spool.close()


def test_nothing_is_acknowledged_that_a_power_cut_takes_away(open_spool, tmp_path):
    """Looks at what the disk would hold at every single acknowledgement, also while segments change."""
    disk = PowerCutDisk()
    spool = open_spool(disk=disk, segment_bytes=500)
    images = itertools.count()
    acked: dict[int, bytes] = {}

    async def one(body: bytes) -> None:
        number = await spool.append("traces", body, items=1)
        acked[number] = body
        image = tmp_path / f"image{next(images)}"
        disk.image(spool.directory, image)
        survivor = Spool(image, **DEFAULTS)
        survivor.open()
        assert acked.items() <= bodies(survivor).items()
        survivor.close()

    async def all_of_them() -> None:
        for size in (1, 3, 1, 5, 2, 1, 1, 8):
            await asyncio.gather(*(one(os.urandom(90)) for _ in range(size)))

    asyncio.run(all_of_them())
    assert len(acked) == 22 and len(list(spool.streams["traces"].directory.glob("*.spool"))) > 3


def test_a_power_cut_leaves_cursors_and_ledger_usable(open_spool, tmp_path):
    disk = PowerCutDisk()
    spool = open_spool(disk=disk, segment_bytes=200)
    cursor = spool.streams["traces"].cursor("store")
    keys = [bytes([n]) * 16 for n in range(20)]
    for round, key in enumerate(keys):
        append(spool, b"body of %d" % round * 10, batches=[key])
        cursor.move(round + 1)
        spool.release()
        disk.image(spool.directory, tmp_path / f"image{round}")
        survivor = Spool(tmp_path / f"image{round}", **DEFAULTS)
        survivor.open()
        assert survivor.streams["traces"].cursors()["store"].position == round + 1
        assert append(survivor, *[b"resent"] * (round + 1), batches=keys[: round + 1]) == list(range(1, round + 2))
        survivor.close()


def test_what_a_killed_server_wrote_but_never_synced_is_durable_before_it_is_read(open_spool, tmp_path):
    append(open_spool(), b"whole")
    open_spool.close()
    disk = PowerCutDisk()
    spool = open_spool(disk=disk)
    assert bodies(spool) == {1: b"whole"}
    disk.image(spool.directory, tmp_path / "image")
    survivor = Spool(tmp_path / "image", **DEFAULTS)
    survivor.open()
    assert bodies(survivor) == {1: b"whole"}
    survivor.close()


def test_a_sender_that_goes_away_disturbs_nobody(open_spool):
    spool = open_spool()

    async def main() -> int:
        going = asyncio.ensure_future(spool.append("traces", b"going", items=1))
        staying = asyncio.ensure_future(spool.append("traces", b"staying", items=1))
        await asyncio.sleep(0)
        going.cancel()
        return await staying

    assert asyncio.run(main()) == 2
    assert bodies(spool)[2] == b"staying"


def test_closing_commits_what_is_pending(tmp_path):
    class Slow(Disk):
        gate = threading.Event()

        def writev(self, fd, buffers):
            Slow.gate.wait(10)
            return super().writev(fd, buffers)

    spool = Spool(tmp_path, disk=Slow(), **DEFAULTS)
    spool.open()

    async def main() -> list[int]:
        appends = [asyncio.ensure_future(spool.append("traces", b"%d" % n, items=1)) for n in range(10)]
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(asyncio.to_thread(spool.close))
        Slow.gate.set()
        await closing
        with pytest.raises(Full):
            await spool.append("traces", b"too late", items=1)
        return await asyncio.gather(*appends)

    assert asyncio.run(main()) == list(range(1, 11))


def test_several_event_loops_may_append(open_spool):
    spool = open_spool()
    threads = [threading.Thread(target=append, args=(spool, *[b"x"] * 50)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [record.number for record in read_all(spool)] == list(range(1, 201))


@settings(max_examples=40)
@given(data=st.data())
def test_whatever_happens_acknowledged_records_are_read_back_exactly(tmp_path_factory, data):
    """Random groups, failures, restarts, and torn tails cut at any byte."""
    directory = tmp_path_factory.mktemp("spool")
    acked: dict[int, bytes] = {}
    unacked: set[bytes] = set()
    serial = itertools.count()
    disk = FailingDisk()
    for _ in range(data.draw(st.integers(1, 5), label="lives")):
        spool = Spool(directory, **{**DEFAULTS, "disk": disk, "segment_bytes": 600})
        spool.open()
        for size in data.draw(st.lists(st.integers(1, 6), max_size=6), label="groups"):
            sizes = data.draw(st.lists(st.integers(0, 300), min_size=size, max_size=size))
            group = [b"%d " % next(serial) + b"." * size for size in sizes]
            disk.fail = dict.fromkeys(data.draw(st.sets(st.sampled_from(["writev", "sync", "truncate"]))), 1)
            for body, answer in zip(group, append(spool, *group), strict=True):
                if isinstance(answer, int):
                    assert answer not in acked
                    acked[answer] = body
                else:
                    unacked.add(body)
        disk.fail = {}
        stream = spool.streams["traces"]
        assert bodies(spool) == acked
        spool.close()
        unacked |= tear(stream, data, serial)
        spool = Spool(directory, **DEFAULTS)
        spool.open()
        found = bodies(spool)
        spool.close()
        assert acked.items() <= found.items()
        extra = {number: body for number, body in found.items() if number not in acked}
        assert set(extra.values()) <= unacked and len(set(found.values())) == len(found)
        acked = found  # what was read once stays


def tear(stream, data, serial) -> set[bytes]:
    """Leaves what a crash in the middle of a group leaves: some of it written, then nothing or noise."""
    newest = max(stream.directory.glob("*.spool"), default=None)
    if newest is None:
        return set()
    segment = stream._segments[-1]
    group = [b"%d torn" % next(serial) for _ in range(3)]
    written = b"".join(
        segment.pack(number, 1, b"default", b"", 1, body) + body for number, body in enumerate(group, stream.next)
    )
    cut = data.draw(st.integers(0, len(written)), label="cut")
    noise = data.draw(st.binary(max_size=50), label="noise")
    with newest.open("ab") as file:
        file.write(written[:cut] + noise)
    return set(group)
