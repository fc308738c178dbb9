"""Hundreds of filters over a generated corpus: the engine's answer against plain Python's."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from emptied import empty
from query.filter import oracle
from telemetry import MS, SEVERITIES, STATUSES, S, Telemetry, pairs

from trivet.query.filter.compile import compiled
from trivet.query.filter.fields import Context
from trivet.query.filter.parse import parse
from trivet.query.filter.tables import LOGS, SPANS, Table
from trivet.query.instant import ALL_TIME
from trivet.store.client import Address, Client

BEGAN = 1_760_000_000 * S
ROWS = 120
APART = 500 * MS
FILTERS = 400
TOGETHER = 25

KEYS = ["color", "size", "ratio", "ok", "tags", "http.route", "host.name", "span.odd", "log.file", "team"]
TEXTS = ["red", "green", "dark red", "RED", "200", "1.5", "", "/videos/:id", "true", "été", "a*b", "it's"]
NUMBERS = [0, 1, 2, 200, -5, 2**40, 1.5, 0.25, 3.0, 200.0]


def value(random: random.Random) -> Any:
    kinds = [
        lambda: random.choice(TEXTS),
        lambda: random.choice(NUMBERS),
        lambda: random.random() < 0.5,
        lambda: random.sample(["red", "blue", 1, 200, True], 2),
    ]
    return random.choices(kinds, [5, 4, 1, 1])[0]()


def attributes(random: random.Random, most: int) -> dict[str, Any]:
    return {key: value(random) for key in random.sample(KEYS, random.randint(0, most))}


def spans(random: random.Random, told: Telemetry, per_trace: int = 1) -> list[dict[str, Any]]:
    """Tells of spans, every fourth of which stands for two, and gives the same as dictionaries, by their numbers."""
    rows = []
    for number in range(1, ROWS + 1):
        held, resource = attributes(random, 6), attributes(random, 2)
        name, service = random.choice(["GET /a", "GET /b", "job", "été"]), random.choice(["web", "api", "worker-2"])
        kind, status = random.choice(oracle.KINDS[1:]), random.choice(list(STATUSES))
        message = random.choice(["", "", "it broke down", "timeout: red"])
        duration, parent = random.randrange(0, 3 * S, 100 * MS), random.choice([None, 1])
        trace, at, weight = (number - 1) // per_trace + 1, number * APART, 1 + (number % 4 == 0)
        sampled = {"trace_state": "ot=th:8"} if weight == 2 else {}
        span = told.span(trace, number, name, parent=parent, at=at, lasts=duration, service=service, kind=kind,
                         status=status, message=message, attributes=held, resource=resource, **sampled)  # fmt: skip
        events = []
        for _ in range(random.choice([0, 0, 1, 2])):
            event = {"name": random.choice(["exception", "retry"]), "attributes": attributes(random, 2)}
            events.append(event)
            added = span.events.add(time_unix_nano=told.start, name=event["name"])
            added.attributes.extend(pairs(event["attributes"]))
        words = [name, message, *map(oracle.text, held.values()), *(event["name"] for event in events)]
        words += [oracle.text(each) for event in events for each in event["attributes"].values()]
        rows.append({
            "number": number, "prefix": "span", "attributes": held, "resource": resource | {"service.name": service},
            "scope": {}, "events": events, "words": words, "trace": trace, "at": BEGAN + at, "weight": weight,
            "failed": status == "error",
            "intrinsics": {"service": service, "name": name, "kind": kind, "status": status, "duration": duration,
                           "status.message": message},
        })  # fmt: skip
    return rows


def logs(random: random.Random, told: Telemetry) -> list[dict[str, Any]]:
    rows = []
    for number in range(1, ROWS + 1):
        held, resource = attributes(random, 5), attributes(random, 2)
        body, service = random.choice(["it broke down", "red alert", "GET /a", "Été"]), random.choice(["web", "api"])
        severity, event = random.choice(list(SEVERITIES)), random.choice(["", "started"])
        told.log(body, trace=number, at=number * APART, service=service, severity=severity, attributes=held,
                 resource=resource, event_name=event)  # fmt: skip
        rows.append({
            "number": number, "prefix": "log", "attributes": held, "resource": resource | {"service.name": service},
            "scope": {}, "events": [], "words": [body, event, *map(oracle.text, held.values())], "trace": number,
            "at": BEGAN + number * APART, "weight": 1, "failed": severity in ("error", "fatal"),
            "intrinsics": {"service": service, "body": body, "severity": severity, "event_name": event},
        })  # fmt: skip
    return rows


INTRINSICS = {
    "spans": {
        "service": ["web", "api", "w*", "nowhere"], "name": ['"GET /a"', "job", "G*", "été"], "status": list(STATUSES),
        "kind": oracle.KINDS, "duration": ["500ms", "1.5s", "0", "2000000000"], "event": ["exception", "retry", "ex*"],
        "status.message": ['"it broke down"', "time*"],
    },
    "logs": {
        "service": ["web", "w*"], "body": ['"red alert"', "*broke*"], "severity": oracle.SEVERITIES,
        "event_name": ["started"],
    },
}  # fmt: skip
WORDS = ["broke", "RED", '"it broke"', '"broke it"', "tim*", "get", '"dark red"', "été", "exception", "nothing", "200"]


def a_filter(random: random.Random, signal: str, depth: int = 0) -> str:
    shape = random.random()
    if depth < 2 and shape < 0.35:
        joined = random.choice([" and ", " ", " or "])
        parts = [a_filter(random, signal, depth + 1) for _ in range(random.choice([2, 2, 3]))]
        return f"({joined.join(parts)})"
    if shape < 0.45:
        return f"not {a_filter(random, signal, depth + 1)}"
    if shape < 0.55:
        return random.choice(WORDS)
    if shape < 0.65:
        return f"has:{random.choice([*KEYS, 'exception', 'service', 'event.color'])}"
    if shape < 0.8:
        name, values = random.choice(list(INTRINSICS[signal].items()))
        ordered = name in ("duration", "severity")
        operator = random.choice(["=", ":", "!=", *(["<", "<=", ">", ">="] if ordered else [])])
        return f"{name}{operator}{random.choice(values)}"
    return on_attribute(random)


def on_attribute(random: random.Random) -> str:
    prefix = random.choice(["", "", "", "resource.", "span.", "log.", "event."])
    name = prefix + random.choice(KEYS)
    if random.random() < 0.15:
        return f'{name} in (red, 200, "dark red", /videos/:id)'
    if random.random() < 0.15:
        return f'{name}{random.choice(["~", "!~"])}"{random.choice(["^r", "ed$", "[0-9]+", "."])}"'
    operator = random.choice(["=", ":", "!=", "<", "<=", ">", ">="])
    chosen = random.choice([
        *(f'"{text}"' for text in TEXTS), "red", "r*", "*", "200", "1.5", "2e2", "0.25", "true", "-5", "1s", "50%",
    ])  # fmt: skip
    return f"{name}{operator}{chosen}"


@pytest.fixture(scope="module")
def corpus(database: Address) -> Iterator[tuple[Client, dict[str, list[dict[str, Any]]]]]:
    store = Client(database)
    empty(store)
    told = Telemetry(start=BEGAN)
    seeded = random.Random(5)
    rows = {"spans": spans(seeded, told), "logs": logs(seeded, told)}
    told.load(store)
    yield store, rows
    empty(store)
    store.close()


@pytest.mark.parametrize(("signal", "table"), [("spans", SPANS), ("logs", LOGS)])
def test_the_engine_finds_what_plain_python_finds(corpus: Any, signal: str, table: Table):
    store, rows = corpus
    seeded = random.Random(7)
    filters = [a_filter(seeded, signal) for _ in range(FILTERS)]
    meant = {text: [row["number"] for row in rows[signal] if oracle.holds(parse(text), row)] for text in filters}
    assert sum(0 < len(found) < ROWS for found in meant.values()) > FILTERS / 2, "the corpus tells too little apart"
    for first in range(0, FILTERS, TOGETHER):
        for text, found in answers(store, table, filters[first : first + TOGETHER]).items():
            assert found == meant[text], text


def answers(store: Client, table: Table, filters: list[str]) -> dict[str, list[int]]:
    """The numbers of the matching rows, for several filters in one statement."""
    context = Context(table, ALL_TIME, now=BEGAN)
    parts, params = [], {}
    for at, text in enumerate(filters):
        condition = compiled(text, context, prefix=f"f{at}_")
        found = "arraySort(groupArray(reinterpretAsUInt64(reverse(trace_id))))"
        parts.append(f"SELECT {at} AS at, {found} AS numbers FROM {table.name} WHERE {condition.sql}")
        params |= condition.parameters
    rows = store.rows(" UNION ALL ".join(parts), params=params)
    return {filters[row["at"]]: row["numbers"] for row in rows}
