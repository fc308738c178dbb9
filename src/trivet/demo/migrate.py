"""The migration: accounts move out of their old documents, in one transaction per batch.

Looking an account's document up by its e-mail has no index to stand on, so a batch takes longer than it may, is
rolled back and begins anew, and while it lasts nobody else can write. It never completes, and says nothing about it:
its span is still running. With --calm the index is there, and it is done in a moment.
"""

import logging
import sqlite3
import time

from opentelemetry import trace

import trivet
from trivet.demo.database import Database
from trivet.demo.service import begin, ready

logger = logging.getLogger("migrate")

BATCH = 2000
BATCH_SECONDS = 5.0  # longer than a writer waits for the lock
PAUSE_SECONDS = 4.0
BREATH_SECONDS = 0.02  # between two accounts: the demo shares its machine


class BatchTooSlow(Exception):
    """Over its time, with how far it came."""


def copy_batch(database: Database, first: int, hurry: bool) -> int:
    """Copies up to BATCH accounts from `first` on, all or none; how many there were."""
    deadline = time.monotonic() + BATCH_SECONDS
    with trivet.span("copy batch", first=first), database.transaction():
        accounts = database.run("SELECT id, email FROM accounts WHERE id >= ? ORDER BY id LIMIT ?", first, BATCH)
        for number, account in enumerate(accounts):
            copy_account(database, account["id"], account["email"])
            if time.monotonic() > deadline:
                raise BatchTooSlow(f"{number} of {len(accounts)} accounts after {BATCH_SECONDS:.0f} s")
            if not hurry:
                time.sleep(BREATH_SECONDS)
        return len(accounts)


def copy_account(database: Database, id: int, email: str) -> None:
    database.run_unseen(
        "INSERT INTO moved SELECT ?, json_extract(body, '$.email'), json_extract(body, '$.plan')"
        " FROM documents WHERE json_extract(body, '$.email') = ?",
        id, email,
    )  # fmt: skip


def migrate(database: Database, calm: bool) -> None:
    if calm:
        database.run("CREATE INDEX documents_email ON documents (json_extract(body, '$.email'))")
    first = 1
    while True:
        try:
            copied = copy_batch(database, first, hurry=calm)
        except (BatchTooSlow, sqlite3.OperationalError) as slow:
            logger.warning("batch from %s rolled back, beginning anew: %s", first, slow)
            time.sleep(PAUSE_SECONDS)
            continue
        if not copied:
            return
        logger.info("%s accounts moved, up to %s", copied, first + copied - 1)
        first += copied


def main() -> None:
    told = begin("migrate")
    with trivet.span("migrate accounts", calm=told.calm):
        ready(f"{trace.get_current_span().get_span_context().trace_id:032x}")
        migrate(Database(told.directory / "shop.db"), told.calm)


if __name__ == "__main__":
    main()
