import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spool.disks import FailingDisk

from trivet.spool.disk import Disk
from trivet.spool.ledger import Chunk, Ledger, chunks_of

KEYS = [(os.urandom(16), number, 10**18 + number) for number in range(3)]


def chunk(first: int = 1, keys: int = 3, newest: int = 10**18) -> Chunk:
    packed = b"".join(
        key + number.to_bytes(8, "little") + received.to_bytes(8, "little") for key, number, received in KEYS[:keys]
    )
    return Chunk(os.urandom(8), first, 42, newest, packed)


def ledger(directory: Path, *, disk: Disk | None = None, memory: float = 1.0, limit: int = 10**6) -> Ledger:
    return Ledger(directory, disk=disk or Disk(), say=print, memory=memory, limit=limit)


def test_chunks_come_back(tmp_path):
    chunks = [chunk(n, keys=n) for n in range(4)]
    first = ledger(tmp_path)
    assert first.open() == []
    for each in chunks:
        first.write(each)
    first.close()
    second = ledger(tmp_path)
    assert second.open() == chunks
    assert list(chunks[3].entries()) == KEYS
    second.write(chunks[0])
    second.close()
    assert ledger(tmp_path).open() == [*chunks, chunks[0]]


@settings(max_examples=100)
@given(data=st.data())
def test_a_damaged_file_keeps_what_stands_before(data):
    chunks = [chunk(n) for n in range(3)]
    raw = bytearray(b"".join(each.encoded() for each in chunks))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    assert list(chunks_of(bytes(raw))) == chunks[: at // len(chunks[0].encoded())]
    assert list(chunks_of(bytes(raw[:at]))) == chunks[: at // len(chunks[0].encoded())]


def test_damage_is_said(tmp_path, capsys):
    first = ledger(tmp_path)
    first.open()
    first.write(chunk())
    first.close()
    with (tmp_path / "ledger" / "0000000001.ledger").open("ab") as file:
        file.write(b"torn")
    second = ledger(tmp_path)
    assert len(second.open()) == 1
    assert "damaged after byte" in capsys.readouterr().out


def test_after_a_failed_write_the_next_chunk_gets_a_file_of_its_own(tmp_path):
    disk = FailingDisk()
    failing = ledger(tmp_path, disk=disk)
    failing.open()
    failing.write(chunk(1))
    disk.fail["writev"] = 1
    with pytest.raises(OSError):
        failing.write(chunk(2))
    failing.write(chunk(3))
    failing.close()
    assert [each.first for each in ledger(tmp_path).open()] == [1, 3]


def test_old_files_go_and_the_newest_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("trivet.spool.ledger.FILE_BYTES", 100)
    keeping = ledger(tmp_path, memory=1.0)
    keeping.open()
    for second in range(5):
        keeping.write(chunk(second, newest=second * 10**9))
    keeping.forget(now=4 * 10**9)
    keeping.close()
    assert [each.first for each in ledger(tmp_path).open()] == [3, 4]


def test_no_more_keys_are_kept_than_are_remembered(tmp_path, monkeypatch):
    monkeypatch.setattr("trivet.spool.ledger.FILE_BYTES", 100)
    keeping = ledger(tmp_path, memory=1e9, limit=6)
    keeping.open()
    for first in range(20):
        keeping.write(chunk(first))
        keeping.forget(now=10**18)
    keeping.close()
    assert 2 <= len(ledger(tmp_path).open()) <= 4
