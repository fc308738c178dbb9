import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivet.spool.segment import READ_BLOCK, Damage, Entry, Segment, body_of

BODIES = [b"a", b"b" * 300, b"", b"c" * 5000, b"d" * 40]


def write(directory: Path, bodies: list[bytes], first: int = 7) -> Segment:
    segment = Segment.new(directory, first)
    data = b""
    for number, body in enumerate(bodies, first):
        data += segment.pack(number, 10**18 + number, b"tenant", b"k" * 16, number, body) + body
    segment.path.write_bytes(data)
    segment.size, segment.last, segment.index = len(data), first + len(bodies) - 1, None
    return segment


def read(segment: Segment, block: int = READ_BLOCK) -> tuple[dict[int, bytes], list[Damage]]:
    """(body by number, damage); a body that fails its CRC counts as damage."""
    found, damage = {}, []
    with segment.window(block) as window:
        for part in segment.walk(window):
            body = body_of(window, part) if isinstance(part, Entry) else None
            if body is None:
                damage.append(part if isinstance(part, Damage) else Damage(part.offset, part.end, part.number))
            else:
                found[part.number] = body
    return found, damage


EXPECTED = dict(enumerate(BODIES, 7))


@pytest.mark.parametrize("block", [1, 64, 4096, READ_BLOCK])
def test_records_come_back_as_they_were(tmp_path, block):
    assert read(write(tmp_path, BODIES), block) == (EXPECTED, [])


def test_headers_carry_everything(tmp_path):
    segment = write(tmp_path, [b"x", b"yy"])
    with segment.window(64) as window:
        entries = list(segment.walk(window))
    assert [(e.number, e.received, e.items, e.tenant, e.batch, e.length) for e in entries] == [
        (7, 10**18 + 7, 7, "tenant", b"k" * 16, 1),
        (8, 10**18 + 8, 8, "tenant", b"k" * 16, 2),
    ]


def test_the_name_says_where_it_begins(tmp_path):
    segment = write(tmp_path, BODIES)
    again = Segment.named(segment.path)
    assert (again.first, again.mark, again.size) == (7, segment.mark, segment.size)
    assert Segment.named(tmp_path / "notes.txt") is None


def test_segments_begun_again_at_a_number_sort_by_age(tmp_path):
    names = [Segment.new(tmp_path, 7, attempt).path.name for attempt in range(5)]
    assert names == sorted(names)


@settings(max_examples=200)
@given(data=st.data())
def test_a_flipped_bit_costs_at_most_the_record_it_hits(tmp_path_factory, data):
    segment = write(tmp_path_factory.mktemp("s"), BODIES)
    raw = bytearray(segment.path.read_bytes())
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    segment.path.write_bytes(raw)
    found, damage = read(segment)
    assert len(damage) <= 1 and all(damaged.offset <= bit // 8 < damaged.end for damaged in damage)
    missing = EXPECTED.keys() - found.keys()
    assert len(missing) == len(damage)
    assert found == {number: body for number, body in EXPECTED.items() if number not in missing}


@settings(max_examples=100)
@given(cut=st.integers(0, 7000))
def test_a_cut_leaves_the_records_before_it(tmp_path_factory, cut):
    segment = write(tmp_path_factory.mktemp("s"), BODIES)
    ends = [0]
    with segment.window(READ_BLOCK) as window:
        ends += [entry.end for entry in segment.walk(window)]
    segment.size = min(cut, segment.size)
    os.truncate(segment.path, segment.size)
    found, damage = read(segment)
    whole = sum(end <= segment.size for end in ends[1:])
    assert found == dict(list(EXPECTED.items())[:whole])
    assert damage == ([] if segment.size in ends else [Damage(ends[whole], segment.size)])


@settings(max_examples=100)
@given(garbage=st.binary(max_size=3000), at=st.integers(0, 5))
def test_garbage_between_records_is_stepped_over(tmp_path_factory, garbage, at):
    segment = write(tmp_path_factory.mktemp("s"), BODIES)
    with segment.window(READ_BLOCK) as window:
        offset = [*(entry.offset for entry in segment.walk(window)), segment.size][at]
    raw = segment.path.read_bytes()
    segment.path.write_bytes(raw[:offset] + garbage + raw[offset:])
    segment.size += len(garbage)
    assert read(segment) == (EXPECTED, [Damage(offset, offset + len(garbage))] if garbage else [])


def test_a_zeroed_page_costs_what_lies_in_it(tmp_path):
    segment = write(tmp_path, [b"%d" % n * 100 for n in range(100)])
    with segment.window(READ_BLOCK) as window:
        untouched = {entry.number for entry in segment.walk(window) if entry.end <= 4096 or entry.offset >= 8192}
    raw = bytearray(segment.path.read_bytes())
    raw[4096:8192] = bytes(4096)
    segment.path.write_bytes(raw)
    assert read(segment)[0].keys() == untouched and len(untouched) > 60


def test_a_damaged_mark_alone_costs_nothing(tmp_path):
    segment = write(tmp_path, BODIES)
    raw = bytearray(segment.path.read_bytes())
    raw[:8] = bytes(8)
    segment.path.write_bytes(raw)
    assert read(segment) == (EXPECTED, [])


def test_a_record_inside_a_body_is_not_taken_for_one(tmp_path):
    """A sender cannot know the mark; even records of another segment, sent back to us, stay what they are."""
    other = write(tmp_path, BODIES)
    segment = write(tmp_path, [other.path.read_bytes(), b"after"])
    raw = bytearray(segment.path.read_bytes())
    raw[9] ^= 1  # the outer header is damaged, so reading looks for the next one
    segment.path.write_bytes(raw)
    assert read(segment)[0] == {8: b"after"}


def test_numbers_of_the_next_segment_are_leftovers(tmp_path):
    segment = write(tmp_path, BODIES)
    segment.limit = 9
    assert read(segment) == ({7: BODIES[0], 8: BODIES[1]}, [])


def test_sectors_that_cannot_be_read_come_as_zeros(tmp_path, monkeypatch):
    segment = write(tmp_path, [b"%d" % n * 100 for n in range(100)])
    real = os.pread

    def bad_sector(fd: int, size: int, offset: int) -> bytes:
        if offset < 8192 and offset + size > 4096:
            raise OSError(errno.EIO, "Input/output error")
        return real(fd, size, offset)

    monkeypatch.setattr(os, "pread", bad_sector)
    found, damage = read(segment)
    assert damage and len(found) > 60 and 106 in found


def test_the_index_finds_records_by_number_place_and_time(tmp_path):
    segment = write(tmp_path, [os.urandom(20_000) for _ in range(50)])
    index = segment.indexed()
    with segment.window(READ_BLOCK) as window:
        entries = list(segment.walk(window))
    for entry in entries:
        offset, items = index.before(entry.number)
        assert entry.offset - 100_000 < offset <= entry.offset
        assert items == sum(e.items for e in entries if e.offset < offset)
        assert offset == index.before_offset(entry.offset)
        assert index.before_time(entry.received + 1) == offset
        assert segment.items_before(entry.number) == sum(e.items for e in entries if e.number < entry.number)
    assert segment.begun() == 10**18 + 7


def test_a_released_segment_reads_as_empty(tmp_path):
    segment = write(tmp_path, BODIES)
    segment.path.unlink()
    assert read(segment) == ({}, [])
