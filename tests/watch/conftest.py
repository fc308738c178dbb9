from collections.abc import Iterator

import psycopg
import pytest
from running_stores import running_postgres

TABLES = "CREATE TABLE accounts (id int PRIMARY KEY, used int); INSERT INTO accounts VALUES (1, 0), (2, 0)"


@pytest.fixture(scope="session")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL with a table `accounts` of two rows."""
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute(TABLES)
        yield server.dsn
