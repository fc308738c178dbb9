import pytest
from conftest import alone_with_the_logs
from sdk.conftest import collector  # noqa: F401 (a fixture)

alone = pytest.fixture(scope="package", autouse=True)(alone_with_the_logs)
