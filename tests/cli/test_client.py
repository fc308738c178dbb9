"""What the client sends, and what it makes of every kind of answer and of none."""

import argparse
import json
import socket
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from cli.answering import answering, error, said

from trivet.cli.arguments import connect
from trivet.cli.client import Client
from trivet.cli.complaint import Misused, Refused
from trivet.errors import TrivetError, Unavailable


def refusal(*answer) -> TrivetError:
    with answering(*answer) as server, pytest.raises(TrivetError) as raised:
        Client(server.url).get("/api/traces", text="a==1", filter="a==1")
    return raised.value


def test_the_envelope_of_an_error_arrives_whole():
    refused = refusal(error(400, "bad_filter", "unknown operator '=='", "use '='", 1))
    assert isinstance(refused, Refused)
    assert (refused.message, refused.code, refused.hint, refused.at, refused.text) == (
        "unknown operator '=='", "bad_filter", "use '='", 1, "a==1",
    )  # fmt: skip


def test_overload_says_when_to_come_back():
    refused = refusal(error(503, "full", "too many questions at once", retry_after="3"))
    assert refused.hint == "try again in 3 s"


def test_something_else_on_that_port_is_said():
    unavailable = refusal((200, {"Content-Type": "text/html"}, b"<html>"))
    assert isinstance(unavailable, Unavailable)
    assert "is not Trivet (200 OK)" in unavailable.message and "TRIVET_URL" in unavailable.hint


@pytest.mark.parametrize("content", [[], {}, {"error": None}, {"error": "text"}, {"detail": "x"}])
def test_an_error_in_nobodys_shape_is_still_an_error(content: object):
    refused = refusal(said(404, content))
    assert isinstance(refused, Refused) and "404" in refused.message


def test_an_answer_cut_short_is_unavailable():
    cut = refusal((200, {"Content-Type": "application/json", "Content-Length": "100"}, b'{"traces"'))
    assert isinstance(cut, Unavailable)


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unavailable) as raised:
        Client(f"127.0.0.1:{port}").get("/api/status")
    assert raised.value.message == f"no server answers at http://127.0.0.1:{port} (Connection refused)"
    assert "trivet up" in raised.value.hint


def test_a_name_that_nobody_has():
    with pytest.raises(Unavailable, match=r"no server answers at http://nowhere\.invalid:4318"):
        Client("http://nowhere.invalid:4318").get("/api/status")


def test_tls_against_a_server_without():
    with answering(said(200, {})) as server, pytest.raises(Unavailable, match="no safe connection"):
        Client(server.url.replace("http:", "https:")).get("/api/status")


@pytest.mark.parametrize("url", ["", "ftp://x", "http://", "http://x:port", "http://[::1", "x:99999"])
def test_what_is_no_address(url: str):
    with pytest.raises(Misused, match="is not the address of a server"):
        Client(url)


@pytest.mark.parametrize(
    ("url", "means"),
    [
        ("localhost:4318", "http://localhost:4318"),
        ("https://trivet.example.com/", "https://trivet.example.com"),
        ("http://[::1]:4318", "http://[::1]:4318"),
        ("https://example.com/below/?x#y", "https://example.com/below"),
    ],
)
def test_addresses(url: str, means: str):
    assert Client(url).url == means


def test_what_is_sent():
    with answering(said(200, {"ok": True})) as server:
        client = Client(server.url + "/below", token="secret", session="me")
        client.get("/api/logs", filter="a b&c=ü", start=None, limit=5)
        client.post("/api/sql", {"query": "SELECT 1"})
    (method, target, headers, _), (posted, to, more, body) = server.asked
    assert (method, urlsplit(target).path) == ("GET", "/below/api/logs")
    assert parse_qs(urlsplit(target).query) == {"filter": ["a b&c=ü"], "limit": ["5"]}
    assert (posted, to, body) == ("POST", "/below/api/sql", b'{"query": "SELECT 1"}')
    assert more["Content-Type"] == "application/json"
    for sent in (headers, more):
        assert sent["Authorization"] == "Bearer secret"
        assert sent["Trivet-Session"] == "me"
        assert sent["User-Agent"].startswith("trivet/")


@pytest.mark.parametrize(
    ("environ", "url", "sent"),
    [
        ({"TRIVET_READ_TOKEN": "r", "TRIVET_TOKEN": "t"}, None, "Bearer r"),
        ({"TRIVET_TOKEN": "t"}, None, "Bearer t"),
        ({"TRIVET_INGEST_TOKEN": "i"}, None, None),
        ({"TRIVET_URL": "http://elsewhere:1"}, "flag", None),
    ],
)
def test_flags_and_environment(environ: dict[str, str], url: str | None, sent: str | None):
    with answering(said(200, {})) as server:
        args = argparse.Namespace(url=server.url if url else None)
        connect(args, {"TRIVET_URL": server.url} | environ).get("/api/status")
    assert server.asked[0][2].get("Authorization") == sent


def test_a_list_longer_than_a_page_is_fetched_in_several():
    pages = [
        said(200, {"logs": list(range(1000)), "next": "c1", "scanned": 1}),
        said(200, {"logs": list(range(1000, 1500)), "next": "c2", "scanned": 2}),
    ]
    with answering(*pages) as server:
        answer = Client(server.url).pages("/api/logs", "logs", 1500, filter="x")
    assert answer == {"logs": list(range(1500)), "next": "c2", "scanned": 2}
    asked = [parse_qs(urlsplit(target).query) for _, target, *_ in server.asked]
    assert asked == [{"filter": ["x"], "limit": ["1000"]}, {"filter": ["x"], "limit": ["500"], "cursor": ["c1"]}]


def test_server_sent_events():
    stream = (
        b': busy\n\nevent: log\ndata: {"a":\ndata: 1}\n\nevent: skipped\r\ndata: {"count": 3}\r\n\r\nevent: log\n\n'
    )
    with answering((200, {"Content-Type": "text/event-stream"}, stream)) as server:
        assert list(Client(server.url).events("/api/live")) == [("log", {"a": 1}), ("skipped", {"count": 3})]
    assert server.asked[0][2]["Accept"] == "text/event-stream"


def test_events_refused():
    with answering(error(404, "not_found", "no such call")) as server, pytest.raises(Refused) as raised:
        next(Client(server.url).events("/api/live"))
    assert raised.value.code == "not_found"
    with answering(said(200, {})) as server, pytest.raises(Refused, match="does not stream"):
        next(Client(server.url).events("/api/live"))


def test_a_shell_is_one_session():
    """Two commands of one shell say the same name; one of another shell says another."""
    command = f"{sys.executable} -c 'from trivet.cli.client import shell_session; print(shell_session())'"
    script = f"{command}; {command}; echo shell-$$-"
    shells = [subprocess.check_output(["sh", "-c", script], text=True, start_new_session=True) for _ in range(2)]
    for first, second, begins in map(str.split, shells):
        assert first == second
        assert first.startswith(begins)
    assert shells[0].split()[0] != shells[1].split()[0]


def told(*events: tuple[str, object]) -> tuple[int, dict[str, str], bytes]:
    body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    return 200, {"Content-Type": "text/event-stream; charset=utf-8"}, body.encode()


def test_progress_is_heard_before_the_answer():
    heard = []
    with answering(told(("progress", {"rows": 1}), ("progress", {"rows": 2}), ("result", {"a": 1}))) as server:
        assert Client(server.url).told("/api/sql", {"query": "q"}, heard.append) == {"a": 1}
    assert heard == [{"rows": 1}, {"rows": 2}]
    assert server.asked[0][2]["Accept"] == "text/event-stream"


def test_what_goes_wrong_is_raised_however_it_is_told():
    failure = {"error": {"code": "too_expensive", "message": "m", "hint": "h", "at": 3}}
    for answer in (told(("progress", {}), ("error", failure)), said(422, failure)):
        with answering(answer) as server, pytest.raises(Refused, match="m") as raised:
            Client(server.url).told("/api/sql", {}, lambda _: None, text="SELECT")
        assert (raised.value.code, raised.value.hint, raised.value.at, raised.value.text) == (
            "too_expensive", "h", 3, "SELECT",
        )  # fmt: skip
    with answering(told(("progress", {}))) as server, pytest.raises(Unavailable, match="went away"):
        Client(server.url).told("/api/sql", {}, lambda _: None)
    with answering(said(200, {"a": 1})) as server:
        assert Client(server.url).told("/api/sql", {}, lambda _: None) == {"a": 1}
