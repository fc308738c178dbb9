"""That filters use the indexes, told by the rows that are read and not by time."""

from collections.abc import Iterator

import pytest
from emptied import empty
from telemetry import MS, S, Telemetry, trace_id

from trivet.query.filter.compile import compiled
from trivet.query.filter.fields import Context
from trivet.query.filter.tables import SPANS
from trivet.query.instant import ALL_TIME
from trivet.store.client import Address, Client

NOW = 1_760_000_000 * S
ROWS = 20_000
GRANULE = 1024


@pytest.fixture(scope="module")
def many(database: Address) -> Iterator[Client]:
    """Twenty thousand spans in one part."""
    store = Client(database)
    empty(store)
    told = Telemetry(start=NOW)
    for number in range(1, ROWS + 1):
        attributes = {"user.id": f"user-{number}", "note": f"word{number} is said", "n": number}
        told.span(number, number, at=number * MS, attributes=attributes)
    told.load(store)
    store.command("OPTIMIZE TABLE otel_spans FINAL")
    yield store
    empty(store)
    store.close()


@pytest.mark.parametrize(
    "text",
    [
        "user.id=user-777",
        "span.user.id:user-778",
        "n=779",
        "user.id in (user-780, user-781)",
        "word782",
        '"word783 is said"',
        f"trace:{trace_id(784)}",
        f"start<{NOW + 700 * MS} start>={NOW + 10 * MS}",
        "user.id=nobody or user.id=user-785",
        "service:web user.id=user-786",
    ],
)
def test_little_is_read_where_an_index_can_answer(many: Client, text: str):
    condition = compiled(text, Context(SPANS, ALL_TIME, NOW))
    answer = many.answer(
        f"SELECT count() FROM otel_spans WHERE {condition.sql}",
        params=condition.parameters,
        settings={"use_query_condition_cache": 0},
    )
    assert answer.rows[0][0] >= 1
    assert answer.scanned.rows <= 2 * GRANULE, text
