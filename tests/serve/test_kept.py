"""What was asked is kept: by whom, from where, once, and with an address that asks it again."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from serve.site import Site
from telemetry import Telemetry, trace_id

from trivet.serve import kept as module
from trivet.serve.kept import Kept
from trivet.serve.pages import PAGES
from trivet.store.asked import Asked, Entry
from trivet.store.client import Client
from trivet.tokens import Tokens

PAGE = {"user-agent": "Mozilla/5.0 (X11)", "trivet-session": "tab-1"}
CLI = {"user-agent": "trivet/0.1", "trivet-session": "shell-1"}


@pytest.fixture
def told(store: Client) -> Telemetry:
    told = Telemetry()
    for number in (1, 2, 3):
        told.span(number, 1, f"GET /{number}")
        told.log("hello", trace=number, span=1)
    told.load(store)
    return told


@pytest.fixture
def entries() -> list[Entry]:
    return []


@pytest.fixture
def site(serving: Callable[..., Site], store: Client, entries: list[Entry]) -> Site:
    return serving(store.address, record=entries.append)


def test_a_filter_is_kept_with_what_it_cost(told: Telemetry, site: Site, entries: list[Entry]):
    answer = site.get("/api/traces", params={"filter": "service:web", "order": "slowest"}, headers=PAGE).json()
    [entry] = entries
    assert (entry.call, entry.text, entry.who, entry.session) == ("traces", "service:web", "loopback", "tab-1")
    assert (entry.origin, entry.times, entry.answer_rows, entry.error) == ("page", 1, 3, "")
    assert entry.rows_read >= answer["scanned"]["rows"] > 0
    assert entry.start < told.start < entry.end
    link = urlsplit(entry.link)
    assert (link.path, parse_qs(link.query)["filter"]) == ("/traces", ["service:web"])


def test_who_asks_is_the_token_and_from_where(told: Telemetry, serving: Callable[..., Site], store: Client):
    entries: list[Entry] = []
    site = serving(store.address, record=entries.append, tokens=Tokens(read_token="secret"))
    bearer = {"authorization": "Bearer secret"}
    assert site.get("/api/logs", headers=PAGE).status_code == 401
    for headers in (PAGE, CLI, {}):
        assert site.get("/api/logs", headers=headers | bearer).status_code == 200
    assert [(entry.who, entry.origin, entry.session) for entry in entries] == [
        ("read", "page", "tab-1"),
        ("read", "cli", "shell-1"),
        ("read", "api", ""),
    ]


ASKED = [
    ("GET", "/api/traces", {"filter": "service:web", "order": "slowest"}, "service:web"),
    ("GET", "/api/spans", {"filter": "name~GET", "limit": 2}, "name~GET"),
    ("GET", "/api/logs", {}, ""),
    ("GET", f"/api/traces/{trace_id(1)}", {"max_spans": 5}, trace_id(1)),
    ("GET", f"/api/traces/{trace_id(1)}/shape", {}, trace_id(1)),
    ("POST", "/api/sql", {"query": "SELECT 1 AS `&?=`"}, "SELECT 1 AS `&?=`"),
    ("POST", "/api/flame", {"filter": "service:web", "focus": "web"}, '{"filter":"service:web","focus":"web"}'),
    ("POST", "/api/query", {"calculate": ["count"], "group_by": ["name"], "filter": "service:web"}, None),
    ("POST", "/api/query", {"heatmap": {}, "every": "1m"}, '{"every":"1m","heatmap":{}}'),
    ("POST", "/api/compare", {"selection": {"filter": "name~1"}}, None),
    ("GET", "/api/v1/query", {"query": "1 + 1", "time": 1}, "1 + 1"),
    ("GET", "/api/v1/query_range", {"query": "1 + 1", "start": 1, "end": 2, "step": "1s"}, "1 + 1"),
    ("POST", "/api/diff", {"a": {"trace_id": trace_id(1)}, "b": {"filter": "service:web"}}, None),
]


def ask(site: Site, method: str, path: str, given: Any, **headers: str) -> Any:
    how = {"params": given} if method == "GET" else {"json": given}
    answer = site.http.request(method, path, headers=headers, **how)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(("method", "path", "given", "text"), ASKED, ids=[f"{each[0]} {each[1]}" for each in ASKED])
def test_every_kind_of_question_is_kept(
    told: Telemetry, site: Site, entries: list[Entry], method: str, path: str, given: Any, text: str | None
):
    ask(site, method, path, given)
    [entry] = entries
    assert text is None or entry.text == text
    assert entry.answer_rows >= (path != "/api/compare") and entry.rows_read >= 0
    path = urlsplit(entry.link).path
    patterns = [re.sub(r"\{\w+\}", "[^/]+", each) for each in PAGES]
    assert path.startswith("/api/") or any(re.fullmatch(each, path) for each in patterns)


def test_the_size_of_an_answer_is_how_many_patterns_it_has(told: Telemetry, site: Site, entries: list[Entry]):
    found = ask(site, "GET", "/api/patterns", {"signal": "traces"})["patterns"]
    assert [entry.answer_rows for entry in entries] == [len(found)] != [0]


def stable(answer: Any) -> Any:
    return {name: value for name, value in answer.items() if name not in ("scanned", "next", "elapsed_ms")}


@pytest.mark.parametrize(("method", "path", "given", "text"), ASKED, ids=[f"{each[0]} {each[1]}" for each in ASKED])
def test_a_link_of_the_api_asks_the_same_again(
    told: Telemetry,
    site: Site,
    entries: list[Entry],
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    given: Any,
    text: str | None,
):
    monkeypatch.setattr("trivet.serve.links.PAGES", {})
    answer = ask(site, method, path, given)
    [entry] = entries
    again = site.get(entry.link)
    assert again.status_code == 200, again.text
    assert stable(again.json()) == stable(answer)


def test_links_of_pages(told: Telemetry, site: Site, entries: list[Entry]):
    one, two = ({"trace_id": trace_id(number)} for number in (1, 2))
    ask(site, "POST", "/api/diff", {"a": one, "b": two})
    ask(site, "POST", "/api/query", {"calculate": ["count", "p95(duration)"], "filter": "a:1", "every": "1m"})
    ask(site, "POST", "/api/query", {"heatmap": {}})
    metric = {
        "signal": "metrics",
        "metric": "queue depth",
        "calculate": ["max"],
        "group_by": ["a", "b"],
        "filter": "a:1",
    }
    ask(site, "POST", "/api/query", {"signal": "metrics"} | metric)
    links = [entry.link.partition("&range=")[0] for entry in entries]
    assert links == [
        f"/traces/{trace_id(2)}?view=compare&with={trace_id(1)}",
        "/explore?view=lines&calculate=count%2Cp95%28duration%29&group=-&filter=a%3A1&every=1m",
        "/explore?view=heatmap&group=-",
        "/metrics-explorer?metric=queue+depth&calculate=max&group=a%2Cb&filter=a%3A1",
    ]


def test_ranges_of_links_are_instants(told: Telemetry, site: Site, entries: list[Entry]):
    side = {"filter": "service:web", "start": "now-5m"}
    ask(site, "POST", "/api/diff", {"a": side, "b": side | {"end": "now"}})
    ask(site, "POST", "/api/flame", {"start": "now-5m"})
    ask(site, "GET", "/api/spans", {"start": "now-5m"})
    assert [entry.call for entry in entries] == ["diff", "flame", "spans"]
    assert not [entry.link for entry in entries if "now" in entry.link]
    [range] = parse_qs(urlsplit(entries[1].link).query)["range"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\.\.\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", range)


def test_the_same_again_is_one_question_asked_twice(told: Telemetry, site: Site, entries: list[Entry]):
    for headers in (PAGE, PAGE, PAGE | {"trivet-session": "tab-2"}):
        ask(site, "GET", "/api/traces", {"start": "now-1h"}, **headers)
    ask(site, "GET", "/api/traces", {"start": "now-2h"}, **PAGE)
    ask(site, "GET", "/api/traces", {"start": "now-1h"}, **PAGE)
    ids = [entry.id for entry in entries]
    assert [ids.index(id) for id in ids] == [0, 0, 2, 3, 0]
    assert [entry.times for entry in entries] == [1, 2, 1, 1, 3]
    assert entries[4].until > entries[1].until > entries[0].until == entries[0].time == entries[4].time


def test_after_a_while_it_is_a_question_again(
    told: Telemetry, serving: Callable[..., Site], store: Client, monkeypatch: pytest.MonkeyPatch
):
    entries: list[Entry] = []
    clock = iter(minutes * 60 * 10**9 for minutes in (0, 4, 8, 14))
    monkeypatch.setattr("trivet.serve.app.Kept", lambda record: Kept(record, lambda: next(clock)))
    site = serving(store.address, record=entries.append)
    for _ in range(4):
        ask(site, "GET", "/api/logs", {})
    assert [entry.times for entry in entries] == [1, 2, 3, 1]


def test_what_is_remembered_to_know_repetitions_is_bounded(
    told: Telemetry, site: Site, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "MOST_RECENT", 1)
    for filter in ("a:1", "b:1", "a:1"):
        ask(site, "GET", "/api/logs", {"filter": filter})
    assert [entry.times for entry in entries] == [1, 1, 1]


def test_what_is_no_question_is_not_kept(told: Telemetry, site: Site, entries: list[Entry]):
    cursor = ask(site, "GET", "/api/logs", {"limit": 1}, **{"trivet-aside": "1"})["next"]
    ask(site, "GET", "/api/logs", {"limit": 1, "cursor": cursor})
    for path in ("/api/status", "/api/services", "/api/metrics", "/api/asked"):
        ask(site, "GET", path, {})
    for path, params in (("/api/logs", {"filter": "a=="}), (f"/api/traces/{trace_id(404)}", {})):
        assert site.get(path, params=params).status_code >= 400
    assert site.post("/api/sql", {"query": "DROP TABLE spans"}).status_code == 403
    assert entries == []


def test_a_question_that_was_too_much_is_kept(store: Client, site: Site, entries: list[Entry]):
    query = "SELECT length(groupArray(number)) FROM numbers(1000000000)"
    assert site.post("/api/sql", {"query": query}).status_code == 422
    [entry] = entries
    assert (entry.text, entry.error, entry.answer_rows) == (query, "too_expensive", 0)


def test_long_texts_are_cut_and_have_no_link(store: Client, site: Site, entries: list[Entry]):
    for length in (module.LONGEST_TEXT, 9000):
        ask(site, "POST", "/api/sql", {"query": f"SELECT '{'x' * length}' AS x"})
    assert [len(entry.text) for entry in entries] == [module.LONGEST_TEXT + 1, 9000 + 14]
    assert [entry.link for entry in entries] == ["", ""]


def test_nothing_is_kept_where_that_is_turned_off(told: Telemetry, stored: Site):
    ask(stored, "GET", "/api/logs", {})
    assert ask(stored, "GET", "/api/asked", {})["asked"] == []


@pytest.fixture
def listed(told: Telemetry, site: Site, store: Client, entries: list[Entry]) -> Site:
    """Questions of two sessions, in the store."""
    for number in range(5):
        ask(site, "GET", "/api/logs", {"filter": f"n:{number}"}, **(PAGE if number % 2 else CLI))
    ask(site, "GET", "/api/logs", {"filter": "n:4"}, **CLI)
    kept = Asked(store, age=1e9, rows=100)
    for entry in entries:
        kept.record(entry)
    kept.write()
    return site


def test_the_list_has_the_newest_first(listed: Site, entries: list[Entry]):
    rows = ask(listed, "GET", "/api/asked", {})["asked"]
    assert [row["text"] for row in rows] == [f"n:{number}" for number in (4, 3, 2, 1, 0)]
    newest, last = rows[0], entries[-1]
    assert newest == {
        "id": last.id,
        "time": str(last.time),
        "until": str(last.until),
        "times": 2,
        "who": "loopback",
        "session": "shell-1",
        "from": "cli",
        "call": "logs",
        "text": "n:4",
        "range": {"start": str(last.start), "end": str(last.end)},
        "rows_read": last.rows_read,
        "ms": last.ms,
        "answer_rows": 0,
        "link": last.link,
    }


def test_the_list_by_session_range_and_page(listed: Site, entries: list[Entry]):
    assert [row["text"] for row in ask(listed, "GET", "/api/asked", {"session": "tab-1"})["asked"]] == ["n:3", "n:1"]
    assert ask(listed, "GET", "/api/asked", {"session": ""})["asked"] == []
    before = {"end": entries[2].time}
    assert [row["text"] for row in ask(listed, "GET", "/api/asked", before)["asked"]] == ["n:1", "n:0"]
    first = ask(listed, "GET", "/api/asked", {"limit": 2})
    second = ask(listed, "GET", "/api/asked", {"limit": 2, "cursor": first["next"]})
    third = ask(listed, "GET", "/api/asked", {"limit": 2, "cursor": second["next"]})
    pages = [[row["text"] for row in page["asked"]] for page in (first, second, third)]
    assert pages == [["n:4", "n:3"], ["n:2", "n:1"], ["n:0"]]
    assert third["next"] is None
    assert listed.get("/api/asked", params={"cursor": "?"}).json()["error"]["code"] == "bad_cursor"
