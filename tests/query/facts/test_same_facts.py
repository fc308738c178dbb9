"""Traces whose facts the pages must find too: `ui/test/model/facts.json` holds them as the server gives them.

The pages work out the facts of a shape, and of a file's trace, by themselves. Written anew by
`cd tests && PYTHONPATH=.:.. ../.venv/bin/python -m query.facts.test_same_facts`.
"""

import random
from pathlib import Path
from typing import Any

import msgspec

from trivet.query.facts.critical_path import FAR
from trivet.query.facts.explain import explain
from trivet.query.facts.spans import Spans
from trivet.query.trace import answers as trace_facts
from trivet.query.trace.shape import Outline, _shape

FILE = Path(__file__).parent.parent.parent.parent / "ui" / "test" / "model" / "facts.json"
TRACES = 40


def made(seed: int) -> dict[str, Any]:
    """One shape with the facts about it: parents that are missing or in circles, clocks apart or
    wrong, consumers, errors."""
    pick = random.Random(seed)
    count = pick.randint(1, 14)
    ids = [f"{seed + 1:08x}{row + 1:08x}" for row in range(count)]
    start, duration = [10 * FAR + pick.randint(0, 1000) for _ in ids], [pick.randint(0, 1000) for _ in ids]
    above = [pick.choice(ids[:row] or [None]) for row in range(count)]
    for row in range(count):
        if pick.random() < 0.15:
            above[row] = pick.choice([None, "f" * 16, pick.choice(ids)])
    if seed % 8 == 7:
        start[-1] += pick.choice([-1, 1]) * FAR * 2
    spans = Spans(
        span_id=ids,
        parent=above,
        service=[pick.choice("abc") for _ in ids],
        name=[pick.choice("xy") for _ in ids],
        kind=[pick.choice(["internal", "client", "client", "server", "server", "consumer"]) for _ in ids],
        start=start,
        duration=duration,
        error=[pick.random() < 0.3 for _ in ids],
        process=[pick.randint(0, 2) for _ in ids],
    )
    status = ["error" if failed else "unset" for failed in spans.error]
    shape = _shape(f"{seed + 1:032x}", Outline(spans, status, [None] * count), [], facts=False)
    shape.facts = trace_facts.facts(explain(spans), None)
    return msgspec.to_builtins(shape)


def text() -> bytes:
    lines = b",\n".join(msgspec.json.encode(made(seed)) for seed in range(TRACES))
    return b"[\n" + lines + b"\n]\n"


def test_the_pages_are_held_to_the_servers_facts():
    assert FILE.read_bytes() == text()


if __name__ == "__main__":
    FILE.write_bytes(text())
