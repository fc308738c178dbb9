"""Hundreds of questions about figures over a generated corpus: the engine's answers against plain Python's."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from emptied import empty
from query.conftest import BUDGET
from query.filter import oracle
from query.filter.test_oracle import BEGAN, KEYS, a_filter, logs, spans
from query.sums_oracle import COUNTED, Key, Row, grouped, is_as_meant, key_of
from telemetry import S, Telemetry

from trivet.query.ask import Ask
from trivet.query.figures.answers import QueryAnswer
from trivet.query.figures.asked import Asked, Limits
from trivet.query.figures.sums import SumQuestions
from trivet.query.filter.parse import parse
from trivet.query.instant import Range
from trivet.store.client import Address, AsyncClient, Client

QUESTIONS = 120
AT_ONCE = 4
WITHIN = Range(BEGAN + 3 * S, BEGAN + 47 * S)
SECONDS = 44
EVERY = [None, 5 * S, 10 * S, 30 * S]
INTRINSICS = {
    "traces": ["service", "name", "kind", "status", "status.message", "duration", "event", "event.color", "span.size"],
    "logs": ["service", "severity", "body", "event_name", "log.size"],
}
FIELDS = [*(key for key in KEYS if key != "log.file"), '"log.file"', "resource.color", "resource.service.name"]
FUNCTIONS = ["sum", "avg", "min", "max", "p50", "p90", "p99.9", "uniq"]
NUMBERS = ["size", "ratio", "color", "resource.size", "ok", "http.route", "duration"]


@pytest.fixture(scope="module")
def corpus(database: Address) -> Iterator[dict[str, list[Row]]]:
    store = Client(database)
    empty(store)
    told, seeded = Telemetry(start=BEGAN), random.Random(11)
    rows = {"traces": spans(seeded, told, per_trace=3), "logs": logs(seeded, told)}
    told.load(store)
    again = Telemetry(start=BEGAN)
    spans(random.Random(11), again, per_trace=3)
    again.load(store)  # all spans are sent twice
    yield rows
    empty(store)
    store.close()


def a_question(seeded: random.Random, signal: str) -> Asked:
    plain = seeded.sample(["rate", "errors", "error_rate", "count(traces)"], seeded.randint(0, 2))
    numbers = [field for field in NUMBERS if signal == "traces" or field != "duration"]
    of_fields = [f"{seeded.choice(FUNCTIONS)}({seeded.choice(numbers)})" for _ in range(seeded.randint(0, 3))]
    fields = INTRINSICS[signal] + FIELDS
    filters = {"traces": "spans", "logs": "logs"}
    return Asked(
        signal,
        WITHIN,
        filter=seeded.choice(["", a_filter(seeded, filters[signal])]),
        calculate=list(dict.fromkeys(["count", *plain, *of_fields])),
        group_by=seeded.sample(fields, seeded.choice([0, 1, 1, 2])),
        every=seeded.choice(EVERY),
        order=seeded.choice(["", "-count", "count"]),
        limit=seeded.choice([2, 5, 1000]),
    )


@pytest.mark.parametrize("signal", ["traces", "logs"])
def test_the_engine_calculates_what_plain_python_calculates(corpus: Any, database: Address, signal: str):
    seeded = random.Random(13)
    questions = [a_question(seeded, signal) for _ in range(QUESTIONS)]
    answers = asyncio.run(answered(database, questions))
    assert sum(len(answer.rows) > 1 for answer in answers) > QUESTIONS / 3, "the questions tell too little apart"
    for asked, answer in zip(questions, answers, strict=True):
        matching = [
            row
            for row in corpus[signal]
            if WITHIN.start <= row["at"] < WITHIN.end and oracle.holds(parse(asked.filter), row)
        ]
        check(asked, answer, list(grouped(matching, asked.group_by)))


async def answered(database: Address, questions: list[Asked]) -> list[QueryAnswer]:
    client = AsyncClient(database)
    questioning = SumQuestions(Ask(client, budget=BUDGET, at_once=AT_ONCE), Limits())
    try:
        return [
            answer
            for first in range(0, len(questions), AT_ONCE)
            for answer in await asyncio.gather(*map(questioning.query, questions[first : first + AT_ONCE]))
        ]
    finally:
        await client.close()


def check(asked: Asked, answer: QueryAnswer, pairs: list[tuple[Key, Row]]) -> None:
    groups: dict[Key, list[Row]] = defaultdict(list)
    for key, row in pairs:
        groups[key].append(row)
    if not asked.group_by:
        groups.setdefault((), [])
    many = len(asked.group_by)
    shown = {tuple(map(key_of, row[:many])): row[many:] for row in answer.rows}
    assert len(shown) == len(answer.rows) == min(asked.limit, len(groups)), asked
    for (key, figures), samples in zip(shown.items(), answer.samples, strict=True):
        assert samples == len(groups[key]), asked
        for name, found in zip(asked.calculate, figures, strict=True):
            assert is_as_meant(name, found, groups[key], SECONDS), (asked, key, name, found)
    check_order(asked, [figures[0] for figures in shown.values()], groups)
    check_other(asked, answer, [row for key, row in pairs if key not in shown])
    check_lines(asked, answer, groups)


def check_order(asked: Asked, counts: list[int], groups: dict[Key, list[Row]]) -> None:
    """Equal groups may come in any order."""
    down = asked.order != "count"
    every = sorted((sum(row["weight"] for row in rows) for rows in groups.values()), reverse=down)
    assert counts == every[: asked.limit], asked


def check_other(asked: Asked, answer: QueryAnswer, rows: list[Row]) -> None:
    if not rows:
        assert not answer.other, asked
        return
    assert answer.other.samples == len(rows), asked
    for name, found in answer.other.values.items():
        assert is_as_meant(name, found, rows, SECONDS), (asked, name, found)


def check_lines(asked: Asked, answer: QueryAnswer, groups: dict[Key, list[Row]]) -> None:
    assert len(answer.series) == (len(answer.rows) * len(asked.calculate) if asked.every else 0), asked
    for line in answer.series:
        points = {int(at): found for at, found in line.points}
        rows = groups[tuple(map(key_of, line.group.values()))]
        first: dict[int, int] = {}
        for row in rows:
            first[row["trace"]] = min(row["at"], first.get(row["trace"], row["at"]))
        begins = range(WITHIN.start // asked.every * asked.every, WITHIN.end, asked.every)
        for begin in begins:
            inside = [row for row in rows if begin <= row["at"] < begin + asked.every]
            if line.calculate == "count(traces)":
                inside = [row for row in rows if begin <= first[row["trace"]] < begin + asked.every]
            seconds = (min(begin + asked.every, WITHIN.end) - max(begin, WITHIN.start)) / S
            if inside or line.calculate.startswith(COUNTED):
                found = points.pop(begin, None)
                assert is_as_meant(line.calculate, found, inside, seconds), (asked, line.group, line.calculate, begin)
        assert not points, asked
