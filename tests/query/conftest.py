"""What reads the store, on a database that these tests share."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest
from emptied import empty, prepared

from trivet.query.ask import Ask, Budget
from trivet.settings import MiB
from trivet.store.client import Address, AsyncClient, Client
from trivet.store.engine import Engine

T = TypeVar("T")
Asking = Callable[[Callable[[Ask], Awaitable[T]]], T]

BUDGET = Budget(seconds=10, memory=512 * MiB, rows=10**9)


@pytest.fixture(scope="session")
def database(engine: Engine) -> Address:
    return prepared(engine.address, "test_query")


@pytest.fixture
def address(database: Address) -> Address:
    """The database, emptied."""
    client = Client(database)
    empty(client)
    client.close()
    return database


@pytest.fixture
def store(address: Address) -> Iterator[Client]:
    """A blocking client to it."""
    client = Client(address)
    yield client
    client.close()


@pytest.fixture
def asking(address: Address) -> Asking:
    """`asking(lambda ask: …)` runs one coroutine with a way to the store."""

    def run(work: Callable[[Ask], Awaitable[T]]) -> T:
        async def with_client() -> T:
            client = AsyncClient(address)
            try:
                return await work(Ask(client, budget=BUDGET, at_once=4))
            finally:
                await client.close()

        return asyncio.run(with_client())

    return run
