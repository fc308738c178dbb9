"""Who gets in, and what every answer carries."""

from collections.abc import Callable

import pytest
from serve.site import Site

from trivet.hosts import Hosts
from trivet.serve.gate import COOKIE, MOST_SESSIONS, SESSION_SECONDS, Sessions
from trivet.tokens import ANYONE, Tokens

READ = {"authorization": "Bearer reader"}
TOKENS = Tokens(ingest_token="sender", read_token="reader")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def guarded(serving: Callable[..., Site]) -> Site:
    return serving(tokens=TOKENS)


@pytest.mark.parametrize("path", ["/", "/api/status", "/healthz", "/nothing", "/api/nothing", "/metrics"])
def test_every_answer_is_strict_about_what_a_browser_may_do_with_it(site: Site, path: str):
    headers = site.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


def test_refusals_at_the_gate_are_strict_too(guarded: Site):
    answer = guarded.get("/api/status")
    assert answer.status_code == 401
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/", "/traces/abc"])
def test_what_is_open_without_a_token(guarded: Site, path: str):
    assert guarded.get(path).status_code != 401


@pytest.mark.parametrize("path", ["/api/status", "/api/openapi.json", "/metrics", "/api/traces/0", "/api/nothing"])
def test_what_is_not(guarded: Site, path: str):
    assert guarded.get(path).status_code == 401
    assert guarded.get(path, headers={"authorization": "Bearer wrong"}).status_code == 401
    assert guarded.get(path, headers=READ).status_code not in (401, 403)


@pytest.mark.parametrize("path", ["/api/status", "/metrics", "/api/v1/labels", "/api/live?signal=nothing"])
def test_the_token_for_reading_is_a_password_too(guarded: Site, path: str):
    assert guarded.get(path, auth=("grafana", "wrong")).status_code == 401
    assert guarded.get(path, auth=("grafana", "sender")).status_code == 403
    assert guarded.get(path, auth=("grafana", "reader")).status_code not in (401, 403)


def test_a_blank_origin_is_none(guarded: Site):
    asked = {"data": {"query": "1"}, "auth": ("grafana", "reader")}
    assert guarded.http.post("/api/v1/query", headers={"origin": ""}, **asked).status_code == 200
    assert guarded.http.post("/api/v1/query", headers={"origin": "https://elsewhere"}, **asked).status_code == 403


def test_a_token_for_sending_does_not_read(guarded: Site):
    answer = guarded.get("/api/status", headers={"authorization": "Bearer sender"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "not_allowed"


def test_a_session_is_opened_with_a_token_and_closed(guarded: Site):
    answer = guarded.post("/api/session", {"token": "reader"})
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "reader" not in cookie
    assert guarded.get("/api/status").status_code == 200  # httpx keeps the cookie
    assert guarded.http.delete("/api/session").status_code == 204
    guarded.http.cookies.set(COOKIE, answer.cookies[COOKIE])
    assert guarded.get("/api/status").status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [({"token": "wrong"}, 401), ({"token": "sender"}, 403), ({}, 400), ([], 400), ({"token": "x" * 5000}, 400)],
)
def test_no_session_for_anything_else(guarded: Site, body: object, status: int):
    answer = guarded.post("/api/session", body)
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers


def test_a_made_up_cookie_opens_nothing(guarded: Site):
    for cookie in (f"{COOKIE}=guess", "=;=", f'{COOKIE}="'):
        assert guarded.get("/api/status", headers={"cookie": cookie}).status_code == 401


def test_sessions_end_and_the_oldest_make_room():
    now = [0.0]
    sessions = Sessions(clock=lambda: now[0])
    first = sessions.open(ANYONE)
    assert sessions.principal(first) is ANYONE
    for _ in range(MOST_SESSIONS):
        last = sessions.open(ANYONE)
    assert sessions.principal(first) is None
    now[0] = SESSION_SECONDS + 1
    assert sessions.principal(last) is None


def test_a_host_that_is_not_ours_is_refused(serving: Callable[..., Site]):
    site = serving(hosts=Hosts(["trivet.example"]))
    assert site.get("/api/status", headers={"host": "trivet.example:4318"}).status_code == 200
    assert site.get("/", headers={"host": "evil.example"}).status_code == 403
    assert (
        site.get("/api/status", headers={"host": "evil.example"}).json()["error"]["hint"] == "name it in TRIVET_HOSTS"
    )
    assert site.get("/healthz", headers={"host": "evil.example"}).status_code == 200


def test_other_sites_pages_may_not_act(guarded: Site):
    guarded.post("/api/session", {"token": "reader"})
    for origin in ("http://evil.example", "null", guarded.url.replace("127.0.0.1", "localhost")):
        answer = guarded.post("/api/session", {"token": "reader"}, headers={"origin": origin})
        assert answer.status_code == 403
    assert guarded.post("/api/session", {"token": "reader"}, headers={"origin": guarded.url}).status_code == 204
