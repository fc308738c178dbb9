"""One database for the tests of a folder, emptied before each: making the schema anew takes most of a second."""

from trivet.store.client import Address, Client
from trivet.store.migrations import migrate


def prepared(engine: Address, name: str) -> Address:
    """A database of this name with the schema in it."""
    client = Client(Address(engine.url, engine.user, engine.password, name))
    migrate(client, name)
    client.close()
    return client.address


def empty(client: Client) -> None:
    """Drops every row."""
    tables = "SELECT name FROM system.tables WHERE database = currentDatabase() AND endsWith(engine, 'MergeTree')"
    filled = f"{tables} AND total_rows > 0 AND name != 'schema_versions'"
    for row in client.rows(filled):
        client.command(f"TRUNCATE TABLE {row['name']}")
