"""`clickhouse_url`: the store is a ClickHouse that is not our child. It stands on its own port, with a password, and
lives longer than the server; here it is the embedded engine behind its HTTP interface: no registry has a real one."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from running_engine import running_engine

from bench.faults import PROTOBUF, body
from trivet.errors import CannotStart
from trivet.pipeline import Server
from trivet.store.client import Address, Client
from trivet.store.engine import Engine
from trivet.testing.server import running_server

DATABASE = "telemetry"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Engine]:
    with running_engine(tmp_path / "elsewhere") as engine:
        yield engine


def url(address: Address, password: str | None = None) -> str:
    host = address.url.removeprefix("http://")
    return f"http://{address.user}:{quote(password or address.password, safe='')}@{host}/{DATABASE}"


def send(server: Server, *numbers: int) -> None:
    for number in numbers:
        answer = httpx.post(f"{server.url}/v1/traces", content=body(number), headers=PROTOBUF)
        assert answer.status_code == 200, answer.text


def shown(server: Server, count: int) -> list[int]:
    """The numbers of the spans that the API lists, once there are so many."""
    end = time.monotonic() + 20
    while True:
        spans = httpx.get(f"{server.url}/api/spans").json().get("spans", [])
        if len(spans) >= count:
            return sorted(int(span["span_id"], 16) for span in spans)
        assert time.monotonic() < end, spans
        time.sleep(0.05)


def test_it_is_written_to_and_asked_like_our_own_and_keeps_what_it_has(elsewhere: Engine, tmp_path: Path):
    with running_server(tmp_path / "data", clickhouse_url=url(elsewhere.address)) as server:
        send(server, 1, 2)
        assert shown(server, 2) == [1, 2]
        assert len(httpx.get(f"{server.url}/api/traces/{1:032x}").json()["spans"]) == 1
        asked = httpx.post(f"{server.url}/api/sql", json={"query": "SELECT count() FROM spans"}).json()
        assert asked["rows"] == [[2]]
        engine = httpx.get(f"{server.url}/api/status").json()["engine"]
        assert (engine["kind"], engine["up"], engine["version"]) == ("server", True, elsewhere.version)
    assert not (tmp_path / "data" / "store").exists()
    client = Client(Address(elsewhere.address.url, elsewhere.address.user, elsewhere.address.password, DATABASE))
    assert client.rows("SELECT count() AS n FROM otel_spans") == [{"n": 2}]
    client.close()
    with running_server(tmp_path / "other data", clickhouse_url=url(elsewhere.address)) as another:
        send(another, 3)
        assert shown(another, 3) == [1, 2, 3]


def test_nobodys_sql_changes_anything(elsewhere: Engine, tmp_path: Path):
    """There the server's own grants must say what a reader may see; that nothing is written holds anywhere."""
    with running_server(tmp_path / "data", clickhouse_url=url(elsewhere.address)) as server:
        for sql in (
            "DROP TABLE spans",
            "INSERT INTO otel_links SELECT * FROM otel_links",
            "SELECT file('/etc/passwd')",
        ):
            assert httpx.post(f"{server.url}/api/sql", json={"query": sql}).status_code in (400, 403), sql


def test_while_it_is_away_requests_are_acknowledged_and_come_in_once_it_is_back(elsewhere: Engine, tmp_path: Path):
    with running_server(tmp_path / "data", clickhouse_url=url(elsewhere.address)) as server:
        send(server, 1)
        shown(server, 1)
        os.kill(elsewhere.pid, signal.SIGKILL)  # its supervisor starts another at the same address
        send(server, *range(2, 30))
        assert shown(server, 29) == list(range(1, 30))


def test_a_wrong_password_is_said_before_anything_is_acknowledged(elsewhere: Engine, tmp_path: Path):
    refused = pytest.raises(CannotStart, match=r"does not answer.*wrong user or password")
    with refused, running_server(tmp_path / "data", clickhouse_url=url(elsewhere.address, "wrong")):
        pass
