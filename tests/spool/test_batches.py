import os
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from trivet.spool import batches
from trivet.spool.batches import ENTRY_SIZE, GENERATIONS, BatchKeys, Generation, identity

HOUR = 3600 * 10**9


def test_a_key_is_known_by_signal_tenant_and_batch():
    known = {
        identity(signal, tenant, batch) for signal in ("traces", "logs") for tenant in "ab" for batch in (b"1", b"2")
    }
    assert len(known) == 8 and all(len(key) == 16 for key in known)


@given(st.dictionaries(st.binary(min_size=16, max_size=16), st.integers(1, 2**63), max_size=50))
def test_what_was_added_is_found(entries):
    generation = Generation(32, 0)  # one bucket: every key meets every other
    for key, number in entries.items():
        generation.add(key, number, 0)
    assert {key: generation.find(key) for key in entries} == entries
    assert generation.find(b"\xff" * 16) == entries.get(b"\xff" * 16)


def test_a_key_across_two_entries_is_not_found():
    generation = Generation(1, 0)
    generation.add(b"a" * 16, 0, 0)
    generation.add(b"b" * 16, 0, 0)
    raw = b"a" * 16 + bytes(8) + b"b" * 16 + bytes(8)
    across = {raw[at : at + 16] for at in range(1, len(raw) - 16) if at % ENTRY_SIZE}
    assert all(generation.find(key) is None for key in across)


def test_keys_are_remembered_for_their_time_and_then_forgotten():
    keys = BatchKeys(memory=24 * 3600, limit=1000)
    numbers = {}
    for hour in range(60):
        numbers[hour] = os.urandom(16)
        keys.add(numbers[hour], hour + 1, hour * HOUR)
        for earlier, key in numbers.items():
            if earlier >= hour - 24:
                assert keys.find(key) == earlier + 1
            elif earlier < hour - 24 - 2 * (24 // GENERATIONS + 1):
                assert keys.find(key) is None


def test_never_more_keys_than_allowed_and_the_newest_stay():
    keys, entries = BatchKeys(memory=24 * 3600, limit=800), [os.urandom(16) for _ in range(5000)]
    for number, key in enumerate(entries):
        keys.add(key, number, number)
        assert len(keys) <= 800
    assert all(keys.find(key) == number for number, key in enumerate(entries) if number >= 5000 - 600)


def test_a_million_keys_cost_thirty_megabytes():
    tracemalloc.start()
    keys = BatchKeys(memory=24 * 3600, limit=200_000)
    for number in range(175_000):
        keys.add(number.to_bytes(16, "big"), number, number)
    taken = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, batches.__file__)])
    tracemalloc.stop()
    size = sum(trace.size for trace in taken.traces)  # not what other threads of this process took meanwhile
    assert len(keys) == 175_000 and 24 <= size / len(keys) < 32
