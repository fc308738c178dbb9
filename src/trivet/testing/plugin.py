"""The pytest plugin: fixtures that hear what the tested code tells, and `--trivet`, which sends the run as a trace.

Fixtures: `telemetry` (a `Capture`), its parts `spans`, `logs` and `metrics`, and `stored`, a server of the session's
own that the program sends to. Fixtures of the same names in a project's own conftest win.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from trivet.testing.capture import Capture
    from trivet.testing.metrics import Metrics
    from trivet.testing.records import Logs
    from trivet.testing.server import Stored
    from trivet.testing.spans import Spans


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("trivet")
    group.addoption("--trivet", action="store_true", help="send this run as a trace: session, tests, fixtures")
    group.addoption("--trivet-endpoint", help="where to (default: TRIVET_ENDPOINT, OTEL_*, http://127.0.0.1:4318)")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--trivet"):
        from trivet.testing.run import TracedRun

        config.pluginmanager.register(TracedRun(config.getoption("--trivet-endpoint")), "trivet-run")


@pytest.fixture
def telemetry() -> "Iterator[Capture]":
    """Everything that is told during the test; ids and clock are fixed."""
    from trivet.testing.capture import capture

    with capture() as told:
        yield told


@pytest.fixture
def spans(telemetry: "Capture") -> "_Now[Spans]":
    """`spans.one("encode").has(video=1)`, `spans.tree()`."""
    return _Now(lambda: telemetry.spans)


@pytest.fixture
def logs(telemetry: "Capture") -> "_Now[Logs]":
    return _Now(lambda: telemetry.logs)


@pytest.fixture
def metrics(telemetry: "Capture") -> "Metrics":
    return telemetry.metrics


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Stored]":
    """A server of this session's own; `stored.url` is where a program under test sends to. Needs trivet[server]."""
    from trivet.testing.server import Stored, running_server

    with running_server(tmp_path_factory.mktemp("trivet")) as server:
        yield Stored(server.url)


class _Now:
    """A part of the capture as it is when it is asked."""

    def __init__(self, look: Any):
        self._look = look

    def __getattr__(self, name: str) -> Any:
        return getattr(self._look(), name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._look())

    def __len__(self) -> int:
        return len(self._look())

    def __getitem__(self, at: Any) -> Any:
        return self._look()[at]

    def __class_getitem__(cls, kind: Any) -> Any:
        return kind
