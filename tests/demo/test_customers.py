from collections.abc import Iterator

import pytest

from trivet.demo.customers import BUSY, QUIET, RHYTHM_SECONDS, Customers, rate


class Noted(Customers):
    """Notes what a customer would do."""

    def _ask(self, method: str, path: str, body: dict | None = None) -> tuple[int, dict, str]:
        self.noted.append((method, path, body))
        return 503, {}, ""


def visits(count: int, seed: int, calm: bool) -> list[tuple]:
    customers = Noted("http://nowhere.invalid", seed, calm)
    customers.noted = []
    for _ in range(count):
        customers._visit(customers._next())
    customers._visits.shutdown()
    return customers.noted


def test_a_seed_decides_what_customers_do():
    assert visits(200, 7, calm=False) == visits(200, 7, calm=False)
    assert visits(200, 7, calm=False) != visits(200, 8, calm=False)


@pytest.mark.parametrize("calm", [True, False])
def test_only_calm_customers_do_nothing_wrong(calm: bool):
    seen = visits(500, 7, calm)
    wrong = [path for _, path, _ in seen if path == "/videos/latest"]
    unreadable = [body for *_, body in seen if body and body["codec"] == "hevc10"]
    assert bool(wrong) is bool(unreadable) is not calm


def test_quiet_and_busy_times_take_turns():
    rates = [rate(second) for second in range(int(2 * RHYTHM_SECONDS))]
    assert (min(rates), max(rates)) == (QUIET, BUSY)
    assert rate(0) == rate(RHYTHM_SECONDS) == QUIET
    assert rate(RHYTHM_SECONDS / 2) == BUSY


@pytest.fixture
def nobody() -> Iterator[Customers]:
    customers = Customers("http://127.0.0.1:1", seed=7, calm=False)
    customers.start()
    yield customers


def test_customers_survive_a_shop_that_is_closed_and_leave_when_told(nobody: Customers):
    nobody.stop()
    assert nobody.uploaded == ""
    assert not nobody._coming.is_alive()
