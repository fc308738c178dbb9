"""The reading verbs against a real server, in words and as JSON."""

import csv
import io
import json
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from cli.conftest import Story
from cli.running import DEADLINE, Sent, eventually
from telemetry import trace_id

from trivet.cli.client import Client, shell_session
from trivet.cli.main import main

Trivet = Callable[..., str]


@pytest.fixture
def trivet(story: Story, capsys: pytest.CaptureFixture) -> Trivet:
    """Runs a verb against the story; what it printed. It must succeed unless `status` says otherwise."""

    def run(*arguments: str, status: int = 0, stderr: str = "") -> str:
        done = main([*arguments, "--url", story.url])
        printed = capsys.readouterr()
        assert done == status, printed.err
        assert stderr in printed.err
        return printed.out

    return run


def test_trace(trivet: Trivet):
    text = trivet("trace", trace_id(1))
    assert text.startswith("POST /videos · web · 1.52 s · 2 spans · 2 log records · 1 error\n" + trace_id(1))
    assert "✗ api › INSERT videos: UNIQUE constraint failed" in text
    rows = text.partition("\n\n")[2].splitlines()[1:]
    assert [row.lstrip("│└─├ ").split("  ")[0] for row in rows] == [
        "web · POST /videos", "info", "✗ api · INSERT videos", "error insert failed",
    ]  # fmt: skip
    assert all("━" in rows[row] or "╸" in rows[row] for row in (0, 2)) and all("•" in rows[row] for row in (1, 3))


def test_trace_takes_an_id_as_it_is_pasted(trivet: Trivet):
    uuid = f"{trace_id(1)[:8]}-{trace_id(1)[8:12]}-{trace_id(1)[12:16]}-{trace_id(1)[16:20]}-{trace_id(1)[20:]}"
    assert trivet("trace", uuid.upper()) == trivet("trace", trace_id(1))


def test_a_trace_that_still_runs(trivet: Trivet):
    text = trivet("trace", trace_id(2))
    assert "▸ migrate accounts: still running after 1.00 s" in text
    assert "▸ now at app.py:1 main" in text


def test_trace_as_json_is_the_answer(trivet: Trivet, story: Story):
    answer = json.loads(trivet("trace", trace_id(1), "--json"))
    asked = Client(story.url).get(f"/api/traces/{trace_id(1)}")
    assert answer | {"scanned": None} == asked | {"scanned": None}


def test_no_such_trace(trivet: Trivet):
    assert trivet("trace", "f" * 32, status=1, stderr="trivet: ") == ""
    assert trivet("trace", "../../x", status=1, stderr="trivet: ") == ""


def test_search(trivet: Trivet):
    text = trivet("search", "--order", "oldest")
    assert "web · POST /videos" in text and trace_id(1) in text and "1.52 s" in text
    answer = json.loads(trivet("search", "--json"))
    assert trace_id(1) in [trace["trace_id"] for trace in answer["traces"]]


def test_search_with_a_filter(trivet: Trivet):
    assert trace_id(1) in trivet("search", "service:web", 'name="POST /videos"')
    assert trivet("search", "service:nobody", stderr="no trace matches") == ""


def test_a_wrong_filter_is_pointed_at(trivet: Trivet, capsys: pytest.CaptureFixture):
    trivet("search", "service==web", status=1, stderr="\n  service==web\n         ^\n")


def test_logs_have_the_newest_beside_the_prompt(trivet: Trivet):
    first, second = trivet("logs", "service in (web, api)").splitlines()
    assert "info  web  upload accepted  video=7" in first
    assert "error api  insert failed" in second and second.endswith(f"trace={trace_id(1)}")
    assert len(json.loads(trivet("logs", "--json", "--limit", "1"))["logs"]) == 1


def test_services(trivet: Trivet):
    assert trivet("services").splitlines()[0].startswith("service")
    names = [service["name"] for service in json.loads(trivet("services", "--json"))["services"]]
    assert {"web", "api"} <= set(names)


QUERY = "SELECT service, count() AS n FROM spans WHERE service IN ('web', 'api') GROUP BY service ORDER BY service"


def test_sql(trivet: Trivet):
    assert trivet("sql", QUERY).splitlines() == ["service  n", "api      1", "web      1"]
    assert json.loads(trivet("sql", QUERY, "--json"))["columns"][0]["name"] == "service"
    rows = list(csv.reader(io.StringIO(trivet("sql", QUERY, "--csv"))))
    assert rows == [["service", "n"], ["api", "1"], ["web", "1"]]


def test_sql_from_stdin(trivet: Trivet, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT\n  'a,\"b'\n AS x, NULL AS y"))
    assert trivet("sql", "-", "--csv") == 'x,y\n"a,""b",\n'


def test_sql_that_is_cut_or_wrong(trivet: Trivet):
    text = trivet("sql", "SELECT number FROM numbers(10)", "--limit", "3", stderr="cut after 3 rows; more with --limit")
    assert text.split() == ["number", "0", "1", "2"]
    assert trivet("sql", "SELECT file('/etc/passwd')", status=1, stderr="trivet: ") == ""


def test_status(trivet: Trivet, story: Story):
    text = trivet("status")
    assert text.startswith("Trivet ") and story.url in text and "engine: embedded" in text
    assert [line.split()[0] for line in text.splitlines()[-3:]] == ["traces", "metrics", "logs"]
    assert json.loads(trivet("status", "--json"))["signals"]["traces"]["acknowledged"] >= 2


def test_what_was_asked_for_is_all_that_stdout_gets(trivet: Trivet):
    """The JSON of every verb is one document."""
    for verb in ("search", "logs", "services", "status"):
        assert isinstance(json.loads(trivet(verb, "--json")), dict)


def test_tail_shows_each_record_once_as_it_arrives_until_ctrl_c(story: Story):
    command = [sys.executable, "-m", "trivet", "tail", "service:tailed", "--json", "--url", story.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as tail:
        while not select.select([tail.stdout], [], [], 0.2)[0]:  # what came before it listened is not shown
            send_now(story.url, "first")
        assert json.loads(tail.stdout.readline())["body"] == "first"
        send_now(story.url, "last")
        bodies = list(iter(lambda: json.loads(tail.stdout.readline())["body"], "last"))
        assert set(bodies) <= {"first"}
        tail.send_signal(signal.SIGINT)
        rest, said = tail.communicate(timeout=DEADLINE)
    assert (tail.returncode, rest, said) == (130, "", "")


def send_now(url: str, body: str) -> None:
    sent = Sent(start=time.time_ns())
    sent.log(body, service="tailed")
    sent.send(url)


def test_flame(trivet: Trivet):
    text = trivet("flame", "service:web")
    lines = text.splitlines()
    assert lines[0] == "1 trace · 2 spans · 1.52 s"
    assert "▏POST /videos 100 % 1.52 s" in lines[1] and "▏INSERT videos 44.1 % 670 ms" in lines[2]
    [top] = [line.split() for line in lines if line.strip().startswith("850 ms")]
    assert top[-4:] == ["web", "·", "POST", "/videos"]
    assert all(len(line) <= 120 for line in lines) and "\x1b" not in text
    bottom_up = trivet("flame", "service:web", "--view", "bottom_up").splitlines()
    assert "▏POST /videos" in bottom_up[2] and "▏INSERT videos" in bottom_up[2]
    assert json.loads(trivet("flame", "service:web", "--json"))["traces"] == 1
    assert trivet("flame", "service:nobody", stderr="no trace matches") == ""
    trivet("flame", "service==web", status=1, stderr="\n         ^\n")


def test_query(trivet: Trivet):
    text = trivet("query", "service in (web, api)", "--by", "service", "-c", "count", "-c", "max(duration)",
                  "--top", "max(duration)", "--every", "1m")  # fmt: skip
    head, *rows = [line.split() for line in text.splitlines()]
    assert head[:3] == ["service", "count", "max(duration)"]
    assert [row[:4] for row in rows] == [["web", "1", "1.52", "s"], ["api", "1", "670", "ms"]]
    assert all(set(row[-1]) <= set("▁▂▃▄▅▆▇█") for row in rows)
    answer = json.loads(trivet("query", "service:web", "--json"))
    assert answer["rows"] == [[1]]
    assert trivet("query", "service:nobody", "--by", "name", stderr="nothing matches") == ""
    trivet("query", "service==web", status=1, stderr="\n         ^\n")
    trivet("query", "-c", "best", status=1, stderr="trivet: ")


def test_diff_of_a_trace_and_a_set(trivet: Trivet):
    text = trivet("diff", trace_id(1).upper(), "service:web", "--start", "now-2h")
    assert text.startswith("A  1.52 s · 1 trace · 2 spans\nB  1.52 s · 1 trace · 2 spans\nB takes 0 ns longer\n")
    answer = json.loads(trivet("diff", trace_id(1), "service:web", "--json"))
    assert answer["root"]["delta"] == 0
    trivet("diff", trace_id(1), "service:nobody", status=1, stderr="no finished spans on side b")
    trivet("diff", trace_id(404), trace_id(1), status=1, stderr="trivet: ")


def test_asked(trivet: Trivet, story: Story):
    trivet("search", "service:web", "name=asked")
    client = Client(story.url)
    eventually(lambda: [row for row in client.get("/api/asked")["asked"] if row["text"] == "service:web name=asked"])
    lines = trivet("asked", "--mine", "--links").splitlines()
    assert lines[0].split()[:4] == ["time", "who", "from", "session"]
    [line] = [line for line in lines if "name=asked" in line]
    assert " loopback " in line and " cli " in line and "traces service:web name=asked" in line
    assert f"{story.url}/traces?filter=service%3Aweb+name%3Dasked&range=" in line
    [row, *_] = json.loads(trivet("asked", "--json", "--session", shell_session()))["asked"]
    assert row["session"] == shell_session() and row["from"] == "cli"
    assert trivet("asked", "--session", "nobody", stderr="nothing was asked") == ""
