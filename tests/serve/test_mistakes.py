"""What is said about parameters that are wrong: which, and what would be right."""

from typing import Any

import pytest
from serve.site import Site


@pytest.mark.parametrize(
    ("path", "params", "message", "hint"),
    [
        ("/api/spans", {"filtr": "a:1"}, "there is no parameter 'filtr'", "did you mean 'filter'?"),
        ("/api/values", {}, "field is missing", None),
        ("/api/fields", {"signal": "trace"}, "signal: invalid enum value 'trace'", "one of traces, logs, metrics"),
        ("/api/logs", {"limit": "many"}, "limit: expected `int`, got `str`", None),
    ],
)
def test_of_an_address(site: Site, path: str, params: dict[str, str], message: str, hint: str | None):
    check(site.get(path, params=params), message, hint)


@pytest.mark.parametrize(
    ("path", "body", "message", "hint"),
    [
        ("/api/compare", {}, "selection is missing", None),
        ("/api/compare", {"selection": {"fliter": ""}}, "there is no parameter 'fliter'", "did you mean 'filter'?"),
        ("/api/diff", {"a": {"traces": 0}, "b": {}}, "a.traces: expected `int` >= 1", None),
        ("/api/flame", {"view": "sideways"}, "view: invalid enum value 'sideways'", "one of top_down, bottom_up"),
        ("/api/query", {"heatmap": {"levels": 3}}, "there is no parameter 'levels'", "one of field, buckets"),
        ("/api/query", {"calculate": ["count", 1]}, "calculate[1]: expected `str`, got `int`", None),
        ("/api/sql", {"query": "SELECT 1", "limt": 5}, "there is no parameter 'limt'", "did you mean 'limit'?"),
        ("/api/sql", [], "expected `object`, got `array`", None),
    ],
)
def test_of_a_body(site: Site, path: str, body: Any, message: str, hint: str | None):
    check(site.post(path, body), message, hint)


def check(answer: Any, message: str, hint: str | None) -> None:
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error["code"], error["message"], error.get("hint")) == ("bad_parameter", message, hint)
