"""`trivet instrument new`: for libraries of every shape it writes rules and a test that passes as it is written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sdk.collector import Collector

from trivet.cli.main import main
from trivet.instrument.new.library import library

SHOP = '''
"""A library of the project itself: nobody could know it."""

class Queue:
    def __init__(self, name):
        self.name = name

    def publish(self, topic: str, message, headers=None):
        return headers

    def describe(self):
        return self.name


class Worker:
    def process(self, message):
        return message


def fetch(url):
    return url


def fetch_all(urls):
    return [fetch(url) for url in urls]
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shop.py").write_text(SHOP)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return tmp_path


def new(*words: str) -> dict:
    """In a process of its own: libraries are imported anew."""
    command = [sys.executable, "-m", "trivet", "instrument", "new", *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def targets(found: dict) -> set[str]:
    return {each["target"] for each in found["chosen"]}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("requests", {"requests.sessions:Session.request", "requests.api:request"}),
        ("httpx", {"httpx:AsyncClient.request", "httpx:Client.request"}),
        ("urllib.request", {"urllib.request:urlopen"}),
        ("bullmq", {"bullmq.queue:Queue.add", "bullmq.worker:Worker.processJob"}),
        ("clickhouse-connect", {"clickhouse_connect.driver.client:Client.query"}),
        ("shop", {"shop:Queue.publish", "shop:Worker.process", "shop:fetch"}),
    ],
)
def test_what_is_written_for_a_library_works_as_it_is(name: str, wanted: set[str], project: Path):
    found = new(name)
    assert wanted <= targets(found) and len(found["chosen"]) <= 6
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TRIVET_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", found["test"]]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=100)
    assert f"{len(found['chosen'])} passed" in done.stdout, done.stdout


def test_the_test_fails_when_its_rule_is_gone(project: Path):
    found = new("shop")
    rules = Path(found["rules"])
    rules.write_text(rules.read_text().replace('"shop:fetch"', '"shop:fetch_all"'))
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", found["test"]], capture_output=True, text=True)
    assert "1 failed, 2 passed" in done.stdout, done.stdout


def test_what_is_found_is_told_with_reasons(project: Path):
    found = new("shop")
    [publish] = [each for each in found["chosen"] if each["target"] == "shop:Queue.publish"]
    assert publish["kind"] == "producer" and {"named publish", "of Queue", "takes a message"} <= {*publish["because"]}
    assert 'before=lambda call: call.put("headers", injected(call.get("headers")))' in Path(found["rules"]).read_text()
    [passed_on] = [each for each in found["left_out"] if each["target"] == "shop:fetch_all"]
    assert passed_on["through"] == "shop:fetch"
    assert [found["told_by"], *(library(name).told_by for name in ("requests", "sqlite3", "opentelemetry.sdk"))] == [
        "nobody", "trivet", "contrib", "itself",
    ]  # fmt: skip


def test_the_words_of_a_person(project: Path, capsys: pytest.CaptureFixture):
    assert main(["instrument", "new", "shop", "--out", "rules"]) == 0
    said = capsys.readouterr().out
    assert "shop · told of by nobody" in said and "wrote rules/shop_rules.py and rules/test_shop_rules.py" in said
    assert "use it: trivet run --rules rules -- python app.py" in said
    assert main(["instrument", "new", "shop", "--out", "rules"]) == 2
    assert "rules/shop_rules.py exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("reqests", 2, ("reqests is not installed here", "did you mean requests?")),
        ("shop.nothing", 2, ("there is no module shop.nothing",)),
        ("broken", 2, ("broken cannot be imported: ZeroDivisionError",)),
        ("without", 2, ("it needs not_there_at_all",)),
        ("quiet", 1, ("no call of quiet looks as if",)),
    ],
)
def test_what_cannot_be_done(name: str, status: int, words: tuple[str, ...], project: Path, capsys):
    (project / "broken.py").write_text("1 / 0")
    (project / "without.py").write_text("import not_there_at_all")
    (project / "quiet.py").write_text("def add(a, b): return a + b")
    assert main(["instrument", "new", name]) == status
    said = capsys.readouterr().err
    assert all(each in said for each in words), said
    assert not (project / "trivet_rules").exists()


APP = "import shop\nshop.fetch('http://127.0.0.1:9/')\n"
STARTS = "import trivet\ntrivet.start(endpoint={url!r}{rules})\n"


@pytest.mark.parametrize("way", ["run", "start", "beside"])
def test_a_program_finds_the_rules(way: str, project: Path):
    """By `trivet run --rules`, by `trivet.start(rules=…)`, and in a folder beside the program."""
    new("shop", *([] if way == "beside" else ["--out", "rules"]))
    with Collector() as collector:
        command = [sys.executable, "app.py"]
        (project / "app.py").write_text(APP)
        if way == "run":
            command = [*["-m", "trivet", "run", "--rules", "rules", "--endpoint"], collector.url, "--", *command]
            command.insert(0, sys.executable)
        else:
            rules = ", rules='rules'" if way == "start" else ""
            (project / "app.py").write_text(STARTS.format(url=collector.url, rules=rules) + APP)
        environ = {**os.environ, "TRIVET_SPILL_MAX_BYTES": "0"}
        done = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
    assert collector.names == ["shop.fetch"]


def test_a_rule_file_that_does_not_work_stops_nobody(project: Path):
    (project / "bad_rules.py").write_text("1 / 0")
    (project / "app.py").write_text("import trivet\ntrivet.start(rules='bad_rules.py,none')\nprint('ran')\n")
    environ = {**os.environ, "TRIVET_RAISE": "0", "TRIVET_SPILL_MAX_BYTES": "0"}
    done = subprocess.run([sys.executable, "app.py"], capture_output=True, text=True, env=environ, timeout=60)
    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert "bad_rules.py does not work: ZeroDivisionError" in done.stderr and "no rules in" in done.stderr


def test_explain_names_the_rule_files(project: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch):
    new("requests", "--out", "rules")
    assert main(["run", "--rules", "rules", "--explain", "--", "python", "app.py"]) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("requests ")]
    assert line.split()[2] == "rules" and str(project / "rules/requests_rules.py") in line
    assert main(["run", "--rules", "nowhere", "--", "python", "app.py"]) == 2
