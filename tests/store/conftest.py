"""Stores that are shared, and older ones."""

from collections.abc import Callable, Iterator

import pytest
from running_engine import connected

from trivet.store import migrations
from trivet.store.client import Address, Client
from trivet.store.engine import Engine


@pytest.fixture(scope="session")
def client(engine):
    """A blocking client to the shared engine, in its database `default`."""
    with connected(engine) as client:
        yield client


@pytest.fixture
def older(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Client]]:
    """`older(version)` is a client to a store of that version; dropped after the test."""
    address = Address(engine.address.url, engine.address.user, engine.address.password, "test_older")
    client = Client(address)

    def of(version: int) -> Client:
        known = {number: files for number, files in migrations.versions().items() if number <= version}
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "versions", lambda: known)
            migrations.migrate(client, address.database)
        return client

    yield of
    client.command(f"DROP DATABASE {address.database} SYNC")
    client.close()
