import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from trivet.demo import database, migrate, worker
from trivet.demo.api import Shop
from trivet.demo.database import Database
from trivet.demo.http_spans import Failed


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    database.create(path, seed=7)
    return path.read_bytes()


@pytest.fixture
def path(template: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    path.write_bytes(template)
    return path


@pytest.fixture
def shop(path: Path) -> Iterator[Shop]:
    made = Shop(Database(path))
    yield made
    made.database.close()


def test_a_seed_makes_the_same_shop(template: bytes, tmp_path: Path):
    database.create(tmp_path / "again.db", seed=7)
    assert (tmp_path / "again.db").read_bytes() == template


def test_an_upload_is_stored_with_its_job_and_made_ready(shop: Shop):
    video = shop.create_video(account=1, title="release", codec="h264", size=1000)
    assert shop.video(str(video["id"]))["state"] == "new"
    job = worker.take(shop.database)
    assert (job["video"], job["attempt"]) == (video["id"], 1)
    worker.process(shop.database, job)
    assert shop.video(str(video["id"]))["state"] == "ready"
    assert worker.take(shop.database) is None


def test_a_codec_that_nobody_decodes_fails_twice(shop: Shop):
    video = shop.create_video(account=1, title="release", codec="hevc10", size=1000)
    for attempt in (1, 2):
        job = worker.take(shop.database)
        assert job["attempt"] == attempt
        worker.process(shop.database, job)
    assert shop.video(str(video["id"]))["state"] == "failed"
    assert worker.take(shop.database) is None


def test_an_upload_over_the_quota_is_refused_and_leaves_nothing(shop: Shop):
    with pytest.raises(Failed, match="quota") as refused:
        shop.create_video(account=1, title="release", codec="h264", size=10**10)
    assert refused.value.status == 402
    assert worker.take(shop.database) is None


def test_an_upload_waits_for_another_writer_and_then_gives_up(shop: Shop, path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Failed, match="database is locked") as refused:
        shop.create_video(account=1, title="release", codec="h264", size=1000)
    other.close()
    assert refused.value.status == 503
    assert shop.create_video(account=1, title="release", codec="h264", size=1000)["state"] == "new"


def test_searching_finds(shop: Shop):
    assert shop.search("release")["videos"]
    assert shop.search("nothing of the kind")["videos"] == []


def test_the_migration_moves_everybody_once_where_the_index_is(shop: Shop):
    migrate.migrate(shop.database, calm=True)
    [moved] = shop.database.run("SELECT count() AS n, count(DISTINCT id) AS ids FROM moved")
    assert tuple(moved) == (database.ACCOUNTS, database.ACCOUNTS)


def test_a_batch_that_takes_too_long_leaves_nothing_behind(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(migrate, "BATCH_SECONDS", 0.2)
    with pytest.raises(migrate.BatchTooSlow):
        migrate.copy_batch(shop.database, 1, hurry=False)
    [moved] = shop.database.run("SELECT count() AS n FROM moved")
    assert moved["n"] == 0
