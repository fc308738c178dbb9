"""What a filter says of a whole trace, and figures by what other rows of it hold: the engine against plain Python."""

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import pytest
from emptied import empty
from query.conftest import BUDGET
from query.filter import oracle
from query.sums_oracle import grouped, is_as_meant, key_of
from telemetry import MS, S, Telemetry

from trivet.query.ask import Ask
from trivet.query.figures.asked import Asked, Limits
from trivet.query.figures.sums import SumQuestions
from trivet.query.filter.compile import compiled
from trivet.query.filter.fields import Context
from trivet.query.filter.parse import parse
from trivet.query.filter.tables import LOGS, SPANS, Table
from trivet.query.instant import ALL_TIME, Range
from trivet.store.client import Address, AsyncClient, Client

BEGAN = 1_760_000_000 * S
WITHIN = Range(BEGAN, BEGAN + 3600 * S)
TRACES = 40
FILTERS = 300
TOGETHER = 20
Row = dict[str, Any]

FIELDS = {
    "service": ["web", "api", "db"], "name": ["read", "write", "w*"], "color": ["red", "blue", "green", "r*"],
    "status": ["error", "ok"], "size": ["1", "2", "3"],
}  # fmt: skip
OF_RECORDS = {"severity": ["info", "error"], "body": ["late", "lost", "l*"], "color": ["red", "green"]}
OF_TRACES = ["duration", "spans", "errors", "services"]


def a_trace(seeded: random.Random, told: Telemetry, number: int) -> tuple[list[Row], list[Row]]:
    """The spans of a tree and their log records; of one trace in four the root has not arrived, and half of these were
    told of by clocks that disagree."""
    began, rows, records = number * 10 * S, [], []
    for place in range(seeded.randint(1, 7)):
        above = seeded.choice(rows)["id"] if rows else (0xFFFF if number % 4 == 0 else None)
        held = {"color": seeded.choice(["red", "blue", "green"])} if seeded.random() < 0.7 else {}
        held |= {"size": seeded.randint(1, 3)} if seeded.random() < 0.7 else {}
        late = 25 * MS if place == 0 and number % 8 == 0 else 0
        id, at, lasts = number * 100 + place, began + place * 10 * MS + late, seeded.randint(1, 900) * MS
        service, name = seeded.choice(["web", "api", "db"]), seeded.choice(["read", "write"])
        status = seeded.choice(["ok", "error", "unset"])
        told.span(number, id, name, parent=above, at=at, lasts=lasts, service=service, status=status, attributes=held)
        row = {
            "id": id, "parent": above, "start": BEGAN + at, "at": BEGAN + at, "trace": number, "weight": 1,
            "failed": status == "error", "prefix": "span", "attributes": held, "resource": {"service.name": service},
            "scope": {}, "events": [], "words": [name, *map(oracle.text, held.values())], "records": [],
            "intrinsics": {"service": service, "name": name, "status": status, "duration": lasts},
        }  # fmt: skip
        rows.append(row)
        for _ in range(seeded.choice([0, 0, 1, 2])):
            row["records"].append(a_record(seeded, told, row))
        records += row["records"]
    for row in rows + records:
        row["family"] = rows
    return rows, records


def a_record(seeded: random.Random, told: Telemetry, span: Row) -> Row:
    body, severity = seeded.choice(["late", "lost"]), seeded.choice(["info", "error"])
    held, service = {"color": seeded.choice(["red", "green"])}, span["intrinsics"]["service"]
    at = span["start"] - BEGAN + seeded.randrange(10**6)
    told.log(body, trace=span["trace"], span=span["id"], at=at, service=service, severity=severity, attributes=held)
    return {
        "id": at, "at": BEGAN + at, "trace": span["trace"], "weight": 1, "failed": severity == "error", "prefix": "log",
        "attributes": held, "resource": {"service.name": service}, "scope": {}, "events": [], "words": [body, "red"],
        "intrinsics": {"service": service, "body": body, "severity": severity},
    }  # fmt: skip


def a_filter(seeded: random.Random, signal: str, depth: int = 0) -> str:
    shape = seeded.random()
    if depth < 2 and shape < 0.25:
        joined = seeded.choice([" and ", " ", " or "])
        return f"({a_filter(seeded, signal, depth + 1)}{joined}{a_filter(seeded, signal, depth + 1)})"
    if shape < 0.4:
        return f"not {a_filter(seeded, signal, depth + 1)}"
    if shape < 0.6:
        return " >> ".join(f"{{{of_a_span(seeded)}}}" for _ in range(seeded.choice([1, 2, 2, 3])))
    if shape < 0.7:
        return (
            "root."
            + seeded.choice(["service", "name", "color", "size"])
            + seeded.choice([":w*", "=red", ":2", "!=web"])
        )
    if shape < 0.8:
        field = seeded.choice(OF_TRACES)
        value = f"{seeded.randint(1, 900)}ms" if field == "duration" else seeded.randint(0, 5)
        return f"trace.{field}{seeded.choice(['>', '<=', '='])}{value}"
    if signal == "spans" and shape < 0.95:
        field = seeded.choice(list(OF_RECORDS))
        asked = f"log.{field}{seeded.choice([':', '!='])}{seeded.choice(OF_RECORDS[field])}"
        return seeded.choice([asked, asked, "has:log", f"has:log.{field}"])
    return of_a_span(seeded)


def of_a_span(seeded: random.Random) -> str:
    field = seeded.choice(["service", "color", "size"])
    return f"{field}{seeded.choice([':', '!='])}{seeded.choice(FIELDS[field])}"


@pytest.fixture(scope="module")
def corpus(database: Address) -> Iterator[dict[str, list[Row]]]:
    store, told, seeded = Client(database), Telemetry(start=BEGAN), random.Random(21)
    empty(store)
    traces = [a_trace(seeded, told, number) for number in range(1, TRACES + 1)]
    told.load(store)
    yield {"spans": [row for rows, _ in traces for row in rows], "logs": [row for _, rows in traces for row in rows]}
    empty(store)
    store.close()


@pytest.mark.parametrize(
    ("signal", "table", "id"),
    [
        ("spans", SPANS, "reinterpretAsUInt64(reverse(span_id))"),
        ("logs", LOGS, f"toUnixTimestamp64Nano(time) - {BEGAN}"),
    ],
)
def test_the_engine_finds_what_plain_python_finds(corpus: Any, database: Address, signal: str, table: Table, id: str):
    seeded, store = random.Random(22), Client(database)
    filters = list(dict.fromkeys(a_filter(seeded, signal) for _ in range(FILTERS)))
    meant = {text: sorted(row["id"] for row in corpus[signal] if oracle.holds(parse(text), row)) for text in filters}
    assert sum(0 < len(found) < len(corpus[signal]) for found in meant.values()) > FILTERS / 2
    for first in range(0, len(filters), TOGETHER):
        parts, params = [], {}
        for at, text in enumerate(filters[first : first + TOGETHER], start=first):
            condition = compiled(text, Context(table, ALL_TIME, BEGAN), prefix=f"f{at}_")
            ids = f"arraySort(groupArray(toInt64({id}))) AS ids"
            parts.append(f"SELECT {at} AS at, {ids} FROM {table.name} WHERE {condition.sql}")
            params |= condition.parameters
        for row in store.rows(" UNION ALL ".join(parts), params=params):
            assert row["ids"] == meant[filters[row["at"]]], filters[row["at"]]
    store.close()


GROUPS = {
    "spans": [
        "root.name",
        "root.color",
        "root.size",
        "trace.errors",
        "trace.services",
        "log.body",
        "log.color",
        "name",
    ],
    "logs": ["root.service", "root.color", "trace.spans", "body"],
}
FIGURES = {
    "spans": ["avg(root.duration)", "max(trace.duration)", "uniq(root.color)", "sum(trace.errors)", "uniq(log.body)"],
    "logs": ["max(root.duration)", "uniq(root.name)", "avg(trace.spans)"],
}


@pytest.mark.parametrize("signal", ["spans", "logs"])
def test_figures_and_groups_of_what_other_rows_hold(corpus: Any, database: Address, signal: str):
    seeded = random.Random(23)
    questions = [
        Asked(
            {"spans": "traces", "logs": "logs"}[signal], WITHIN, filter=seeded.choice(["", a_filter(seeded, signal)]),
            calculate=["count", *seeded.sample(FIGURES[signal], 2)], limit=1000,
            group_by=seeded.sample(GROUPS[signal], seeded.choice([1, 1, 2])),
        )
        for _ in range(60)
    ]  # fmt: skip
    for asked, answer in zip(questions, asyncio.run(answered(database, questions)), strict=True):
        groups: dict[Any, list[Row]] = {}
        for key, row in grouped(
            [row for row in corpus[signal] if oracle.holds(parse(asked.filter), row)], asked.group_by
        ):
            groups.setdefault(key, []).append(row)
        many = len(asked.group_by)
        shown = {tuple(map(key_of, row[:many])): row[many:] for row in answer.rows}
        assert shown.keys() == groups.keys(), asked
        for key, figures in shown.items():
            for name, found in zip(asked.calculate, figures, strict=True):
                assert is_as_meant(name, found, groups[key], 3600), (asked, key, name, found)


async def answered(database: Address, questions: list[Asked]) -> list[Any]:
    client = AsyncClient(database)
    try:
        asking = SumQuestions(Ask(client, budget=BUDGET, at_once=4), Limits())
        return [await asking.query(asked) for asked in questions]
    finally:
        await client.close()
