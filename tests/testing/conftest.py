from sdk.conftest import collector  # noqa: F401 (a fixture)
