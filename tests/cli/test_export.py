"""Out of one server and into another, and nothing is different."""

import gzip
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cli.running import Sent, eventually
from telemetry import MS, S, pairs

from trivet.cli import export as verb
from trivet.cli.client import Client
from trivet.cli.delivery import Delivery
from trivet.cli.main import main
from trivet.errors import Unavailable
from trivet.pipeline import Server
from trivet.testing.server import running_server

Trivet = Callable[..., str]
HOSTILE = {"int": 2**62, "double": 0.1, "nan": float("inf"), "bytes": b"\xff\0", "list": [1, [2, {"deep": None}]],
           "empty": None, "kv": {"a": {"b": b"x"}}, "text": "ü\n\"\\'\u2028", "0": "0", "false": False}  # fmt: skip


@pytest.fixture
def trivet(capsys: pytest.CaptureFixture) -> Trivet:
    def run(*arguments: str, status: int = 0, stderr: str = "") -> str:
        done = main([*arguments])
        printed = capsys.readouterr()
        assert done == status, printed.err
        assert stderr in printed.err
        return printed.out

    return run


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Server]:
    with running_server(tmp_path / "other") as server:
        yield server


def tell(url: str) -> None:
    """A bit of everything, two resources, two days."""
    sent = Sent()
    for number in range(1, 26):
        made = sent.span(number, 1, f"GET /{number}", at=number * MS, attributes=HOSTILE, service=f"s{number % 2}")
        made.events.add(name="exception", time_unix_nano=sent.start).attributes.extend(pairs(HOSTILE))
        made.links.add(trace_id=b"\2" * 16, span_id=b"\3" * 8, trace_state="a=b", flags=1)
        sent.log(HOSTILE, at=number * MS, trace=number, span=1, attributes=HOSTILE, severity_text="0")
        sent.log(f"yesterday {number}", at=-86_400 * S + number)
    for number in range(1, 5):
        metric = sent.metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="m", unit="s")
        point = metric.histogram.data_points.add(time_unix_nano=sent.start + number, count=3, sum=0.0)
        point.bucket_counts.extend([1, 2])
        point.explicit_bounds.append(0.5)
        point.exemplars.add(time_unix_nano=sent.start + number, as_int=1, trace_id=b"\4" * 16)
    metrics = sent.metrics.SerializeToString()
    sent.send(url)
    connection = Client(url).connection()
    connection.request("POST", "/v1/metrics", metrics, {"Content-Type": "application/x-protobuf"})
    assert connection.getresponse().status == 200
    connection.close()


def items(url: str) -> list[int]:
    """What can be exported: points are there a moment before their series, which has the unit."""
    client = Client(url)
    return [
        client.get("/api/export", signal=signal, start=0, limit=10_000)["items"] for signal in ("traces", "logs")
    ] + [client.post("/api/sql", {"query": "SELECT count() FROM metric_points WHERE unit = 's'"})["rows"][0][0]]


STORED = [25, 50, 4]


def test_there_and_back_is_the_same_byte_by_byte(
    trivet: Trivet, empty_server: Server, other: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tell(empty_server.url)
    eventually(lambda: items(empty_server.url) == STORED)
    first = trivet("export", "--url", empty_server.url, stderr="exported 25 spans, 50 log records, 4 metric points in ")
    file = tmp_path / "out.jsonl"
    file.write_text(first)
    said = trivet(
        "import", str(file), "--url", other.url, "--json", stderr="imported 25 spans, 50 log records, 4 metric"
    )
    assert json.loads(said) | {"bytes": 0} == {
        "traces": 25, "logs": 50, "metrics": 4, "requests": 3, "bytes": 0, "rejected": 0,
    }  # fmt: skip
    eventually(lambda: items(other.url) == STORED)
    assert trivet("export", "--url", other.url) == first
    trivet("import", str(file), "--url", other.url)
    assert items(other.url) == STORED
    monkeypatch.setattr(verb, "PART", 7)
    parts = trivet("export", "--url", other.url, "--signal", "traces", "--signal", "logs").rstrip("\n").split("\n")
    assert len(parts) == 4 + 8
    assert [list(json.loads(part)) for part in parts] == [["resourceSpans"]] * 4 + [["resourceLogs"]] * 8


def test_an_export_that_was_cut_off_goes_on(
    trivet: Trivet, empty_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tell(empty_server.url)
    eventually(lambda: items(empty_server.url) == STORED)
    monkeypatch.setattr(verb, "PART", 10)
    whole = trivet("export", "--url", empty_server.url)
    asked: list[str] = []
    get = Client.get

    def cut_off(self: Client, path: str, **more: Any) -> Any:
        asked.append(f"{more['signal']} {'on' if more['cursor'] else 'first'}")
        if len(asked) == 5:
            raise Unavailable("the server is away")
        return get(self, path, **more)

    file = tmp_path / "out.jsonl"
    export = ["export", "--url", empty_server.url, "-o", str(file)]
    monkeypatch.setattr(Client, "get", cut_off)
    trivet(*export, status=1, stderr="cut off; the same command goes on from there (out.jsonl.resume)")
    with file.open("a") as half:
        half.write('{"resourceLogs":[half a line')
    trivet(*export[:1], "service:s1", *export[1:], status=2, stderr="belongs to an export of something else")
    trivet(*export)
    assert asked == ["traces first", "traces on", "traces on", "logs first", "logs on", "logs on", "logs on", "logs on",
                     "logs on", "metrics first", "metrics on", "metrics on", "metrics on"]  # fmt: skip
    assert file.read_text() == whole
    assert [path.name for path in tmp_path.glob("out*")] == ["out.jsonl"]


def test_a_filter_and_a_range(trivet: Trivet, empty_server: Server):
    tell(empty_server.url)
    eventually(lambda: items(empty_server.url) == STORED)
    at = ["--url", empty_server.url]
    trivet("export", "service:s1", "--signal", "traces", *at, stderr="exported 13 spans in ")
    trivet("export", "--start", "now-1h", *at, stderr="exported 25 spans, 25 log records, 4 metric points in ")
    trivet("export", "a==1", *at, status=1, stderr="\n   ^\n")


def test_what_collectors_write_is_read_and_put_together(trivet: Trivet, empty_server: Server, tmp_path: Path):
    file = tmp_path / "collector.json.gz"
    line = {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "a", "startTimeUnixNano": "1760000000000000000"}]}]}]}
    lines = []
    for number in range(1, 4):
        line["resourceSpans"][0]["scopeSpans"][0]["spans"][0] |= {"traceId": f"{number:032x}", "spanId": f"{1:016x}"}
        lines.append(json.dumps(line))
    file.write_bytes(gzip.compress("\n".join([*lines, "", '{"resourceLogs":[]}']).encode()))
    said = json.loads(trivet("import", str(file), "--url", empty_server.url, "--json"))
    assert (said["traces"], said["requests"]) == (3, 1)
    eventually(lambda: items(empty_server.url)[0] == 3)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1]",
        '{"spans": []}',
        '{"resourceSpans": 5}',
        '{"resourceSpans": true}',
        '{"resourceLogs": [7]}',
        "[" * 10**5,
    ],
)
def test_what_is_no_otlp_is_said_with_its_place(trivet: Trivet, tmp_path: Path, line: str):
    file = tmp_path / "bad.jsonl"
    file.write_text(line + "\n")
    trivet("import", str(file), status=2, stderr="line 1 of")


def test_what_cannot_be_read_is_said(trivet: Trivet, tmp_path: Path):
    trivet("import", str(tmp_path / "none.jsonl"), status=2, stderr="cannot read")
    whole = gzip.compress(b'{"resourceLogs":[{}]}\n' * 1000)
    for broken in (whole[:-9], whole[:30] + b"\xff" * 40 + whole[70:]):
        (tmp_path / "broken.gz").write_bytes(broken)
        trivet("import", str(tmp_path / "broken.gz"), "--url", "http://127.0.0.1:9", status=2, stderr="cannot read")


def test_nothing_where_there_could_be_something_is_nothing(trivet: Trivet, empty_server: Server, tmp_path: Path):
    (tmp_path / "file").write_text('{"resourceSpans":[{"scopeSpans":null}],"resourceMetrics":[{"scopeMetrics":[{}]}]}')
    said = json.loads(trivet("import", str(tmp_path / "file"), "--url", empty_server.url, "--json"))
    assert (said["traces"], said["metrics"], said["rejected"]) == (0, 0, 0)


class Busy(BaseHTTPRequestHandler):
    """Answers as it was told to, and keeps what it was sent."""

    protocol_version = "HTTP/1.1"
    answers: list[tuple[int, str]]
    sent: list[tuple[str, str]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.sent.append((self.headers["Trivet-Batch"], self.headers["Authorization"] or ""))
        status, body = self.answers.pop(0)
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Retry-After", "2")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def busy() -> Iterator[Callable[..., tuple[str, type[Busy]]]]:
    servers = []

    def serve(*answers: tuple[int, str]) -> tuple[str, type[Busy]]:
        handler = type("Handler", (Busy,), {"answers": list(answers), "sent": []})
        server = HTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}", handler

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_busy_server_is_asked_again_with_the_same_name(busy: Any, monkeypatch: pytest.MonkeyPatch):
    url, handler = busy(
        (503, "{}"), (429, "{}"), (0, ""), (200, '{"partialSuccess":{"rejectedSpans":"3"}}'), (200, "{}")
    )
    said, slept = [], []
    delivery = Delivery(Client(url, token="secret"), waiting=said.append, sleep=slept.append)
    assert delivery.send("traces", b"{}") == 3  # it was away once, after it had answered
    assert delivery.send("logs", b"{}") == 0
    assert slept == [2.0, 2.0, 1.0]
    names = [name for name, _ in handler.sent]
    assert len(set(names[:4])) == 1 and names[4] != names[0] and re.fullmatch("[0-9a-f]{32}", names[0])
    assert {token for _, token in handler.sent} == {"Bearer secret"}
    assert said[0] == "the server is busy (503); waiting 2 s" and "no server answers" in said[2]
    delivery.close()


def test_patience_ends(busy: Any, trivet: Trivet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    url, _ = busy(*[(503, "{}")] * 4)
    monkeypatch.setattr("trivet.cli.delivery.PATIENCE_SECONDS", 6.0)
    delivery = Delivery(Client(url), waiting=lambda _: None, sleep=lambda _: None)
    with pytest.raises(Unavailable, match="too busy"):
        delivery.send("traces", b"{}")
    delivery.close()


def test_what_the_server_refuses_is_not_sent_again(busy: Any, trivet: Trivet, tmp_path: Path):
    url, handler = busy((400, '{"code":3,"message":"no"}'))
    file = tmp_path / "file.jsonl"
    file.write_text('{"resourceLogs":[{}]}\n')
    trivet("import", str(file), "--url", url, status=1, stderr="the server refuses this request of logs: no")
    assert len(handler.sent) == 1


def test_no_server(trivet: Trivet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    trivet("export", "--url", url, status=1, stderr="no server answers")
    file = tmp_path / "file.jsonl"
    file.write_text('{"resourceLogs":[{}]}')
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("it waits for a server that was never there"))
    trivet("import", str(file), "--url", url, status=1, stderr="no server answers")
