"""The server's settings: what a file, the environment and flags may say, and plain words for the rest."""

from pathlib import Path

import pytest

from trivet.errors import CannotStart
from trivet.settings import ServerSettings


def load(directory: Path, text: str | bytes, **flags: str) -> ServerSettings:
    file = directory / "trivet.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return ServerSettings.load(flags, {}, file)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("max_queries = 'many'", "wanted a whole number"),
        ("max_queries = -1", "wanted a whole number, 1 or more"),
        ("max_connections = 0", "wanted a whole number, 1 or more"),
        ("asked_rows = -1", "wanted a whole number, 0 or more"),
        ("max_queries = 1e400", "max_queries"),
        ("max_queries = true", "wanted a whole number"),
        ("max_body_bytes = [1]", "wanted a size such as 64MiB"),
        ("idle_timeout = -2.5", "wanted a duration such as 30s"),
        ("idle_timeout = nan", "wanted a duration such as 30s"),
        ("grpc = false", "wanted text"),
        ("keep_asked = 2", "wanted true or false"),
        ("data = 2025-01-01", "wanted a path"),
        ("forward = 'vendor'", "forward is a list of tables"),
        ("[forward]\nname = 'vendor'", "forward is a list of tables"),
        (b"\xff\xfe = 1", "is not valid TOML"),
        ("max_queries", "is not valid TOML"),
    ],
)
def test_what_a_file_gets_wrong_is_said_in_plain_words(tmp_path, line, words):
    with pytest.raises(CannotStart, match=words):
        load(tmp_path, line)


def test_a_flag_is_read_as_strictly(tmp_path):
    with pytest.raises(CannotStart, match="max_requests = '-3': wanted a whole number, 1 or more"):
        load(tmp_path, "", max_requests="-3")


def test_what_is_right_comes_with_its_type(tmp_path):
    text = "max_queries = 3\nmax_body_bytes = 1500\nidle_timeout = '2m'\nkeep_asked = false\ntoken = 5"
    settings = load(tmp_path, text)
    assert (settings.max_queries, settings.max_body_bytes, settings.idle_timeout) == (3, 1500, 120.0)
    assert (settings.keep_asked, settings.token) == (False, "5")


def test_a_file_that_the_environment_names_must_be_there(tmp_path):
    missing = str(tmp_path / "missing.toml")
    with pytest.raises(CannotStart, match=r"cannot read .*missing\.toml"):
        ServerSettings.load({}, {"TRIVET_CONFIG": missing})
    assert ServerSettings.load({}, {"TRIVET_CONFIG": ""}) == ServerSettings()
