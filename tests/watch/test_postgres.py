"""What is seen of a real PostgreSQL."""

from collections.abc import Iterator

import pytest
from cli.running import eventually
from watch.sessions import comment, holding, waiting

from trivet.errors import CannotStart
from trivet.watch.postgres import Postgres
from trivet.watch.waits import SpanAddress, Wait

MIGRATION, UPLOAD, OTHER = ("1" * 32, "a" * 16), ("2" * 32, "b" * 16), ("3" * 32, "c" * 16)
LOCK = f"LOCK TABLE accounts IN EXCLUSIVE MODE {comment(*MIGRATION)}"
UPDATE = f"UPDATE accounts SET used = 1 WHERE id = 1 {comment(*UPLOAD)}"


@pytest.fixture
def postgres(dsn: str) -> Iterator[Postgres]:
    made = Postgres(dsn)
    yield made
    made.close()


def looked(postgres: Postgres, count: int) -> list[Wait]:
    return eventually(lambda: (found := sorted(postgres.look(), key=by_application)) and len(found) == count and found)


def by_application(wait: Wait) -> str:
    return wait.waiting.session.application


def test_nobody_waits(postgres: Postgres):
    assert postgres.look() == []


def test_a_lock_of_a_table(postgres: Postgres, dsn: str):
    with holding(dsn, LOCK), waiting(dsn, UPDATE):
        [wait] = looked(postgres, 1)
        [later] = eventually(lambda: [each for each in postgres.look() if each.waiting.waited > 0.2])
    assert wait.waiting.session.span == SpanAddress(*UPLOAD)
    assert (wait.waiting.table, wait.waiting.mode) == ("accounts", "RowExclusiveLock")
    assert wait.holder.span == SpanAddress(*MIGRATION)
    assert (wait.holder.application, wait.holder.state) == ("migrate", "idle in transaction")
    assert later.waiting.waited > wait.waiting.waited


def test_a_lock_of_a_row_names_the_table_too(postgres: Postgres, dsn: str):
    first = f"UPDATE accounts SET used = 2 WHERE id = 1 {comment(*MIGRATION)}"
    with holding(dsn, first), waiting(dsn, UPDATE):
        [wait] = looked(postgres, 1)
    assert (wait.waiting.table, wait.waiting.mode) == ("accounts", "ShareLock")
    assert wait.holder.span == SpanAddress(*MIGRATION)


def test_the_second_of_a_queue_waits_for_the_holder_not_for_the_first(postgres: Postgres, dsn: str):
    index = f"LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE {comment(*OTHER)}"
    with holding(dsn, LOCK), waiting(dsn, index, "a"):
        looked(postgres, 1)
        with waiting(dsn, f"SELECT * FROM accounts {comment(*UPLOAD)}", "b"):
            first, second = looked(postgres, 2)
    assert second.waiting.blockers == [first.waiting.session.pid]
    assert first.holder.span == second.holder.span == SpanAddress(*MIGRATION)


def test_a_statement_of_any_length_keeps_its_comment(postgres: Postgres, dsn: str):
    long = f"UPDATE accounts SET used = 1 WHERE id IN ({', '.join(map(str, range(2000)))}) {comment(*UPLOAD)}"
    with holding(dsn, LOCK), waiting(dsn, long):
        [wait] = looked(postgres, 1)
    assert wait.waiting.session.span == SpanAddress(*UPLOAD)
    assert postgres.notes == []


def test_one_that_is_not_there_is_said(dsn: str):
    with pytest.raises(CannotStart, match="PostgreSQL cannot be reached"):
        Postgres("host=127.0.0.1 port=1 user=nobody")
