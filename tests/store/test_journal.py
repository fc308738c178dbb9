from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivet.store.journal import Batch, Journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "traces"


def opened(path: Path, position: int = 1) -> Journal:
    journal = Journal(path)
    journal.open(position)
    return journal


def test_plans_outlive_the_process(path: Path):
    journal = opened(path)
    journal.plan(Batch(1, 200))
    journal.plan(Batch(201, 350))
    tokens = [journal.token(batch) for batch in journal.batches]
    journal.close()

    again = opened(path)
    assert again.batches == [Batch(1, 200), Batch(201, 350)]
    assert [again.token(batch) for batch in again.batches] == tokens
    again.close()


def test_halves_replace_what_failed_and_are_replayed_as_halves(path: Path):
    journal = opened(path)
    for batch in (Batch(1, 10), Batch(11, 20), Batch(21, 30)):
        journal.plan(batch)
    assert journal.split(Batch(11, 20), 15) == (Batch(11, 15), Batch(16, 20))
    journal.split(Batch(16, 20), 16)
    journal.close()

    again = opened(path)
    assert again.batches == [Batch(1, 10), Batch(11, 15), Batch(16, 16), Batch(17, 20), Batch(21, 30)]
    again.close()


def test_what_is_settled_is_forgotten_but_a_batch_cut_by_the_position_is_not(path: Path):
    journal = opened(path)
    for batch in (Batch(1, 10), Batch(11, 20), Batch(21, 30)):
        journal.plan(batch)
    journal.settle(11)
    assert journal.batches == [Batch(11, 20), Batch(21, 30)]
    journal.close()
    again = opened(path, position=15)
    assert again.batches == [Batch(11, 20), Batch(21, 30)]
    again.close()


def test_a_new_journal_has_tokens_of_its_own(path: Path, tmp_path: Path):
    """Or records of a new spool that start at 1 again would be taken for old ones and dropped without a word."""
    one, other = opened(path), opened(tmp_path / "other" / "traces")
    assert one.token(Batch(1, 2)) != other.token(Batch(1, 2))
    one.close(), other.close()


@settings(max_examples=60)  # each example syncs a dozen times
@given(cut=st.integers(min_value=0, max_value=200))
def test_a_torn_tail_loses_only_plans_that_were_never_acted_on(tmp_path_factory: pytest.TempPathFactory, cut: int):
    path = tmp_path_factory.mktemp("torn") / "traces"
    journal = opened(path)
    planned = [Batch(n * 10 + 1, n * 10 + 10) for n in range(8)]
    for batch in planned:
        journal.plan(batch)
    journal.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: max(whole.index(b"\n") + 1, len(whole) - cut)])

    again = opened(path)
    assert again.batches == planned[: len(again.batches)]
    kept = path.read_bytes()
    again.plan(Batch(1000, 1001))
    assert path.read_bytes() == kept + b"1000 1001\n"
    again.close()
