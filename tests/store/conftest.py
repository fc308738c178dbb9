import pytest
from running_engine import connected


@pytest.fixture(scope="session")
def client(engine):
    """A blocking client to the shared engine, in its database `default`."""
    with connected(engine) as client:
        yield client
