"""The statements of questions about figures, as a person reads them. They change on purpose only:
`python -m query.test_golden`, in tests/, writes them anew."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from trivet.query.ask import Ask, Budget
from trivet.query.figures.asked import Asked, Limits
from trivet.query.figures.heatmap import HeatmapQuestions
from trivet.query.figures.sums import SumQuestions
from trivet.query.instant import NS, Range
from trivet.store.answer import Answer, Scanned

GOLDEN = Path(__file__).parent / "golden"
WITHIN = Range(0, 60 * NS)
QUESTIONS = {
    "spans_by_group_over_time": Asked(
        "traces", WITHIN, filter="status:error", calculate=["count", "error_rate", "p95(duration)", "avg(queue.depth)"],
        group_by=["service", "http.route"], every=30 * NS, order="-p95(duration)", limit=5,
    ),
    "log_records": Asked("logs", WITHIN, calculate=["errors", "count(traces)", "uniq(user)"], order="uniq(user)"),
    "heatmap": Asked("traces", WITHIN, filter="service:web", every=30 * NS),
}  # fmt: skip


class Listening:
    """Keeps the statements and answers each with what the next one needs."""

    def __init__(self, rows: list[list[Any]]):
        self._rows = [rows, [[0]]]
        self.said: list[str] = []

    async def answer(self, sql: str, params: Mapping[str, Any], settings: Mapping[str, Any]) -> Answer:
        self.said.append(sql)
        return Answer([], self._rows.pop() if self._rows else [], Scanned())


def statements(name: str) -> str:
    asked = QUESTIONS[name]
    first = (
        [[1, 9, 1, 5]] if name == "heatmap" else [[1, [("web", 1), ("/", 1)], 7, 3, 1, *(0 for _ in asked.calculate)]]
    )
    client = Listening(first)
    ask = Ask(client, budget=Budget(1, 1, 1), at_once=1, clock=lambda: WITHIN.end)
    if name == "heatmap":
        asyncio.run(HeatmapQuestions(ask, Limits()).heatmap(asked, "duration", 40))
    else:
        asyncio.run(SumQuestions(ask, Limits()).query(asked))
    return "\n\n".join(client.said) + "\n"


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_statement_is_as_it_was_read(name: str):
    assert statements(name) == (GOLDEN / f"{name}.sql").read_text()


def main() -> None:
    for name in QUESTIONS:
        (GOLDEN / f"{name}.sql").write_text(statements(name))


if __name__ == "__main__":
    main()
