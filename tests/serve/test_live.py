"""What arrives, as it arrives."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from serve.site import Site
from telemetry import Telemetry, trace_id

from trivet.query import live
from trivet.serve.routes import live as routes
from trivet.store.client import Client


class Reader:
    """Reads events in a thread of its own; `until` waits for them."""

    def __init__(self, site: Site, *, last_event_id: str = "", **params: str):
        self.events: list[tuple[str, Any]] = []
        self.ids: list[str] = []
        self.comments: list[str] = []
        came = {"last-event-id": last_event_id} if last_event_id else {}
        self._client = httpx.Client(base_url=site.url, timeout=20, trust_env=False)
        self._stream = self._client.stream("GET", "/api/live", params=params, headers=came)
        self.response = self._stream.__enter__()
        self._lines = self.response.iter_lines()
        assert next(self._lines).startswith(":")
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        name = ""
        try:
            for line in self._lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    self.events.append((name, json.loads(line.removeprefix("data: "))))
                elif line.startswith("id: "):
                    self.ids.append(line.removeprefix("id: "))
                elif line.startswith(":"):
                    self.comments.append(line)
        except (httpx.HTTPError, httpx.StreamError):
            pass

    def until(self, count: int) -> list[tuple[str, Any]]:
        end = time.monotonic() + 15
        while len(self.events) < count:
            assert time.monotonic() < end, self.events
            time.sleep(0.02)
        return self.events

    def close(self) -> None:
        # Closing alone would not wake a thread that waits for the next line.
        self.response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self.response.close()
        self._client.close()


@pytest.fixture
def reading(stored: Site) -> Iterator[Any]:
    readers: list[Reader] = []

    def start(**params: Any) -> Reader:
        readers.append(Reader(stored, **params))
        return readers[-1]

    yield start
    for reader in readers:
        reader.close()


def test_records_come_in_order_with_all_that_a_list_shows(store: Client, reading: Any):
    reader = reading(signal="logs", filter="severity>=warn")
    assert reader.response.headers["content-type"].startswith("text/event-stream")
    for number in range(3):
        told = Telemetry()
        told.log(f"warned {number}", trace=number + 1, severity="warn", attributes={"n": number})
        told.log("fine", severity="info")
        told.load(store)
    events = reader.until(3)
    assert [(name, row["body"], row["attributes"]) for name, row in events] == [
        ("log", f"warned {number}", {"n": number}) for number in range(3)
    ]
    assert events[0][1]["trace_id"] == trace_id(1)
    assert events[0][1]["resource"]["attributes"] == {"service.name": "web"}


def test_spans_that_came_before_are_not_told(store: Client, reading: Any):
    old = Telemetry()
    old.span(1, 1, "old")
    old.received -= 10**9
    old.load(store)
    reader = reading(filter="service:web")
    new = Telemetry()
    new.span(2, 1, "new")
    new.load(store)
    [(name, row)] = reader.until(1)
    assert (name, row["name"], row["trace_id"]) == ("span", "new", trace_id(2))


def test_too_many_at_once_are_counted(store: Client, reading: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "MOST_AT_ONCE", 5)
    reader = reading(signal="logs")
    told = Telemetry()
    for number in range(12):
        told.log(f"{number}")
    told.load(store)
    events = reader.until(6)
    assert events[0] == ("skipped", {"count": 7})
    assert [row["body"] for _, row in events[1:]] == ["7", "8", "9", "10", "11"]


def test_a_sign_of_life_where_nothing_happens(store: Client, reading: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(routes, "SIGN_OF_LIFE_SECONDS", 0.1)
    reader = reading(signal="logs")
    end = time.monotonic() + 15
    while not reader.comments:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_reader_that_comes_back_misses_nothing(store: Client, reading: Any):
    first = reading(signal="logs")
    told = Telemetry()
    told.log("before")
    told.log("and before")
    told.load(store)
    first.until(2)
    [place] = first.ids
    away = Telemetry()
    away.log("meanwhile")
    away.load(store)
    again = reading(last_event_id=place, signal="logs")
    assert [row["body"] for _, row in again.until(1)] == ["meanwhile"]


@pytest.mark.parametrize("place", ["x", "9" * 19, "-1", "1" * 40])
def test_a_place_that_is_none_is_passed_over(store: Client, reading: Any, place: str):
    told = Telemetry()
    told.log("before")
    told.received -= 10**9
    told.load(store)
    reader = reading(last_event_id=place, signal="logs")
    told = Telemetry()
    told.log("after")
    told.load(store)
    assert [row["body"] for _, row in reader.until(1)] == ["after"]


def test_streams_end_with_the_server_and_do_not_hold_it_up(serving: Any, store: Client):
    site = serving(store.address)
    reader = Reader(site, signal="logs")
    began = time.monotonic()
    site.__exit__()
    reader.close()
    assert time.monotonic() - began < 3


def test_an_engine_out_of_reach_ends_the_stream_with_an_error(site: Site):
    reader = Reader(site, signal="logs")
    [(name, error)] = reader.until(1)
    assert (name, error["error"]["code"]) == ("error", "unavailable")
    reader.close()


@pytest.mark.parametrize(
    ("params", "code"),
    [({"signal": "metrics"}, "bad_parameter"), ({"fitler": "a:b"}, "bad_parameter"), ({"filter": "a=="}, "bad_filter")],
)
def test_a_wrong_question_is_refused_before_the_stream_begins(site: Site, params: dict[str, str], code: str):
    answer = site.get("/api/live", params=params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
