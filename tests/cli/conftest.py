import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli.running import Sent, up, whole
from telemetry import MS, S, trace_id


@dataclass
class Story:
    url: str
    data: Path


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person's own settings reaches a command under test."""
    for name in ("TRIVET_URL", "TRIVET_TOKEN", "TRIVET_READ_TOKEN", "TRIVET_CONFIG", "COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A server with one upload in it: two services, a failed statement, records, and a migration that still runs."""
    sent = Sent()
    sent.span(1, 10, "POST /videos", kind="server", lasts=1520 * MS)
    sent.span(1, 11, "INSERT videos", parent=10, at=30 * MS, lasts=670 * MS, service="api", status="error",
              message="UNIQUE constraint failed")  # fmt: skip
    sent.log("upload accepted", at=5 * MS, trace=1, span=10, attributes={"video": 7})
    sent.log("insert failed", at=690 * MS, trace=1, span=11, severity="error", service="api")
    sent.running(2, 20, "migrate accounts", service="migrate", seen=S, next_after=3600 * S)
    data = tmp_path_factory.mktemp("story") / "data"
    with up(data) as server:
        sent.send(server.url)
        whole(server.url, trace_id(1), spans=2, logs=2)
        whole(server.url, trace_id(2), spans=1)
        yield Story(server.url, data)
