"""What a shell offers at Tab."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.conftest import Story
from cli.running import eventually

from trivet.cli.candidates import candidates
from trivet.cli.client import Client
from trivet.cli.completion import SCRIPTS, split
from trivet.cli.main import VERBS, main


def test_verbs_options_and_choices():
    assert candidates([""]) == list(VERBS)
    assert candidates(["se"]) == ["search", "services"]
    assert candidates(["search", "--or"]) == ["--order"]
    assert {"--json", "--url", "--limit"} <= set(candidates(["search", "-"]))
    assert candidates(["search", "--order", "s"]) == ["slowest"]
    assert candidates(["export", "--signal", ""]) == ["logs", "metrics", "traces"]
    assert candidates(["completion", ""]) == sorted(SCRIPTS)


@pytest.mark.parametrize("words", [["nothing", ""], ["run", "--", "--"], ["search", "--limit", ""], ["trace", ""]])
def test_where_there_is_nothing_to_offer(words: list[str]):
    assert candidates(words) == []


def test_without_a_server_nothing_is_said(capsys: pytest.CaptureFixture):
    assert candidates(["search", "--url", "http://127.0.0.1:9", "serv"]) == []
    assert capsys.readouterr() == ("", "")


def test_fields_and_their_values(story: Story):
    at = ["search", "--url", story.url]
    eventually(lambda: "service" in str(Client(story.url).get("/api/fields", prefix="serv")))
    assert "service:" in candidates([*at, "serv"])
    assert candidates([*at, "-serv"]) == []  # an option, to argparse and to us
    eventually(lambda: candidates([*at, "service:w"]))
    assert candidates([*at, "service:w"]) == ["service:web"]
    assert candidates([*at, "name=P"]) == []  # it has a space, and would need the quote first
    assert candidates([*at, 'name="P']) == ['name="POST /videos"']


def test_an_option_takes_a_filter_and_a_field_is_none(story: Story):
    assert eventually(lambda: candidates(["values", "--url", story.url, "name", "--filter", "service:w"])) == [
        "service:web"
    ]
    assert candidates(["values", "--url", story.url, "serv"]) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("trivet se", ["trivet", "se"]),
        ("trivet search ", ["trivet", "search", ""]),
        ("trivet  search 'a b' c:d", ["trivet", "search", "a b", "c:d"]),
        ("trivet search 'a b", ["trivet", "search", "a b"]),
        ("", [""]),
    ],
)
def test_a_line_that_is_still_being_typed(line: str, words: list[str]):
    assert split(line) == words


def test_the_scripts_are_printed(capsys: pytest.CaptureFixture):
    for shell, script in SCRIPTS.items():
        assert main(["completion", shell]) == 0
        assert capsys.readouterr().out == script
    assert main(["completion"]) == 2
    assert main(["completion", "--words", "trivet sta"]) == 0
    assert capsys.readouterr().out == "status\n"


def completed(line: str, tmp_path: Path) -> list[str]:
    """What bash would offer at the end of a line."""
    (tmp_path / "trivet").write_text(f'#!/bin/sh\nexec {sys.executable} -m trivet "$@"\n')
    (tmp_path / "trivet").chmod(0o755)
    asked = 'compopt() { :; }; COMP_LINE="$1" COMP_POINT=${#1}; _trivet; printf "%s\\n" "${COMPREPLY[@]}"'
    code = f"{SCRIPTS['bash']}\n{asked}"
    environ = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", code, "bash", line], capture_output=True, text=True, env=environ, check=True)
    return done.stdout.splitlines()


def test_in_a_real_bash(tmp_path: Path, story: Story):
    assert completed("trivet ser", tmp_path) == ["services"]
    assert completed("trivet search --order ol", tmp_path) == ["oldest"]
    assert completed(f"trivet search --url {story.url} service:w", tmp_path) == ["web"]
