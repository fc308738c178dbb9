from collections.abc import Sequence

import httpx
import pytest

from trivet.demo.customers import BUSY, QUIET, RHYTHM_SECONDS, Customers, rate
from trivet.demo.tables import ACCOUNTS, VIDEOS

RECORDINGS = (b"broken", b"one", b"two")


class Noted(Customers):
    """Notes what a customer would do."""

    def _ask(self, method: str, path: str, content: bytes | None = None, headers: dict | None = None) -> dict:
        self.noted.append((method, path, content, headers))
        return {}


def visits(count: int, seed: int, calm: bool) -> Sequence[tuple]:
    customers = Noted("http://nowhere.invalid", RECORDINGS, seed, calm)
    customers.noted = []
    for _ in range(count):
        for act in customers._next():
            customers._visit(act)
    customers._visits.shutdown()
    customers._client.close()
    return customers.noted


def test_a_seed_decides_what_customers_do():
    assert visits(200, 7, calm=False) == visits(200, 7, calm=False)
    assert visits(200, 7, calm=False) != visits(200, 8, calm=False)


@pytest.mark.parametrize("calm", [True, False])
def test_only_calm_customers_do_nothing_wrong(calm: bool):
    seen = visits(800, 7, calm)
    numbers = [int(path.rpartition("/")[2]) for method, path, *_ in seen if method == "GET"]
    broken = [content for _, _, content, _ in seen if content == b"broken"]
    assert bool(broken) is any(number > max(ACCOUNTS, VIDEOS) for number in numbers) is not calm
    assert {b"one", b"two"} <= {content for _, _, content, _ in seen}


def test_quiet_and_busy_times_take_turns():
    rates = [rate(second) for second in range(int(2 * RHYTHM_SECONDS))]
    assert (min(rates), max(rates)) == (QUIET, BUSY)
    assert rate(0) == rate(RHYTHM_SECONDS) == QUIET
    assert rate(RHYTHM_SECONDS / 2) == BUSY


def test_customers_survive_a_company_that_is_closed_and_leave_when_told():
    customers = Customers("http://127.0.0.1:1", RECORDINGS, seed=7, calm=False)
    customers.start()
    customers.stop_coming()
    customers.leave()
    assert not customers.first_upload.is_set()
    assert not customers._coming.is_alive()


def test_an_upload_is_watched_until_it_is_a_video():
    states = iter(["new", "new", "ready"])

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, request.url.path))
        return httpx.Response(200, json={"id": 4, "state": next(states)})

    asked: list[tuple[str, str]] = []
    customers = Customers("http://web", RECORDINGS, seed=7, calm=True)
    customers._client.close()
    customers._client = httpx.Client(base_url="http://web", transport=httpx.MockTransport(answer))
    customers._one_upload()()
    assert asked == [("POST", "/uploads"), ("GET", "/videos/4"), ("GET", "/videos/4")]
    assert customers.first_upload.is_set()
    customers._client.close()
