"""What the guides and the README tell people to type does what they say."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from cli.conftest import Story
from cli.running import eventually

from trivet.cli.client import Client
from trivet.cli.main import VERBS, main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def test_the_program_of_the_first_trace(story: Story, tmp_path: Path):
    [program] = blocks(ROOT / "docs/guides/first-trace.md", "python")
    (tmp_path / "hello.py").write_text(program)
    environ = {**os.environ, "TRIVET_ENDPOINT": story.url, "TRIVET_SPILL_DIR": str(tmp_path / "spill")}
    done = subprocess.run([sys.executable, "hello.py"], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    client = Client(story.url)
    [found] = eventually(lambda: client.get("/api/traces", filter="service:hello")["traces"])
    trace = eventually(lambda: whole(client, found["trace_id"]))
    [top] = [span for span in trace["spans"] if span["name"] == "say hello"]
    greetings = [span for span in trace["spans"] if span["name"] == "greet"]
    assert [span["parent_span_id"] for span in greetings] == [top["span_id"]] * 2
    assert {record["span_id"] for record in trace["logs"]} == {span["span_id"] for span in greetings}
    assert sorted(record["body"] for record in trace["logs"]) == [
        "greeting Ada took its time", "greeting Grace took its time",
    ]  # fmt: skip


def whole(client: Client, trace_id: str) -> dict | None:
    trace = client.get(f"/api/traces/{trace_id}")
    return trace if (len(trace["spans"]), len(trace["logs"])) == (3, 2) else None


COMMANDS = [
    command
    for page in PAGES
    for block in blocks(page, "sh")
    for command in re.findall(r"^trivet (?!up|demo|run|exec|watch|instrument)[^#\n]+", block, re.MULTILINE)
]


@pytest.mark.parametrize("command", sorted({command.strip() for command in COMMANDS}))
def test_a_command_that_a_page_shows(command: str, story: Story, capsys: pytest.CaptureFixture):
    words = shlex.split(command.replace(" ID", f" {1:032x}"))[1:]
    assert main([*words, "--url", story.url]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_verbs_of_a_page_exist(page: Path):
    text = page.read_text()
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (page.parent / link).exists(), link
    for verb in re.findall(r"`trivet ([a-z]+)", text):
        assert verb in VERBS, verb
