"""A receiver to talk to."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from receive.serving import Serving


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Serving]]:
    """Starts a receiver with settings of choice; stopped after the test."""
    with ExitStack() as stack:
        yield lambda spool=None, **settings: stack.enter_context(Serving(tmp_path / "data", spool, **settings))


@pytest.fixture
def serving(start: Callable[..., Serving]) -> Serving:
    return start()


@pytest.fixture
def client(serving: Serving) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=serving.url) as client:
        yield client


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One receiver for the tests of a module that only look at answers."""
    with Serving(tmp_path_factory.mktemp("shared")) as serving:
        yield serving


@pytest.fixture(scope="module")
def shared_client(shared: Serving) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared.url) as client:
        yield client
