"""SQL and Redis against the real servers: one span a statement, whatever stands on top of the driver."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
import redis.asyncio
import sqlalchemy
from alembic import command
from alembic.config import Config
from running_stores import running_postgres
from sqlalchemy.ext.asyncio import create_async_engine

import trivet
from trivet.testing import Capture


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE accounts (id int PRIMARY KEY, plan text)")
        yield server.dsn


def in_activity(uri: str, statement: str) -> str:
    """What the server's own view says of the session that ran `statement` last."""
    with psycopg.connect(uri) as connection:
        found = connection.execute("SELECT query FROM pg_stat_activity WHERE query LIKE %s", (f"{statement}%",))
        return found.fetchone()[0]


def test_psycopg(told: Capture, postgres: str):
    with psycopg.connect(postgres) as connection:
        connection.execute("INSERT INTO accounts VALUES (%s, %s)", (1, "pro"))
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT * FROM nowhere")
    span = told.spans.one("INSERT accounts").has(
        {
            "db.system.name": "postgresql",
            "db.operation.name": "INSERT",
            "db.collection.name": "accounts",
            "db.query.text": "INSERT INTO accounts VALUES (%s, %s)",
            "db.namespace": "postgres",
        }
    )
    assert span.kind == "client"
    told.spans.one("SELECT nowhere").failed("nowhere").has({"error.type": "UndefinedTable"})


def test_the_server_can_tell_whose_statement_it_runs(told: Capture, postgres: str):
    with psycopg.connect(postgres) as connection:
        connection.execute("SELECT 'mine'")
        span = told.spans.one("SELECT", **{"db.query.text": "SELECT 'mine'"})
        assert in_activity(postgres, "SELECT 'mine'") == (
            f"SELECT 'mine' /*traceparent='00-{span.trace_id}-{span.span_id}-01'*/"
        )


def test_psycopg_async(told: Capture, postgres: str):
    async def count() -> int:
        async with await psycopg.AsyncConnection.connect(postgres) as connection:
            cursor = await connection.execute("SELECT count(*) FROM accounts")
            return (await cursor.fetchone())[0]

    with trivet.span("outer"):
        asyncio.run(count())
    assert told.spans.tree() == "outer\n  SELECT accounts (client)"


def test_sqlalchemy_is_one_span_and_its_driver_none(told: Capture, postgres: str):
    engine = sqlalchemy.create_engine(postgres.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("SELECT plan FROM accounts WHERE id = :id"), {"id": 1})
        span = told.spans.one("SELECT accounts")
        assert f"-{span.span_id}-" in in_activity(postgres, "SELECT plan FROM accounts")
        with pytest.raises(sqlalchemy.exc.ProgrammingError):
            connection.execute(sqlalchemy.text("SELECT * FROM nowhere"))
    engine.dispose()
    told.spans.one("SELECT nowhere").failed("nowhere")
    assert {span.scope for span in told.spans if span.name.endswith("accounts")} == {"trivet.sqlalchemy"}


def test_sqlalchemy_async_and_in_bulk(told: Capture, tmp_path: Path, postgres: str):
    async def insert() -> None:
        engine = create_async_engine(postgres.replace("postgresql://", "postgresql+psycopg://"))
        async with engine.begin() as connection:
            await connection.execute(
                sqlalchemy.text("INSERT INTO accounts VALUES (:id, :plan)"),
                [{"id": 20, "plan": "team"}, {"id": 21, "plan": "pro"}],
            )
        await engine.dispose()

    with trivet.span("outer"):
        asyncio.run(insert())
    told.spans.one("INSERT accounts").under("outer").has({"db.operation.batch.size": 2})


def test_asyncpg(told: Capture, postgres: str):
    asyncpg = pytest.importorskip("asyncpg")

    async def ask() -> None:
        connection = await asyncpg.connect(postgres)
        assert await connection.fetchval("SELECT count(*) FROM accounts WHERE id > $1", 0) > 0
        await connection.close()

    asyncio.run(ask())
    told.spans.one("SELECT accounts").has({"db.system.name": "postgresql", "db.namespace": "postgres"})


ENV = """
from alembic import context
from sqlalchemy import create_engine
with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
STEP = """\"\"\"{doc}\"\"\"
from alembic import op
revision, down_revision = {revision!r}, {before!r}
def upgrade():
    op.execute("{up}")
def downgrade():
    op.execute("SELECT 1")
"""


def test_alembics_steps(told: Capture, tmp_path: Path):
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENV)
    steps = [
        ("0001", None, "create", "CREATE TABLE t (x int)"),
        ("0002", "0001", "fill", "INSERT INTO nowhere VALUES (1)"),
    ]
    for revision, before, doc, up in steps:
        step = STEP.format(revision=revision, before=before, doc=doc, up=up)
        (tmp_path / "versions" / f"{revision}.py").write_text(step)
    config = Config()
    config.set_main_option("script_location", str(tmp_path))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", f"sqlite:///{tmp_path / 'shop.db'}")
    command.upgrade(config, "0001")
    with pytest.raises(sqlalchemy.exc.OperationalError):
        command.upgrade(config, "0002")
    command.downgrade(config, "base")
    up, down = told.spans.one("upgrade 0001"), told.spans.one("downgrade 0001")
    up.under("alembic").has({"alembic.revision": "0001", "alembic.message": "create", "alembic.direction": "upgrade"})
    told.spans.one("CREATE t").under("upgrade 0001")
    told.spans.one("upgrade 0002").failed("nowhere").under("alembic")
    assert (up.error, down.error, len(told.spans.all("alembic"))) == (None, None, 3)


def test_redis_commands_and_pipelines(told: Capture, redis_url: str):
    with redis.Redis.from_url(redis_url) as client:
        client.set("video:7", "secret")
        with client.pipeline() as pipeline:
            pipeline.get("video:7").incr("views")
            pipeline.execute()
        with pytest.raises(redis.ResponseError):
            client.incr("video:7")
    set_, pipeline, incr = told.spans
    assert (set_.name, set_.attributes["db.query.text"], set_.kind) == ("SET", "SET video:7 ?", "client")
    pipeline.has({"db.query.text": "GET video:7\nINCRBY views ?", "db.operation.batch.size": 2})
    incr.failed()
    assert "secret" not in told.spans.tree("db.query.text")


def test_waiting_for_work_is_no_trace(told: Capture, redis_url: str):
    with redis.Redis.from_url(redis_url) as client:
        assert client.blpop(["jobs"], timeout=0.01) is None
        assert not told.spans
        with trivet.span("take"):
            client.blpop(["jobs"], timeout=0.01)
    assert told.spans.tree() == "take\n  BLPOP (client)"


def test_redis_async(told: Capture, redis_url: str):
    async def ask() -> None:
        async with redis.asyncio.Redis.from_url(redis_url) as client:
            await client.get("video:7")
            async with client.pipeline() as pipeline:
                await pipeline.get("video:7").execute()

    asyncio.run(ask())
    assert told.spans.names == ["GET", "PIPELINE"]
