"""The application on a real socket over a real store."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from emptied import empty, prepared
from serve.site import Site

from trivet.store.client import Address, Client
from trivet.store.engine import Engine

NOWHERE = Address("http://127.0.0.1:9", "nobody", "")


@pytest.fixture(scope="session")
def database(engine: Engine) -> Address:
    return prepared(engine.address, "test_serve")


@pytest.fixture
def store(database: Address) -> Iterator[Client]:
    """A blocking client to a database that these tests share, emptied."""
    client = Client(database)
    empty(client)
    yield client
    client.close()


@pytest.fixture
def serving() -> Iterator[Callable[..., Site]]:
    """Starts an application with parts of choice, by default without a store; stopped after the test."""
    with ExitStack() as stack:
        yield lambda address=NOWHERE, **parts: stack.enter_context(Site(address, **parts))


@pytest.fixture
def site(serving: Callable[..., Site]) -> Site:
    """An application without a store."""
    return serving()


@pytest.fixture
def stored(serving: Callable[..., Site], store: Client) -> Site:
    """An application over the test's own database."""
    return serving(store.address)
