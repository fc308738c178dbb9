"""What was sent more than once counts once, whether the step of its minute has run or not."""

import random
from itertools import product

import pytest
from query.conftest import Asking
from telemetry import S, Telemetry

from trivet.query.figures.asked import Asked, Limits
from trivet.query.figures.heatmap import HeatmapQuestions
from trivet.query.figures.sums import SumQuestions
from trivet.query.instant import Range
from trivet.store.client import Client
from trivet.store.steps import Steps

BEGAN = 1_760_000_040 * S  # a multiple of a minute
MINUTE = 60 * S
WITHIN = Range(BEGAN, BEGAN + 60 * MINUTE)


class AllLoaded:
    def lag(self) -> float:
        return 0.0


def settle(store: Client, minutes: float) -> int:
    """The steps that are due so many minutes after the beginning."""
    return Steps(store, [AllLoaded()], clock=lambda: (BEGAN + minutes * MINUTE) / 1e9).run_due()


def send(store: Client, numbers: list[int], minute: int, *, second: int = 0) -> None:
    """Spans and records of these numbers, received in a minute."""
    told = Telemetry(start=BEGAN)
    told.received = BEGAN + minute * MINUTE + second * S
    for number in numbers:
        told.span(1 + number // 3, 1 + number, at=number * S, attributes={"half": number % 2})
        told.log(f"record {number}", at=number * S, attributes={"half": number % 2})
    told.load(store)


def counted(asking: Asking, signal: str, filter: str = "") -> int:
    asked = Asked(signal, WITHIN, filter=filter, calculate=["count"])
    [[count]] = asking(lambda ask: SumQuestions(ask, Limits()).query(asked)).rows
    return count


def resends(store: Client) -> int:
    return store.rows("SELECT count() AS n FROM resends")[0]["n"]


@pytest.mark.parametrize("first, again, settled", list(product((0, 1), (1, 2), (0, 1.9, 2.9, 9))))
def test_sent_twice(store: Client, asking: Asking, first: int, again: int, settled: float):
    send(store, list(range(6)), first)
    settle(store, min(settled, again))
    send(store, [1, 2, 3], again, second=7)
    settle(store, settled)
    for signal in ("traces", "logs"):
        assert counted(asking, signal) == 6
        assert counted(asking, signal, "half:1") == 3
    assert counted(asking, "traces", "trace.spans:3") == 6


def test_any_order_of_sending_and_settling(store: Client, asking: Asking):
    seeded = random.Random(3)
    sent: set[int] = set()
    for minute in range(12):
        for second in range(seeded.randint(0, 3)):
            numbers = seeded.sample(range(60), seeded.randint(1, 20))
            send(store, numbers, minute, second=second)
            sent |= set(numbers)
        if seeded.random() < 0.5:
            settle(store, minute + seeded.choice([0, 1, 1.9]))
        assert counted(asking, "traces") == counted(asking, "logs") == len(sent), minute
    assert settle(store, 20) > 0
    spans = store.rows("SELECT count() AS n FROM otel_spans")[0]["n"]
    assert resends(store) == 2 * (spans - len(sent)) > 0
    assert counted(asking, "traces", "half:0") == sum(number % 2 == 0 for number in sent)


def test_a_step_that_is_run_again_changes_nothing(store: Client, asking: Asking):
    for minute in (0, 1, 1):
        send(store, [1, 2], minute)
    settle(store, 5)
    assert resends(store) == 8
    store.command("TRUNCATE TABLE steps")
    settle(store, 5)
    assert resends(store) == 8
    assert counted(asking, "traces") == 2


def test_it_works_through_what_was_stored_before_there_was_such_a_step(store: Client, asking: Asking):
    send(store, [1, 2], 0)
    send(store, [1, 2], 1)
    assert settle(store, 60 * 24) == 2, "the other steps look at the last hours alone"
    assert resends(store) == 4
    assert counted(asking, "logs") == 2


def test_a_heatmap_counts_once(store: Client, asking: Asking):
    send(store, [1, 2, 3], 0)
    send(store, [2, 3], 0)
    settle(store, 5)
    send(store, [3], 5)
    answer = asking(lambda ask: HeatmapQuestions(ask, Limits()).heatmap(Asked("traces", WITHIN), "duration", 5))
    assert sum(map(sum, answer.cells)) == 3
