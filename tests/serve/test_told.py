"""Slow answers say how far they are; what nobody waits for any more stops in the engine."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from jsonschema import ValidationError
from serve.conforming import held_against
from serve.site import Site
from telemetry import Telemetry, trace_id

from trivet.errors import Unavailable
from trivet.query.ask import Ask
from trivet.serve import answering
from trivet.serve.app import described
from trivet.store.client import Client

ROWS = 10**13
LONG = f"SELECT count() FROM numbers({ROWS}) WHERE cityHash64(number, 'wait for it') = 1"
SLOW = "SELECT count() AS n FROM numbers(5000000) WHERE sipHash64(number, 'slow') = 1"
EVENTS = {"accept": "text/event-stream"}


class Stream:
    """The events of one answer, as they come."""

    def __init__(self, response: httpx.Response):
        self.response = response
        self._lines = response.iter_lines()

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        name = ""
        for line in self._lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))

    def next(self) -> tuple[str, Any]:
        return next(iter(self))


@contextmanager
def asked(site: Site, path: str, body: Any, **headers: str) -> Iterator[Stream]:
    with (
        httpx.Client(base_url=site.url, trust_env=False, timeout=30) as client,
        client.stream("POST", path, json=body, headers=EVENTS | headers) as response,
    ):
        yield Stream(response)


def under_way(store: Client) -> int:
    running = "SELECT count() AS n FROM system.processes WHERE query LIKE '%wait for it%' AND query NOT LIKE '%LIKE%'"
    return store.rows(running)[0]["n"]


def until_running(store: Client, wanted: int) -> None:
    end = time.monotonic() + 10
    while under_way(store) != wanted:
        assert time.monotonic() < end, f"not {wanted} statements"
        time.sleep(0.02)


def test_a_slow_answer_says_how_far_it_is(store: Client, stored: Site):
    with asked(stored, "/api/sql", {"query": LONG}) as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.response.headers["cache-control"] == "no-store"
        told = [stream.next() for _ in range(4)]
        assert {name for name, _ in told} == {"progress"}
        rows = [data["rows"] for _, data in told]
        assert rows == sorted(rows) and rows[-1] > rows[0]
        assert told[-1][1]["total"] == ROWS
        assert told[-1][1]["ms"] >= 4 * 1000 * answering.PROGRESS_SECONDS
        assert under_way(store) == 1
    until_running(store, 0)


def test_the_answer_comes_last_and_is_the_same(told: None, stored: Site):
    with asked(stored, "/api/sql", {"query": SLOW}) as stream:
        *progress, (name, answer) = list(stream)
    assert {name for name, _ in progress} == {"progress"}
    assert (name, answer["rows"]) == ("result", [[0]])


@pytest.fixture
def told(store: Client) -> None:
    told = Telemetry()
    told.span(1, 1, "GET /")
    told.load(store)


ONE = {"trace_id": trace_id(1)}


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/sql", {"query": "SELECT 1"}), ("/api/flame", {}), ("/api/diff", {"a": ONE, "b": ONE})],
)
def test_what_can_be_told_is_as_documented(told: None, stored: Site, path: str, body: Any):
    with asked(stored, path, body) as stream:
        events = list(stream)
    content = described()["paths"][path]["post"]["responses"]["200"]["content"]
    assert events[-1][0] == "result"
    for name, data in events:
        held_against(data, content["text/event-stream"]["x-events"][name], described())


def test_every_question_of_the_contract_can_be_told():
    paths = {path: calls["post"]["responses"] for path, calls in described()["paths"].items() if "post" in calls}
    answers = {path: given["200"]["content"] for path, given in paths.items() if "200" in given}
    assert {path for path, content in answers.items() if "text/event-stream" in content} == set(answers)


def test_what_goes_wrong_on_the_way_is_an_event(store: Client, stored: Site):
    with asked(stored, "/api/sql", {"query": "SELECT length(groupArray(number)) FROM numbers(1000000000)"}) as stream:
        *_, (name, answer) = list(stream)
    assert (name, answer["error"]["code"]) == ("error", "too_expensive")


def test_what_is_wrong_from_the_start_is_refused(store: Client, stored: Site):
    answer = stored.post("/api/sql", {"query": 1}, headers=EVENTS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_parameter")


def test_a_fault_of_ours_says_nothing_of_our_inside(
    store: Client, stored: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Ask, "own", broken)
    with asked(stored, "/api/sql", {"query": "SELECT 1"}) as stream:
        [(name, answer)] = list(stream)
    assert (name, answer["error"]["code"]) == ("error", "internal")
    assert "secret" not in json.dumps(answer)
    assert "secret" in caplog.text


def test_a_reader_that_goes_away_cancels_its_question(store: Client, stored: Site):
    with asked(stored, "/api/sql", {"query": LONG}) as stream:
        until_running(store, 1)
        stream.response.close()
    until_running(store, 0)


def test_a_newer_question_of_the_slot_ends_the_older_stream(store: Client, stored: Site):
    slot = {"trivet-replaces": "tab:main"}
    with asked(stored, "/api/sql", {"query": LONG}, **slot) as stream:
        until_running(store, 1)
        assert stored.post("/api/sql", {"query": "SELECT 1"}, headers=slot).json()["rows"] == [[1]]
        *_, (name, answer) = list(stream)
    assert (name, answer["error"]["code"]) == ("error", "replaced")
    until_running(store, 0)


def test_progress_that_cannot_be_known_holds_nothing_up(
    store: Client, serving: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
):
    async def away(*_: object) -> tuple[int, int]:
        raise Unavailable("the engine is busy")

    monkeypatch.setattr(Ask, "under_way", away)
    with asked(serving(store.address), "/api/sql", {"query": SLOW}) as stream:
        events = list(stream)
    assert events[-1][0] == "result"
    assert all(data["rows"] == data["total"] for name, data in events if name == "progress")


def test_the_validator_of_these_tests_is_awake():
    with pytest.raises((AssertionError, ValidationError)):
        held_against({"rows": "1"}, {"$ref": "#/components/schemas/Progress"}, described())
