import asyncio
import os
import subprocess
import sys
import threading
import time

import pytest
from spool.disks import FailingDisk
from spool.reading import append, append_each, bodies, read_all

from trivet.errors import CannotStart, Full
from trivet.spool.disk import Disk
from trivet.spool.record import SIGNALS, Record
from trivet.spool.spool import RETRY_AFTER, Spool

HOUR = 3600 * 10**9
KEY = b"0123456789abcdef"


class Clock:
    def __init__(self, now: int = 10**18):
        self.now = now

    def __call__(self) -> int:
        return self.now


def test_a_record_carries_how_it_came(open_spool):
    spool = open_spool(clock=Clock(5))
    asyncio.run(spool.append("logs", b"body", items=3, tenant="ours", batch=KEY))
    assert read_all(spool, "logs") == [Record(1, 5, "ours", KEY, 3, b"body")]


def test_signals_are_numbered_apart(open_spool):
    spool = open_spool()
    for signal in SIGNALS:
        assert append(spool, b"a", b"b", signal=signal) == [1, 2]
    assert [bodies(spool, signal) for signal in SIGNALS] == [{1: b"a", 2: b"b"}] * 3


def test_numbers_go_on_after_reopening_whatever_was_released(open_spool):
    spool = open_spool(segment_bytes=1)
    cursor = spool.streams["traces"].cursor("store")
    append_each(spool, b"1", b"2", b"3")
    cursor.move(4)
    spool.release()
    spool = open_spool()
    assert append(spool, b"4") == [4]
    cursor = spool.streams["traces"].cursors()["store"]
    cursor.move(5)
    spool = open_spool()
    spool.release()
    assert append(spool, b"5") == [5]
    assert bodies(spool)[5] == b"5"


def test_a_number_that_a_consumer_has_passed_is_not_given_again(open_spool):
    """A power cut may take records that a consumer has read from a disk that lied about its sync."""
    spool = open_spool(segment_bytes=10**6)
    append(spool, b"1", b"2", b"3")
    spool.streams["traces"].cursor("store").move(4)
    open_spool.close()
    (path,) = (open_spool.directory / "traces").glob("*.spool")
    os.truncate(path, 0)
    spool = open_spool()
    assert append(spool, b"another") == [4]


@pytest.mark.parametrize("arguments", [{"batch": b"x" * 256}, {"items": -1}, {"items": 2**32}])
def test_what_no_record_can_hold_is_refused_and_disturbs_nobody(open_spool, arguments):
    spool = open_spool()
    with pytest.raises(ValueError, match="batch key"):
        asyncio.run(spool.append("traces", b"x", **{"items": 1, **arguments}))
    assert append(spool, b"y") == [1]


# ---- one server a directory


def test_two_spools_on_one_directory(open_spool):
    open_spool()
    other = Spool(open_spool.directory, segment_bytes=1, max_bytes=1, min_free_bytes=0, batch_memory=1)
    with pytest.raises(CannotStart, match=rf"{open_spool.directory} is in use .*process {os.getpid()}\)") as caught:
        other.open()
    assert "--data" in caught.value.hint


def test_another_process_on_the_directory(open_spool):
    """The other one is told who holds it, and the holder notices nothing."""
    spool = open_spool()
    script = """
import sys
from pathlib import Path
from trivet.spool.spool import Spool
Spool(Path(sys.argv[1]), segment_bytes=1, max_bytes=1, min_free_bytes=0, batch_memory=1).open()
"""
    done = subprocess.run([sys.executable, "-c", script, open_spool.directory], capture_output=True, text=True)
    assert done.returncode == 1 and f"in use by another server (process {os.getpid()})" in done.stderr
    assert append(spool, b"x") == [1]


def test_the_lock_goes_with_the_spool(open_spool):
    open_spool()
    assert append(open_spool(), b"x") == [1]


def test_a_directory_that_cannot_be_used(tmp_path):
    (tmp_path / "file").write_text("")
    spool = Spool(tmp_path / "file" / "spool", segment_bytes=1, max_bytes=1, min_free_bytes=0, batch_memory=1)
    with pytest.raises(CannotStart, match=r"cannot use the spool in .*: Not a directory"):
        spool.open()


# ---- batch keys


def test_a_resent_batch_is_not_appended_again(open_spool):
    spool = open_spool()
    assert append(spool, b"first", b"other", batches=[KEY, b"other key"]) == [1, 2]
    assert append(spool, b"again", batches=[KEY]) == [1]
    assert bodies(spool) == {1: b"first", 2: b"other"}


def test_the_same_key_on_another_signal_or_by_another_tenant_is_another(open_spool):
    spool = open_spool()
    append(spool, b"x", batches=[KEY])
    assert append(spool, b"x", batches=[KEY], signal="logs") == [1]
    assert asyncio.run(spool.append("traces", b"x", items=1, batch=KEY, tenant="other")) == 2


def test_resent_while_the_first_is_on_its_way(open_spool):
    spool = open_spool()
    assert append(spool, *[b"x"] * 20, batches=[KEY] * 20) == [1] * 20
    assert len(bodies(spool)) == 1


def test_a_resend_waits_on_although_the_first_sender_goes_away(open_spool):
    spool = open_spool()

    async def main() -> int:
        first = asyncio.ensure_future(spool.append("traces", b"x", items=1, batch=KEY))
        second = asyncio.ensure_future(spool.append("traces", b"x", items=1, batch=KEY))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert asyncio.run(main()) == 1
    assert bodies(spool) == {1: b"x"}


def test_a_failed_append_forgets_its_key(open_spool):
    disk = FailingDisk()
    spool = open_spool(disk=disk)
    disk.fail["sync"] = 1
    answers = append(spool, b"lost", b"lost", batches=[KEY, KEY])
    assert all(isinstance(answer, Full) for answer in answers)
    assert append(spool, b"kept", batches=[KEY]) == [1]
    assert bodies(spool) == {1: b"kept"}


def test_keys_are_known_after_reopening(open_spool):
    append(open_spool(), b"x", batches=[KEY])
    assert append(open_spool(), b"y", batches=[KEY]) == [1]


def test_keys_are_known_after_their_segment_was_released_and_then_forgotten_in_time(open_spool):
    clock = Clock()
    spool = open_spool(segment_bytes=1, clock=clock)
    cursor = spool.streams["traces"].cursor("store")
    append(spool, b"x", batches=[KEY])
    append_each(spool, b"y", b"z")
    cursor.move(3)
    assert spool.release() > 0
    assert bodies(spool) == {3: b"z"}
    for _ in range(2):
        spool = open_spool(segment_bytes=1, clock=clock)
        assert append(spool, b"again", batches=[KEY]) == [1]
    clock.now += 25 * HOUR
    assert append(open_spool(clock=clock), b"later", batches=[KEY]) == [4]


def test_keys_of_a_killed_server_are_known(open_spool):
    """Its newest segment was not sealed, so the ledger has not heard of it."""
    spool = open_spool()
    append(spool, b"x", batches=[KEY])
    ledger = open_spool.directory / "traces" / "ledger"
    assert list(ledger.iterdir()) == []
    assert append(open_spool(), b"y", batches=[KEY]) == [1]
    assert len(list(ledger.iterdir())) == 1


# ---- room


def test_full_before_the_limit_is_passed(open_spool):
    spool = open_spool(max_bytes=10_000)
    spool.streams["traces"].cursor("store")
    answers = append_each(spool, *[b"x" * 900] * 15)
    assert [isinstance(answer, int) for answer in answers] == [True] * 10 + [False] * 5
    assert answers[-1].retry_after > 0 and "spool_max_bytes" in str(answers[-1])
    assert spool.bytes <= 10_000


def test_what_waits_counts(open_spool):
    spool = open_spool(max_bytes=10_000)
    answers = append(spool, *[b"x" * 900] * 15)
    assert sum(isinstance(answer, int) for answer in answers) <= 11 and spool.bytes < 11_000


def test_a_batch_refused_for_want_of_room_may_come_again(open_spool):
    spool = open_spool(max_bytes=1000)
    assert all(isinstance(answer, Full) for answer in append(spool, *[b"x" * 2000] * 3, batches=[KEY] * 3))
    assert append(spool, b"x" * 200, batches=[KEY]) == [1]
    assert append(spool, b"x" * 2000, batches=[KEY]) == [1]  # known: needs no room


def test_room_comes_back_with_release(open_spool):
    spool = open_spool(max_bytes=10_000)
    cursor = spool.streams["traces"].cursor("store")
    append_each(spool, *[b"x" * 900] * 10)
    assert spool.release() == 0
    cursor.move(11)
    assert spool.release() > 8000
    assert append(spool, b"x" * 900) == [11]


def test_what_has_just_refused_is_not_ready(open_spool, monkeypatch):
    spool = open_spool(max_bytes=1000)
    assert spool.refusal() is None
    append(spool, b"x" * 2000)
    assert "spool_max_bytes" in spool.refusal()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + RETRY_AFTER)
    assert spool.refusal() is None


def test_nothing_is_released_before_somebody_has_read_it(open_spool):
    spool = open_spool(segment_bytes=1)
    append_each(spool, b"1", b"2", b"3")
    assert spool.release() == 0
    assert len(bodies(spool)) == 3


def test_full_before_the_disk_is(open_spool):
    class SmallDisk(Disk):
        left = 20_000

        def free(self, path):
            return SmallDisk.left

    spool = open_spool(disk=SmallDisk(), min_free_bytes=10_000)
    assert append(spool, b"x" * 9000) == [1]
    (answer,) = append(spool, b"x" * 11_000)
    assert isinstance(answer, Full) and "min_free_bytes" in str(answer)


def test_a_full_disk_does_not_keep_consumers_from_making_room(open_spool):
    disk = FailingDisk()
    spool = open_spool(disk=disk, segment_bytes=1)
    cursor = spool.streams["traces"].cursor("store")
    append(spool, b"1", batches=[KEY])
    append_each(spool, b"2", b"3")
    disk.fail["create"] = 1  # the ledger's file
    cursor.move(3)
    assert spool.release() > 0
    assert bodies(spool) == {3: b"3"}
    assert append(open_spool(), b"again", batches=[KEY]) == [1]


def test_only_cursors_that_keep_make_it_full(open_spool):
    spool = open_spool(max_bytes=20_000)
    store, slow = (spool.streams["traces"].cursor(name, keep=name == "store") for name in ("store", "slow"))
    for number in range(1, 101):
        assert append(spool, b"x" * 900) == [number]
        store.move(number + 1)
        spool.release()
    assert slow.skipped + slow.pending_items() == 100 * 900
    assert slow.pending().bytes < 20_000
    assert sum("slow is too far behind" in finding for finding in spool.findings) == 1
    assert slow.position == slow.stream.first


def test_release_from_several_threads(open_spool):
    spool = open_spool(segment_bytes=500)
    cursor = spool.streams["traces"].cursor("store")
    append_each(spool, *[b"x" * 100] * 50)
    cursor.move(51)
    freed: list[int] = []
    threads = [threading.Thread(target=lambda: freed.append(spool.release())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(freed) + spool.bytes == 50 * (100 + 44 + len("default"))
