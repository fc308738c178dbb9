"""What the tested library told; the rules are in place for these tests only."""

import gc
import logging
from collections.abc import Iterator

import pytest
from conftest import alone_with_the_logs
from opentelemetry import metrics, trace
from running_stores import running_redis

from trivet import instrument
from trivet.instrument import catalogue
from trivet.instrument.kit import Teller
from trivet.testing import Capture, capture

alone = pytest.fixture(scope="package", autouse=True)(alone_with_the_logs)


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server.url
        gc.collect()  # a connection or result that goes after its Redis would try to reach it, and fail the session


@pytest.fixture
def queue(request: pytest.FixtureRequest) -> str:
    """The name of a queue that no other test uses."""
    return request.node.name


@pytest.fixture(scope="module")
def logging_as_it_was() -> Iterator[None]:
    """Celery gives levels names of its own, and its worker sets the root logger's."""
    level, names, numbers = logging.root.level, dict(logging._levelToName), dict(logging._nameToLevel)
    yield
    logging.root.setLevel(level)
    for held, was in ((logging._levelToName, names), (logging._nameToLevel, numbers)):
        held.clear()
        held.update(was)


@pytest.fixture
def told() -> Iterator[Capture]:
    with capture() as told:
        instrument.start(trace.get_tracer_provider(), metrics.get_meter_provider())
        yield told
    catalogue.restore()


@pytest.fixture
def teller() -> Iterator[Teller]:
    with capture():
        yield Teller(trace.get_tracer("kit"), metrics.get_meter("kit"))
