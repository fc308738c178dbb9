"""The stores of the company, filled as the demo fills them."""

from collections.abc import Iterator

import pytest
from running_stores import running_postgres, running_redis
from sqlalchemy import create_engine

from trivet.demo import documents, tables
from trivet.demo.postgres import Postgres
from trivet.demo.redis import Redis


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        engine = create_engine(server.url)
        tables.create(engine)
        engine.dispose()
        yield server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        with documents.open_store(server.url) as store:
            documents.fill(store, seed=7)
        yield server
