"""What was asked: written beside, bounded, and kept over the versions of the schema."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import structs

from trivet.errors import Unavailable
from trivet.store import asked as module
from trivet.store import migrations
from trivet.store.asked import Asked, Entry
from trivet.store.client import Client

NS = 10**9
NOW = 1_790_000_000
DAY = 86_400


ONE = Entry(
    id="",
    time=NOW * NS,
    until=NOW * NS,
    times=1,
    who="loopback",
    session="s",
    origin="api",
    call="traces",
    text='service:"a\nb" "ü"',
    start=NOW * NS,
    end=NOW * NS + 1,
    rows_read=10**10,
    ms=3,
    answer_rows=2,
    error="",
    link="/x",
)


def entry(number: int, *, at: int = NOW, **fields: Any) -> Entry:
    moment = at * NS + number
    return structs.replace(ONE, id=f"{number:016x}", time=moment, until=moment, **fields)


@pytest.fixture
def asked(store: Client) -> Callable[..., Asked]:
    return lambda age=365 * DAY, rows=100: Asked(store, age=age, rows=rows, clock=lambda: NOW)


def stored(store: Client) -> list[dict[str, Any]]:
    return store.rows(
        "SELECT * REPLACE (toUnixTimestamp64Nano(time) AS time, toUnixTimestamp64Nano(until) AS until)"
        " FROM asked FINAL ORDER BY id"
    )


def test_entries_come_back_as_they_were(store: Client, asked: Callable[..., Asked]):
    kept = asked()
    first, second = entry(1), entry(2, start=None, end=None, error="too_expensive", times=1)
    kept.record(first)
    kept.record(second)
    assert kept.write() == 2
    assert stored(store) == [structs.asdict(first), structs.asdict(second)]
    assert kept.write() == 0


def test_a_repeated_question_is_one_row(store: Client, asked: Callable[..., Asked]):
    kept = asked()
    first = entry(1)
    kept.record(first)
    kept.write()
    again = structs.replace(first, times=2, until=first.until + NS)
    kept.record(again)
    assert kept.write(repeated=False) == 0
    assert kept.write() == 1
    assert stored(store) == [structs.asdict(again)]
    assert kept.recorded == 1


def test_memory_is_bounded_and_what_is_dropped_is_counted(asked: Callable[..., Asked], monkeypatch: Any):
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    kept = asked()
    for number in range(5):
        kept.record(entry(number))
    kept.record(structs.replace(entry(1), times=2))
    assert (kept.recorded, kept.dropped, kept.write()) == (3, 2, 3)


def test_what_waits_is_written_when_the_engine_is_back(store: Client, asked: Callable[..., Asked], monkeypatch: Any):
    kept = asked()
    kept.record(entry(1))

    def away(*_: object, **__: object) -> bytes:
        raise Unavailable("the engine is away")

    with monkeypatch.context() as patch:
        patch.setattr(store, "command", away)
        with pytest.raises(Unavailable):
            kept.write()
    assert kept.write() == 1
    assert len(stored(store)) == 1


def test_the_thread_writes_and_what_waits_at_the_end_too(store: Client, asked: Callable[..., Asked], monkeypatch: Any):
    monkeypatch.setattr(module, "NEW_SECONDS", 60.0)
    kept = asked()
    kept.start()
    kept.record(entry(1))
    kept.stop()
    assert len(stored(store)) == 1


def test_what_is_too_old_goes(store: Client, asked: Callable[..., Asked]):
    kept = asked(age=10 * DAY)
    for number, days in enumerate((0, 9, 11, 400)):
        kept.record(entry(number, at=NOW - days * DAY))
    kept.write()
    kept.trim()
    assert [row["id"] for row in stored(store)] == [entry(0).id, entry(1).id]


def test_the_oldest_of_what_is_too_much_goes(store: Client, asked: Callable[..., Asked]):
    kept = asked(rows=3)
    for number in range(5):
        kept.record(entry(number))
    kept.write()
    kept.record(structs.replace(entry(4), times=2))
    kept.write()
    kept.trim()
    assert [row["id"] for row in stored(store)] == [entry(number).id for number in (2, 3, 4)]


def test_a_store_of_the_first_version_gets_the_table(older: Callable[[int], Client]):
    client = older(1)
    assert client.rows("EXISTS TABLE asked") == [{"result": 0}]
    migrations.migrate(client, client.address.database)
    assert client.rows("EXISTS TABLE asked") == [{"result": 1}]
