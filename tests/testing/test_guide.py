"""What the guides for apps show works."""

import re
from pathlib import Path

import pytest

GUIDES = Path(__file__).parents[2] / "docs/guides"


def examples(guide: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (GUIDES / guide).read_text(), re.DOTALL)


def test_the_example_of_the_guide_passes(pytester: pytest.Pytester):
    [example] = examples("testing.md")
    pytester.makepyfile(example)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_examples_inside_an_app(spans, logs, metrics):
    start, spans_, records, counts = examples("in-your-app.md")
    import trivet

    assert "trivet.start(" in start
    for example in (f"{spans_}\nencode(8)", records, counts):
        exec(example, {"trivet": trivet})
    first, second = spans.all("encode")
    first.has(video=7, codec="h264")
    second.has({"video": 8, "plan": "pro", "cache_hits": 1, "db.count": 1})
    logs.one("stored {n} segments").has(n=3)
    logs.one("could not store {n} segments").has({"exception.type": "OSError"})
    assert metrics.value("videos", kind="short") == 1 and metrics.count("encode.duration") == 1
    assert metrics.value("cache.entries") == 7
