"""Verbs that answer "what is there" and "what is different", against a real server and prepared answers."""

import json

import pytest
from cli.answering import answering, said
from cli.conftest import Story

from trivet.cli.compare import bar
from trivet.cli.main import main
from trivet.cli.patterns import spark

COMPARED = {
    "selection": {"count": 120, "sampled": 120},
    "baseline": {"count": 45_000, "sampled": 1000, "filter": "service=web", "of": "operations"},
    "fields": [
        {"field": "shard", "scope": "span", "type": "string", "on": "row", "score": 0.95, "values": [
            {"value": "shard-137\x1b[2J", "selection": 1.0, "baseline": 0.0},
            {"value": "s" * 200, "selection": 0.0, "baseline": 0.25}]},
        {"field": "log.lock", "scope": "log", "type": "string", "on": "trace", "score": 0.5, "values": [
            {"value": None, "selection": 0.5, "baseline": 1.0}]},
    ],
    "truncated": False,
    "scanned": {"rows": 1, "bytes": 1, "ms": 1},
}  # fmt: skip


@pytest.fixture
def trivet(story: Story, capsys: pytest.CaptureFixture):
    def run(*arguments: str, url: str = story.url, status: int = 0) -> tuple[str, str]:
        done = main([*arguments, "--url", url])
        printed = capsys.readouterr()
        assert done == status, printed.err
        return printed.out, printed.err

    return run


def test_pairs_of_bars(trivet, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "60")
    with answering(said(200, COMPARED)) as server:
        text, _ = trivet("compare", "service:web", "duration>1s", "--start", "now-2h", url=server.url)
        body = json.loads(server.asked[0][3])
    assert body == {
        "signal": "traces",
        "selection": {"filter": "service:web duration>1s", "start": "now-2h"},
        "limit": 8,
    }
    lines = text.splitlines()
    assert lines[:4] == [
        "selection  120 spans",
        "baseline   45.0 k spans, the others like these with service=web",
        "",
        "shard  0.95",
    ]
    assert all(len(line) <= 60 for line in lines[2:])
    shard = lines.index("shard  0.95")
    assert lines[shard + 1].endswith("█ 100 %") and "shard-137�[2J" in lines[shard + 1]
    assert lines[shard + 2].endswith(" 0 %") and "█" not in lines[shard + 2]
    assert "…" in lines[shard + 3]
    assert lines[shard + 4].count("█") * 4 == pytest.approx(lines[shard + 1].count("█"), abs=4)
    lock = lines.index("log.lock  0.50  anywhere in the trace")
    assert lines[lock + 1].split()[0] == "(without)"


def test_a_baseline_of_its_own(trivet):
    with answering(said(200, COMPARED)) as server:
        trivet("compare", "a:1", "--baseline-start", "now-3h", "--baseline-end", "now-2h", url=server.url)
        trivet("compare", "a:1", "--baseline", "b:2", "--json", "--signal", "logs", url=server.url)
        first, second = (json.loads(body) for *_, body in server.asked)
    assert first["baseline"] == {"filter": "a:1", "start": "now-3h", "end": "now-2h"}
    assert (second["baseline"], second["signal"]) == ({"filter": "b:2"}, "logs")


def test_compare_against_a_server(trivet):
    text, _ = trivet("compare", "service:api")
    assert text.startswith("selection  1 spans\nbaseline   1 spans, all others\n\n")
    assert json.loads(trivet("compare", "service:api", "--json")[0])["selection"]["count"] == 1
    assert "nothing matches" in trivet("compare", "service:nobody")[1]
    assert "\n         ^\n" in trivet("compare", "service==api", status=1)[1]


def test_fields_and_values(trivet):
    lines = trivet("fields", "s")[0].splitlines()
    assert lines[0].split() == ["field", "of", "type", "count", "splits"]
    assert {"service", "status"} <= {line.split()[0] for line in lines[1:]}
    scored = trivet("fields", "--filter", "service:web")[0].splitlines()
    assert scored[1].split()[-1] == "0.00"
    assert trivet("values", "service", "a")[0].splitlines() == ["value  count", "api        1"]
    assert trivet("values", "video", "--signal", "logs")[0].splitlines()[1].split() == ["7", "1"]
    assert "no such value" in trivet("values", "nothing")[1]
    assert json.loads(trivet("fields", "nothing", "--json")[0])["fields"] == []


def test_patterns(trivet):
    lines = trivet("patterns", "severity:error")[0].splitlines()
    assert lines[0].split() == ["count", "over", "time", "first", "seen", "pattern"]
    assert lines[1].split()[0] == "1" and lines[1].endswith("error  insert failed")
    assert "no log record" in trivet("patterns", "service:nobody")[1]
    assert json.loads(trivet("patterns", "--json")[0])["share"] == 1.0


@pytest.mark.parametrize(
    ("part", "drawn"), [(0.0, ""), (0.0001, "▏"), (0.5, "█████"), (1.0, "██████████"), (0.31, "███▏")]
)
def test_a_bar(part: float, drawn: str):
    assert bar(part, 10) == drawn


@pytest.mark.parametrize(
    ("numbers", "drawn"),
    [
        ([], ""),
        ([0, 0], "  "),
        ([1, 1000], "▁█"),
        ([4, 2, 0, 1], "█▄ ▂"),
        ([1] * 40, "█" * 20),
        ([0] * 59 + [1], " " * 19 + "█"),
    ],
)
def test_a_spark(numbers: list[int], drawn: str):
    assert spark(numbers) == drawn
