"""What the tested library told; the rules are in place for these tests only."""

from collections.abc import Iterator

import pytest
from conftest import alone_with_the_logs
from opentelemetry import metrics, trace

from trivet import instrument
from trivet.instrument import catalogue
from trivet.instrument.kit import Teller
from trivet.testing import Capture, capture

alone = pytest.fixture(scope="package", autouse=True)(alone_with_the_logs)


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
