"""When a wait is told, and what is measured; the record itself is read back in test_watch.py."""

import pytest

from trivet.watch import report
from trivet.watch.report import Reporter
from trivet.watch.waits import Session, Wait, Waiting

HOLDER = Session(9, "migrate", f"LOCK /*traceparent='00-{'1' * 32}-{'a' * 16}-01'*/", "active")


class Kept:
    """Stands where the logger and the instruments stand, and keeps what they get."""

    def __init__(self) -> None:
        self.records: list = []
        self.values: list[tuple[str, float]] = []

    def emit(self, record) -> None:
        self.records.append(record)

    def set(self, value: float, **attributes: str) -> None:
        self.values.append((attributes["trivet.lock.table"], value))

    record = set


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Kept]:
    made = {name: Kept() for name in ("waiting_now", "longest_now", "durations")}
    for name, each in made.items():
        monkeypatch.setattr(report, name, each)
    return made


@pytest.fixture
def reporter(kept: dict[str, Kept]) -> Reporter:
    made = Reporter(lambda session: session.name)
    made._logger = Kept()
    return made


def wait(waited: float, pid: int = 1, table: str = "accounts") -> Wait:
    return Wait(Waiting(Session(pid, "app", "UPDATE"), table, "RowExclusiveLock", waited, [9]), HOLDER)


def told(reporter: Reporter) -> list[float]:
    return [record.attributes["trivet.lock.waited"] / 1e9 for record in reporter._logger.records]


def test_a_wait_is_told_when_it_has_doubled_and_then_every_ten_seconds(reporter: Reporter):
    for second in range(1, 60):
        reporter.report([wait(float(second))])
    assert told(reporter) == [1, 2, 4, 8, 16, 26, 36, 46, 56]


def test_each_wait_has_its_own_times(reporter: Reporter):
    reporter.report([wait(8.0, pid=1)])
    reporter.report([wait(9.0, pid=1), wait(1.0, pid=2)])
    assert told(reporter) == [8, 1]


def test_a_wait_that_ended_is_measured_and_its_place_falls_to_nothing(reporter: Reporter, kept: dict[str, Kept]):
    reporter.report([wait(1.0), wait(3.0, pid=2)])
    reporter.report([])
    assert sorted(kept["durations"].values) == [("accounts", 1.0), ("accounts", 3.0)]
    assert kept["waiting_now"].values == [("accounts", 2), ("accounts", 0)]
    assert kept["longest_now"].values == [("accounts", 3.0), ("accounts", 0.0)]


def test_the_same_session_that_waits_anew_is_another_wait(reporter: Reporter, kept: dict[str, Kept]):
    reporter.report([wait(5.0)])
    reporter.report([wait(0.5)])
    assert told(reporter) == [5, 0.5]
    assert kept["durations"].values == [("accounts", 5.0)]


def test_without_a_span_the_record_stands_alone(reporter: Reporter):
    reporter.report([wait(1.0)])
    [record] = reporter._logger.records
    assert record.trace_id == 0
    assert record.body == "waiting 1.0 s for RowExclusiveLock on accounts, held by migrate › LOCK"
