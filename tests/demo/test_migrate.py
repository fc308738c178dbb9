"""The migration on the real stores, with its index and without."""

import os

import psycopg
import pytest
from sqlalchemy import create_engine, text

from trivet.demo import migrate, tables
from trivet.demo.postgres import Postgres
from trivet.demo.redis import Redis


@pytest.fixture(autouse=True)
def settings(postgres: Postgres, redis: Redis, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", postgres.url)
    monkeypatch.setenv("REDIS_URL", redis.url)
    yield
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute("DROP INDEX IF EXISTS documents_email; TRUNCATE documents, subscriptions")


def test_with_its_index_every_account_is_moved_once(postgres: Postgres):
    migrate.migrate(calm=True)
    with psycopg.connect(postgres.dsn) as connection:
        moved = connection.execute("SELECT count(*), count(DISTINCT account), max(seats) FROM subscriptions").fetchone()
        plans = connection.execute(
            "SELECT count(*) FROM subscriptions JOIN accounts ON id = account WHERE accounts.plan = subscriptions.plan"
        ).fetchone()
    assert moved == (tables.ACCOUNTS, tables.ACCOUNTS, 20)
    assert plans == (tables.ACCOUNTS,)


def test_without_it_the_table_is_walked_for_every_account(postgres: Postgres):
    """The planner has no better idea either, whatever its statistics say: the walk is inside the loop."""
    engine = create_engine(os.environ["DATABASE_URL"])
    migrate.fetch_documents(engine, os.environ["REDIS_URL"])
    every = {"first": 1, "last": tables.ACCOUNTS}
    with engine.connect() as connection:
        plan = [row[0] for row in connection.execute(text(f"EXPLAIN {migrate.COPY}"), every)]
    engine.dispose()
    assert "Nested Loop" in plan[1]
    assert plan[-2].strip().startswith("->  Seq Scan on documents")


def test_it_keeps_writers_from_accounts_and_lets_readers_through(postgres: Postgres):
    with psycopg.connect(postgres.dsn) as holder, psycopg.connect(postgres.dsn) as other:
        holder.execute(migrate.LOCK)
        assert other.execute("SELECT id FROM accounts WHERE id = 1").fetchone() == (1,)
        other.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("UPDATE accounts SET used = used WHERE id = 1")
