import os
import threading
from pathlib import Path

import pytest

from trivet.errors import CannotStart
from trivet.settings import ServerSettings
from trivet.spool.spool import Spool
from trivet.store import migrations, store
from trivet.store.client import Client
from trivet.store.engine import Engine
from trivet.store.store import Server


def test_the_size_is_what_the_files_take(tmp_path: Path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "part").write_bytes(b"x" * 100_000)
    (tmp_path / "column").write_bytes(b"y" * 5000)
    assert 105_000 <= store._size(tmp_path) <= 125_000


def test_parts_that_vanish_while_it_is_measured_do_not_matter(tmp_path: Path):
    """The engine merges and drops directories all the time."""
    stop = threading.Event()

    def merge() -> None:
        while not stop.is_set():
            part = tmp_path / "tmp_insert"
            part.mkdir(exist_ok=True)
            (part / "data").write_bytes(b"x")
            (part / "data").unlink()
            part.rmdir()

    thread = threading.Thread(target=merge)
    thread.start()
    try:
        for _ in range(300):
            assert store._size(tmp_path) >= 0
    finally:
        stop.set()
        thread.join()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "address", "user", "password", "database"),
    [
        ("http://ch:8123", "http://ch:8123", "default", "", store.DATABASE),
        ("https://me@ch/telemetry", "https://ch:8443", "me", "", "telemetry"),
        ("http://me:s%40fe@ch:9000/x", "http://ch:9000", "me", "s@fe", "x"),
        ("http://[::1]:8123", "http://[::1]:8123", "default", "", store.DATABASE),
    ],
)
def test_the_address_of_a_server(url: str, address: str, user: str, password: str, database: str):
    server = Server(url, "")
    assert (server.address.url, server.address.user, server.address.password) == (address, user, password)
    assert server.database == database


@pytest.mark.parametrize(
    "url", ["ch:8123", "http://", "http://ch:99999", "http://ch:0", "http://[::1", "http://me:secret@:/x"]
)
def test_what_is_no_address_is_said_without_its_password(tmp_path: Path, url: str):
    with pytest.raises(CannotStart, match=r"clickhouse_url = .* is not an address") as failed:
        store.Store(ServerSettings(data=tmp_path, clickhouse_url=url), None)
    assert "secret" not in str(failed.value)


def test_a_server_that_goes_away_and_comes_back_is_noticed(monkeypatch: pytest.MonkeyPatch, engine: Engine):
    answers = iter([False, False, True])
    asked = threading.Semaphore(0), threading.Semaphore(0)

    def answer(_: Client) -> bool:
        asked[0].release()
        asked[1].acquire(timeout=30)
        return next(answers, True)

    monkeypatch.setattr(store, "ASK_EVERY", 0.0)
    monkeypatch.setattr(store, "_answers", answer)
    url = engine.address.url.replace("://", f"://{engine.address.user}@")
    server = Server(url, engine.address.password)
    server.start()
    seen = []
    for _ in range(4):
        asked[0].acquire(timeout=30)
        seen.append(server.up)
        asked[1].release()
    server._stopping.set()
    asked[1].release()
    server.stop()
    assert seen == [True, False, False, True]


def test_a_server_that_does_not_answer_is_named():
    with pytest.raises(CannotStart, match=r"127\.0\.0\.1:1 does not answer"):
        Server("http://127.0.0.1:1", "").start()


def test_a_store_of_a_newer_version_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Said in plain words, the engine stopped in order, the data fit for the Trivet that wrote it."""
    settings = ServerSettings(data=tmp_path, min_free_bytes=0)
    spool = Spool(tmp_path / "spool", segment_bytes=2**20, max_bytes=2**30, min_free_bytes=0, batch_memory=60)
    spool.open()
    try:
        newer = migrations.versions()
        newer[max(newer) + 1] = []
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "versions", lambda: newer)
            written = store.Store(settings, spool)
            written.start()
            written.stop()
        refused = store.Store(settings, spool)
        with pytest.raises(CannotStart, match=f"schema version {max(newer)}, .* up to {max(newer) - 1}"):
            refused.start()
        assert not refused.engine.up and not Path(f"/proc/{refused.engine.pid}").exists()
    finally:
        spool.close()
