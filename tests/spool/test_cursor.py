import threading

import pytest
from spool.disks import FailingDisk
from spool.reading import append, append_each

from trivet.spool.cursor import SLOT, Lag, Limits


def cursor_file(spools, name: str):
    return spools.directory / "traces" / "cursors" / f"{name}.cursor"


def test_a_place_is_kept_over_restarts(open_spool):
    spool = open_spool()
    append(spool, b"1", b"2", b"3")
    for position in (1, 2, 3, 2):
        open_spool().streams["traces"].cursor("store").move(position)
        assert open_spool().streams["traces"].cursors()["store"].position == position


def test_where_a_new_cursor_starts(open_spool):
    now = [0]
    spool = open_spool(segment_bytes=100, clock=lambda: now[0])
    for now[0] in (100, 110, 120, 130, 140):
        append(spool, b"x")
    stream = spool.streams["traces"]
    starts = {"oldest": 1, "newest": 6, 0: 1, 100: 1, 101: 2, 120: 3, 140: 5, 141: 6}
    assert {start: stream.cursor(f"c{start}", start=start).position for start in starts} == starts
    assert stream.cursor("coldest", start="newest").position == 1  # no longer new


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 101])
def test_names_that_are_no_file_names(open_spool, name):
    with pytest.raises(ValueError, match="no name for a cursor"):
        open_spool().streams["traces"].cursor(name)


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\0" * SLOT * 2, b"deadbeef {}\n"])
def test_a_damaged_cursor_starts_again_at_the_oldest_record_and_says_so(open_spool, damage):
    spool = open_spool()
    append(spool, b"1", b"2", b"3")
    spool.streams["traces"].cursor("store").move(3)
    open_spool.close()
    cursor_file(open_spool, "store").write_bytes(damage)
    spool = open_spool()
    assert spool.streams["traces"].cursors()["store"].position == 1
    assert "cursor store is damaged" in spool.findings[0]
    assert open_spool().findings == []


@pytest.mark.parametrize("slot", [0, 1])
@pytest.mark.parametrize("moves", [1, 2, 3])
def test_a_torn_write_leaves_the_place_before_it(open_spool, slot, moves):
    spool = open_spool()
    append(spool, *[b"x"] * 5)
    cursor = spool.streams["traces"].cursor("store")
    for position in range(2, 2 + moves):
        cursor.move(position)
    open_spool.close()
    path = cursor_file(open_spool, "store")
    raw = bytearray(path.read_bytes())
    raw[slot * SLOT + 20] ^= 0xFF
    path.write_bytes(raw)
    assert open_spool().streams["traces"].cursors()["store"].position in (moves, moves + 1)


def test_a_move_that_fails_has_not_happened(open_spool):
    disk = FailingDisk()
    spool = open_spool(disk=disk)
    append(spool, b"1", b"2")
    cursor = spool.streams["traces"].cursor("store")
    disk.fail["overwrite"] = 1
    with pytest.raises(OSError):
        cursor.move(2)
    assert cursor.position == 1
    cursor.move(2)
    assert open_spool().streams["traces"].cursors()["store"].position == 2


def test_pending(open_spool):
    now = [10**18]
    spool = open_spool(clock=lambda: now[0], segment_bytes=200)
    cursor = spool.streams["traces"].cursor("store")
    assert cursor.pending() == Lag(0, 0, 0.0) and cursor.pending_items() == 0
    append_each(spool, *[b"x" * 49] * 6)
    now[0] += 5 * 10**9
    assert cursor.pending() == Lag(6, 600, 5.0) and cursor.pending_items() == 6 * 49
    cursor.move(4)
    assert cursor.pending() == Lag(3, 300, 5.0) and cursor.pending_items() == 3 * 49
    cursor.move(7)
    assert cursor.pending() == Lag(0, 0, 0.0) and cursor.pending_items() == 0
    again = open_spool(clock=lambda: now[0]).streams["traces"].cursors()["store"]
    again.move(2)
    assert again.pending() == Lag(5, 500, 5.0) and again.pending_items() == 5 * 49


def test_a_removed_consumer_lets_go(open_spool):
    spool = open_spool(segment_bytes=1)
    stream = spool.streams["traces"]
    store, gone = stream.cursor("store"), stream.cursor("gone", keep=False)
    append_each(spool, b"1", b"2", b"3")
    store.move(4)
    assert spool.release() == 0
    gone.remove()
    assert spool.release() > 0 and stream.first == 3
    gone.move(3)  # its last breath
    assert list(open_spool().streams["traces"].cursors()) == ["store"]


def test_only_a_keeping_cursor_goes_back(open_spool):
    spool = open_spool()
    append(spool, b"1", b"2", b"3")
    stream = spool.streams["traces"]
    store, other = stream.cursor("store"), stream.cursor("other", keep=False)
    for cursor in (store, other):
        cursor.move(3)
        cursor.move(2)
    assert (store.position, other.position) == (2, 3)


def test_too_many_bytes_behind_skips_the_oldest(open_spool):
    spool = open_spool(segment_bytes=250)
    cursor = spool.streams["traces"].cursor("slow", keep=False, limits=Limits(bytes=450))
    append_each(spool, *[b"x" * 49] * 10)  # 100 bytes each
    spool.release()
    assert (cursor.position, cursor.skipped) == (7, 6 * 49)
    assert open_spool().streams["traces"].cursors()["slow"].skipped == 6 * 49


def test_too_old_skips_the_oldest(open_spool):
    now = [10**18]
    spool = open_spool(segment_bytes=250, clock=lambda: now[0])
    cursor = spool.streams["traces"].cursor("slow", keep=False, limits=Limits(age=60.0))
    for _ in range(10):
        append(spool, b"x")
        now[0] += 10 * 10**9
    spool.release()
    assert (cursor.position, cursor.skipped) == (5, 4)
    now[0] += 3600 * 10**9
    spool.release()
    assert (cursor.position, cursor.skipped) == (11, 10)


def test_a_cursor_that_keeps_is_never_pushed(open_spool):
    spool = open_spool(segment_bytes=1)
    cursor = spool.streams["traces"].cursor("store", limits=Limits(bytes=1, age=1e-9))
    append_each(spool, b"1", b"2", b"3")
    spool.release()
    assert (cursor.position, cursor.skipped) == (1, 0)


def test_moving_and_skipping_at_once_never_goes_back(open_spool):
    spool = open_spool(segment_bytes=10**6)
    append(spool, *[b"x"] * 400)
    cursor = spool.streams["traces"].cursor("slow", keep=False)
    threads = [
        threading.Thread(target=lambda step=step: [cursor.move(n) for n in range(1, 401, step)]) for step in (1, 3, 7)
    ]
    seen = [0]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen.append(cursor.position)
    assert seen == sorted(seen) and cursor.position == 400
    assert open_spool().streams["traces"].cursors()["slow"].position == 400
