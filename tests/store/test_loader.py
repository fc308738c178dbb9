import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from trivet.settings import MiB
from trivet.spool.aside import Aside
from trivet.spool.cursor import Lag
from trivet.spool.record import Record
from trivet.spool.spool import Spool
from trivet.store.audience import Audience
from trivet.store.checkpoint import Checkpoint
from trivet.store.client import Client, EngineError
from trivet.store.insert import insert
from trivet.store.journal import Journal
from trivet.store.loader import Loader

START = 1_760_000_000_000_000_000
COUNTED = ("otel_spans", "red", "trace_ranges")


def request(*span_ids: int, trace: int = 1) -> bytes:
    message = ExportTraceServiceRequest()
    for number in span_ids:
        span = message.resource_spans.add().scope_spans.add().spans.add()
        span.trace_id, span.span_id = trace.to_bytes(16, "big"), number.to_bytes(8, "big")
        span.name, span.start_time_unix_nano, span.end_time_unix_nano = "work", START, START + 1000
    return message.SerializeToString()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(
        tmp_path / "spool",
        segment_bytes=1 * MiB,
        max_bytes=64 * MiB,
        min_free_bytes=0,
        batch_memory=3600,
        clock=lambda: START,
    )
    spool.open()
    yield spool
    spool.close()


def append(spool: Spool, *bodies: bytes) -> None:
    async def all_of_them() -> None:
        for body in bodies:
            await spool.append("traces", body, items=1)

    asyncio.run(all_of_them())


class Rig:
    """A loader on a real spool and the real engine, with a journal that outlives it."""

    def __init__(self, spool: Spool, store: Client, directory: Path):
        self.spool, self.store, self.directory = spool, store, directory
        self.synced = 0
        self.audience = Audience(lambda: 0.0)
        self.aside = Aside(directory / "aside")

    def loader(self, client: Client | None = None, max_bytes: int = MiB, unwatched: float = 0.0) -> Loader:
        stream = self.spool.streams["traces"]
        journal = Journal(self.directory / "journal" / "traces")
        return Loader(
            stream,
            client or self.store,
            journal,
            self.aside,
            max_bytes=max_bytes,
            interval=0.0,
            unwatched=unwatched,
            audience=self.audience,
        )

    def load_all(self, loader: Loader | None = None) -> Loader:
        """Runs a loader until it is past everything in the spool."""
        loader = loader or self.loader()
        loader.start()
        until(lambda: loader.position > self.spool.streams["traces"].last)
        loader.stop()
        return loader

    def checkpoint(self, loader: Loader) -> None:
        loader._journal.open(loader.settled)
        checkpoint = Checkpoint([loader], sync=self._sync, release=self.spool.release)
        checkpoint.take()
        loader._journal.close()

    def _sync(self) -> None:
        self.synced += 1

    def counts(self) -> dict[str, int]:
        sums = {"red": "sum(samples)"}
        return {t: self.store.rows(f"SELECT {sums.get(t, 'count()')} AS n FROM {t}")[0]["n"] for t in COUNTED}


@pytest.fixture
def rig(spool: Spool, store: Client, tmp_path: Path) -> Rig:
    return Rig(spool, store, tmp_path)


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    done = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        done.wait(0.02)
    raise AssertionError("it did not come to pass in time")


def test_what_is_in_the_spool_comes_into_every_table(rig: Rig, spool: Spool):
    append(spool, request(1, 2), request(3))
    loader = rig.load_all()
    assert rig.counts() == {"otel_spans": 3, "red": 3, "trace_ranges": 1}
    rows = rig.store.rows(
        "SELECT record, toUnixTimestamp64Nano(received) AS received FROM otel_spans ORDER BY record, ordinal"
    )
    assert [(row["record"], row["received"]) for row in rows] == [(1, START), (1, START), (2, START)]
    assert loader.progress.stored == 2 and loader.lag() == 0


def test_small_blocks_are_spaced_wider_while_nobody_looks(rig: Rig):
    loader = rig.loader(unwatched=3600)
    assert loader._pause(0.1) == 3600
    rig.audience.asked()
    assert loader._pause(0.1) == pytest.approx(0.4)


def test_such_a_pause_ends_when_a_full_block_has_come_or_somebody_looks(rig: Rig, spool: Spool):
    stream = spool.streams["traces"]
    loader = rig.loader(max_bytes=20 * len(request(1)), unwatched=3600)
    loader.start()
    append(spool, request(1))
    until(lambda: loader.position > stream.last)

    append(spool, *(request(number) for number in range(2, 40)))
    until(lambda: loader.position > stream.last)

    append(spool, request(50))
    rig.audience.asked()
    until(lambda: loader.position > stream.last)
    loader.stop()
    assert rig.counts()["otel_spans"] == 40


def test_a_backlog_goes_in_to_its_end_without_a_pause(rig: Rig, spool: Spool):
    append(spool, *(request(number) for number in range(1, 91)))
    loader = rig.load_all(rig.loader(max_bytes=20 * len(request(1)), unwatched=3600))
    assert rig.counts()["otel_spans"] == 90 and loader.progress.inserts == 5


def test_the_position_does_not_pass_a_block_that_another_overtook(rig: Rig, spool: Spool, monkeypatch):
    append(spool, *(request(number) for number in range(1, 61)))
    loader = rig.loader(max_bytes=20 * len(request(1)))
    first, may_go_on, gone = loader.position, threading.Event(), []

    def the_first_waits(client: Client, signal: str, records: Sequence[Record], token: str) -> None:
        if records[0].number == first:
            assert may_go_on.wait(30)
        insert(client, signal, records, token)
        gone.append(records[0].number)

    monkeypatch.setattr("trivet.store.loader.insert", the_first_waits)
    loader.start()
    until(lambda: gone)
    assert gone == [first + 20] and loader.position == first
    may_go_on.set()
    until(lambda: loader.position > spool.streams["traces"].last)
    loader.stop()
    assert sorted(gone) == [first, first + 20, first + 40] and rig.counts()["otel_spans"] == 60


def test_a_replay_after_a_crash_changes_nothing(rig: Rig, spool: Spool):
    """No checkpoint was taken, so everything is sent again, by the journal's ranges and not by new ones."""
    append(spool, request(1), request(2))
    rig.load_all()
    append(spool, request(3))
    rig.load_all()
    before = rig.counts()
    rig.load_all(rig.loader(max_bytes=1))
    rig.load_all()
    assert rig.counts() == before == {"otel_spans": 3, "red": 3, "trace_ranges": before["trace_ranges"]}


def test_the_longest_kept_period_is_replayed_without_a_trace_even_across_many_days(rig: Rig, spool: Spool):
    """The deduplication window must hold every insert since the last checkpoint, times the partitions each reaches."""
    day = 86_400 * 10**9
    bodies = []
    for number in range(1, 13):
        message = ExportTraceServiceRequest()
        spans = message.resource_spans.add().scope_spans.add().spans
        for back in range(31):
            span = spans.add(trace_id=number.to_bytes(16, "big"), span_id=(number * 100 + back).to_bytes(8, "big"))
            span.start_time_unix_nano = span.end_time_unix_nano = START - back * day
        bodies.append(message.SerializeToString())
    append(spool, *bodies)
    rig.load_all(rig.loader(max_bytes=1))
    before = rig.counts()
    assert before["otel_spans"] == before["red"] == 12 * 31
    rig.load_all()
    assert rig.counts() == before


def test_the_spool_lets_go_only_after_a_sync(rig: Rig, spool: Spool):
    append(spool, request(1), request(2))
    loader = rig.load_all()
    assert loader.settled == 1
    rig.checkpoint(loader)
    assert loader.settled == 3 and rig.synced == 1
    rig.checkpoint(loader)
    assert rig.synced == 1, "nothing new, nothing to sync"


def test_a_refused_request_is_found_and_set_aside_and_the_rest_goes_in(rig: Rig, spool: Spool):
    """Field 2 of ResourceSpans as a varint: upb takes it for an unknown field, the engine's reader does not."""
    guilty = b"\x0a\x02\x10\x05"
    append(spool, *(request(number) for number in range(1, 8)), guilty, *(request(number) for number in range(8, 12)))
    loader = rig.load_all()
    assert rig.counts()["otel_spans"] == 11
    (kept,) = rig.aside.requests()
    assert kept.read_bytes() == guilty and kept.name == "traces-000000000008.otlp"
    assert "PROTOBUF" in kept.with_suffix(".txt").read_text().upper()
    assert loader.progress.set_aside == 1

    rig.load_all()
    assert rig.counts() == {"otel_spans": 11, "red": 11, "trace_ranges": rig.counts()["trace_ranges"]}
    assert len(rig.aside.requests()) == 1


class Troubled(Client):
    """The real client, with an engine that fails the first inserts."""

    def __init__(self, client: Client, errors: list[Exception]):
        super().__init__(client.address)
        self.errors = errors

    def command(self, sql: str, **rest: object) -> bytes:
        if sql.startswith("INSERT") and self.errors:
            raise self.errors.pop(0)
        return super().command(sql, **rest)


def test_an_engine_in_trouble_is_waited_for_and_nothing_is_blamed(rig: Rig, spool: Spool, monkeypatch):
    monkeypatch.setattr("trivet.store.loader.RETRY_SECONDS", (0.0,))
    memory = EngineError.read("Code: 241. DB::Exception: too much. (MEMORY_LIMIT_EXCEEDED)", 241)
    client = Troubled(rig.store, [memory] * 3)
    append(spool, request(1))
    loader = rig.load_all(rig.loader(client))
    client.close()
    assert rig.counts()["otel_spans"] == 1
    assert not rig.aside.requests() and loader.progress.last_error is None


class Cramped(Client):
    """The real client, with an engine that has memory for small blocks alone."""

    def command(self, sql: str, **rest: object) -> bytes:
        if sql.startswith("INSERT") and len(rest["body"]) > 2 * len(request(1)):
            raise EngineError.read("Code: 241. DB::Exception: too much. (MEMORY_LIMIT_EXCEEDED)", 241)
        return super().command(sql, **rest)


def test_a_block_that_never_fits_into_the_memory_goes_in_by_halves(rig: Rig, spool: Spool, monkeypatch):
    monkeypatch.setattr("trivet.store.loader.RETRY_SECONDS", (0.0,))
    append(spool, *(request(number) for number in range(1, 6)))
    loader = rig.loader(client := Cramped(rig.store.address))
    rig.load_all(loader)
    client.close()
    assert rig.counts() == {"otel_spans": 5, "red": 5, "trace_ranges": 1}
    assert loader.progress.stored == 5 and not rig.aside.requests()


def test_a_request_that_alone_does_not_fit_into_the_memory_is_set_aside_at_last(rig: Rig, spool: Spool, monkeypatch):
    monkeypatch.setattr("trivet.store.loader.RETRY_SECONDS", (0.0,))
    append(spool, request(1), request(2, 3, 4), request(5))
    loader = rig.loader(client := Cramped(rig.store.address))
    rig.load_all(loader)
    client.close()
    assert rig.counts()["otel_spans"] == 2 and loader.progress.set_aside == 1
    (kept,) = rig.aside.requests()
    assert kept.read_bytes() == request(2, 3, 4) and "MEMORY_LIMIT_EXCEEDED" in kept.with_suffix(".txt").read_text()


def test_a_broken_schema_is_not_taken_for_guilty_requests(rig: Rig, spool: Spool):
    rig.store.command("RENAME TABLE otlp_traces TO elsewhere")
    append(spool, request(1))
    loader = rig.loader()
    loader.start()
    until(lambda: loader.progress.last_error is not None)
    rig.store.command("RENAME TABLE elsewhere TO otlp_traces")
    until(lambda: loader.position == 2)
    loader.stop()
    assert not rig.aside.requests()


def test_a_spool_that_cannot_be_read_for_a_moment_is_read_again(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    append(rig.spool, request(1), request(2))
    loader = rig.loader()
    lag, failures = loader.stream.lag, iter((OSError(24, "Too many open files"),) * 3)

    def failing(position: int) -> Lag:
        if error := next(failures, None):
            raise error
        return lag(position)

    monkeypatch.setattr(loader.stream, "lag", failing)
    monkeypatch.setattr("trivet.store.loader.RETRY_SECONDS", (0.01,))
    rig.load_all(loader)
    assert next(failures, None) is None and rig.counts()["otel_spans"] == 2
