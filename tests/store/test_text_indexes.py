"""The text indexes of a store from before version 5: made anew of expressions, for what it holds as for what comes."""

from collections.abc import Callable

import pytest

from trivet.query.filter.tables import LOGS, SERIES, SPANS, Table
from trivet.store import migrations
from trivet.store.client import Client

ROWS = 20_000
FEW = 2048  # rows: two granules, where a whole table is read without its index
INDEXES = "SELECT table, name, expr FROM system.data_skipping_indices WHERE database = currentDatabase()"
FILL = {
    SPANS: "INSERT INTO otel_spans (day, trace_id, span_id, start, name, attributes, resource) "
    "SELECT today(), leftPad(toString(number), 16), leftPad(toString(number), 8), now(), concat('checkout ', number), "
    "map('user.id', toString(number)), map('service.name', 'web') FROM numbers({first:UInt64}, {rows:UInt64})",
    LOGS: "INSERT INTO otel_logs (day, time, body, attributes, resource) SELECT today(), now(), "
    "concat('checkout ', number), map('user.id', toString(number)), map('service.name', 'web') "
    "FROM numbers({first:UInt64}, {rows:UInt64})",
    SERIES: "INSERT INTO otel_series (day, metric, series_id, attributes, resource) SELECT today(), 'orders', number, "
    "map('user.id', toString(number)), map('service.name', 'web') FROM numbers({first:UInt64}, {rows:UInt64})",
}


@pytest.fixture
def filled(older: Callable[[int], Client]) -> Client:
    """A store of version 4 with rows in it."""
    client = older(4)
    fill(client, 0)
    return client


def fill(client: Client, first: int) -> None:
    for statement in FILL.values():
        client.command(statement, params={"first": first, "rows": ROWS})


def brought_up(client: Client) -> None:
    migrations.migrate(client, client.address.database)
    for table in FILL:
        # The engine makes the indexes of what is stored behind; this waits for it.
        client.command(f"ALTER TABLE {table.name} DELETE WHERE false", settings={"mutations_sync": 1})


def found(client: Client, table: Table, condition: str) -> int:
    """Rows that were found, by an index."""
    answer = client.answer(f"SELECT {table.time} FROM {table.name} WHERE {condition}")
    assert answer.scanned.rows <= FEW, "the index was not asked"
    return len(answer.rows)


@pytest.mark.parametrize("table", FILL, ids=lambda table: table.signal)
def test_what_an_older_store_holds_and_what_comes_are_found_by_index(filled: Client, table: Table):
    brought_up(filled)
    fill(filled, ROWS)
    for number in (7, ROWS + 7):
        assert found(filled, table, f"hasAny({table.items}, ['user.id={number}'])") == 1
    if table is not SERIES:
        assert found(filled, table, f"hasAllTokens({table.words}, ['checkout', '{ROWS + 7}'])") == 1


def test_a_migration_that_is_run_again_changes_nothing(filled: Client):
    brought_up(filled)
    before = filled.rows(INDEXES)
    filled.command("ALTER TABLE schema_versions DELETE WHERE version = 5", settings={"mutations_sync": 1})
    brought_up(filled)
    after = filled.rows(INDEXES)
    assert after == before and {"by_attributes", "by_text"} <= {row["name"] for row in after}
    assert found(filled, SPANS, f"hasAny({SPANS.items}, ['user.id=7'])") == 1
