"""The text indexes of a store from before version 5: made anew of expressions, for what it holds as for what comes."""

from collections.abc import Iterator

import pytest

from trivet.query.filter.tables import LOGS, SERIES, SPANS, Table
from trivet.store import migrations
from trivet.store.client import Address, Client
from trivet.store.engine import Engine

ROWS = 20_000
FEW = 2048  # rows: two granules, where a whole table is read without its index
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
def older(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A store of version 4 with rows in it."""
    address = Address(engine.address.url, engine.address.user, engine.address.password, "test_text_indexes")
    client = Client(address)
    with monkeypatch.context() as patch:
        known = migrations.versions()
        patch.setattr(migrations, "versions", lambda: {number: known[number] for number in range(1, 5)})
        migrations.migrate(client, address.database)
    fill(client, 0)
    yield client
    client.command(f"DROP DATABASE {address.database} SYNC")
    client.close()


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
def test_what_an_older_store_holds_and_what_comes_are_found_by_index(older: Client, table: Table):
    brought_up(older)
    fill(older, ROWS)
    for number in (7, ROWS + 7):
        assert found(older, table, f"hasAny({table.items}, ['user.id={number}'])") == 1
    if table is not SERIES:
        assert found(older, table, f"hasAllTokens({table.words}, ['checkout', '{ROWS + 7}'])") == 1


def test_a_migration_that_is_run_again_changes_nothing(older: Client):
    brought_up(older)
    before = older.rows("SELECT table, name, expr FROM system.data_skipping_indices WHERE database = currentDatabase()")
    older.command("ALTER TABLE schema_versions DELETE WHERE version = 5", settings={"mutations_sync": 1})
    brought_up(older)
    after = older.rows("SELECT table, name, expr FROM system.data_skipping_indices WHERE database = currentDatabase()")
    assert after == before and {"by_attributes", "by_text"} <= {row["name"] for row in after}
    assert found(older, SPANS, f"hasAny({SPANS.items}, ['user.id=7'])") == 1
