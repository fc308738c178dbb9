"""Fixtures of the real parts: the engine once a run, a database of its own for every test, a whole server."""

import itertools
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from trivet.pipeline import Server
from trivet.sdk import api
from trivet.settings import GiB
from trivet.store.client import Address, Client
from trivet.store.engine import Engine
from trivet.store.migrations import migrate
from trivet.testing.server import running_server

_numbers = itertools.count(1)

# How long an example takes says more about the machine than about the code; by the clock a test fails here and there.
settings.register_profile("trivet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("trivet")

# A shell's background job ignores Ctrl-C, and what nohup runs ignores SIGHUP; so would every program that the tests
# start from there and send one.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The embedded engine, shared by the tests that do not harm it."""
    engine = Engine(tmp_path_factory.mktemp("engine"), memory=2 * GiB)
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
def address(engine: Engine) -> Address:
    """An empty database with the schema in it."""
    name = f"test_{next(_numbers)}"
    client = Client(Address(engine.address.url, engine.address.user, engine.address.password, name))
    migrate(client, name)
    client.close()
    return client.address


@pytest.fixture
def store(address: Address) -> Iterator[Client]:
    """A blocking client to that database."""
    client = Client(address)
    yield client
    client.command(f"DROP DATABASE {address.database} SYNC")
    client.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that tests share: what they store must have ids and service names of its own."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[Server]:
    """A server with nothing in it."""
    with running_server(tmp_path / "data") as server:
        yield server


def alone_with_the_logs() -> Iterator[None]:
    """For a folder whose tests capture what is told in this process: other folders' tests find `logging` as it was."""
    if api._runtime is not None:
        api._runtime.stdlib_logs.remove()
        api._runtime.stdlib_logs.install()
    yield
    if api._runtime is not None:
        api._runtime.stdlib_logs.remove()
