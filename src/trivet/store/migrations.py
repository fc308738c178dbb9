"""The schema, brought to this version's: every `schema/v<N>/*.sql` that has not run yet, in order, an object a file."""

import re
from importlib.resources.abc import Traversable
from typing import Protocol

from trivet.errors import CannotStart
from trivet.settings import MiB
from trivet.store import intake

# The numbers are those of AnyValue's fields.
TYPES = (
    "Array(Enum8('empty' = 0, 'string' = 1, 'bool' = 2, 'int' = 3, 'double' = 4, "
    "'array' = 5, 'kvlist' = 6, 'bytes' = 7))"
)
# The loader keeps at most 100 inserts for replay, an insert reaches at most 33 days: 4 × 100 × 33.
DEDUPLICATION_WINDOW = 13_200
# Merged parts are fsynced before their sources go: the engine's own default would trust the page cache. What one insert
# writes is one file and not two hundred: 2 µs of CPU per span less, and rows by id or index read in half the time;
# merged parts are larger than this, and scans read only their columns.
TABLE = f"""default_compression_codec = 'LZ4', non_replicated_deduplication_window = {DEDUPLICATION_WINDOW},
    min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60, min_bytes_for_wide_part = {128 * MiB}"""


def versions() -> dict[int, list[Traversable]]:
    """Schema version → its files in order."""
    found = {}
    for folder in intake.SCHEMA.iterdir():
        if match := re.fullmatch(r"v(\d+)", folder.name):
            found[int(match[1])] = sorted(
                (f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name
            )
    return dict(sorted(found.items()))


def statement(file: Traversable) -> str:
    """A file's statement with its placeholders filled."""
    text = file.read_text()
    for signal in ("traces", "metrics", "logs"):
        text = text.replace("{columns:" + signal + "}", intake.columns(signal))
    text = re.sub(r"\{message:(\w+)\}", lambda match: intake.message(match[1]), text)
    text = text.replace("'{types}'", "'" + TYPES.replace("'", "\\'") + "'")
    return text.replace("{types}", TYPES).replace("{table}", TABLE)


class Database(Protocol):
    """What of a client the schema needs."""

    def command(self, sql: str, *, database: str | None = None) -> bytes: ...
    def rows(self, sql: str) -> list[dict]: ...


def migrate(client: Database, database: str) -> None:
    """Brings `database` to this version's schema; a migration that was cut off is run again from its start."""
    client.command(f"CREATE DATABASE IF NOT EXISTS `{database}`", database="default")
    client.command(
        "CREATE TABLE IF NOT EXISTS schema_versions (version UInt32, applied DateTime64(3, 'UTC')) "
        "ENGINE = MergeTree ORDER BY version"
    )
    applied = client.rows("SELECT max(version) AS version FROM schema_versions")[0]["version"]
    known = versions()
    if applied > max(known):
        raise CannotStart(
            f"the store has schema version {applied}, this Trivet knows versions up to {max(known)}",
            hint="use the newer Trivet that wrote it, or another data directory (--data)",
        )
    for version, statements in known.items():
        if version > applied:
            for file in statements:
                client.command(statement(file))
            client.command(f"INSERT INTO schema_versions VALUES ({version}, now64(3))")
