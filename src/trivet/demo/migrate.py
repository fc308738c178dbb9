"""The migration: accounts and their billing move out of the document store, into PostgreSQL.

`copy_accounts` looks up each account's document by the e-mail inside it, which has no index to stand on, so that the
table is walked for every account, in one statement of one transaction that holds the lock on `accounts` meanwhile. The
first batches are small: uploads are slow for some seconds, and nobody looks. All went well, so the last is the rest:
58,000 walks, five minutes on a fast machine and ten on a slower, and not a word until then. With --calm the index is
made first, and it is done in a second.
"""

import logging
import os
import sys
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, create_engine, text

import trivet
from trivet.demo.documents import batches, open_store
from trivet.demo.tables import ACCOUNTS

logger = logging.getLogger("migrate")

LOCK = "LOCK TABLE accounts IN EXCLUSIVE MODE"  # no account changes while it moves
COPY = """
INSERT INTO subscriptions (account, plan, seats)
SELECT accounts.id, newest.body ->> 'plan', (newest.body ->> 'seats')::integer
FROM accounts
CROSS JOIN LATERAL (
    SELECT body FROM documents
    WHERE documents.body ->> 'email' = accounts.email
    ORDER BY version DESC
    LIMIT 1
) AS newest
WHERE accounts.id BETWEEN :first AND :last
"""
BATCHES = (250, 500, 1_000, ACCOUNTS)  # accounts in each, as far as there are any
INDEX = "CREATE INDEX documents_email ON documents ((body ->> 'email'), version)"


@trivet.span
def fetch_documents(engine: Engine, redis_url: str) -> int:
    fetched = 0
    with open_store(redis_url) as store, engine.begin() as connection:
        for batch in batches(store):
            fetched += _keep(connection, batch)
    logger.info("%s documents fetched", fetched)
    return fetched


def _keep(connection: Connection, batch: Sequence[tuple[str, str]]) -> int:
    statement = text(
        "INSERT INTO documents (key, version, body)"
        " SELECT key, 1, body::jsonb FROM unnest(CAST(:keys AS text[]), CAST(:bodies AS text[])) AS given (key, body)"
    )
    connection.execute(statement, {"keys": [key for key, _ in batch], "bodies": [body for _, body in batch]})
    return len(batch)


def copy_all(engine: Engine) -> None:
    last = 0
    for size in BATCHES:
        first, last = last + 1, min(last + size, ACCOUNTS)
        copy_accounts(engine, first, last)


def copy_accounts(engine: Engine, first: int, last: int) -> None:
    with trivet.span("copy_accounts", first=first, last=last), engine.begin() as connection:
        connection.execute(text(LOCK))
        copied = connection.execute(text(COPY), {"first": first, "last": last})
        logger.info("%s accounts copied, up to %s", copied.rowcount, last)


@trivet.span("migrate accounts")
def migrate(calm: bool) -> None:
    engine = create_engine(os.environ["DATABASE_URL"], connect_args={"application_name": "migrate"})
    trivet.wide(documents=fetch_documents(engine, os.environ["REDIS_URL"]), calm=calm)
    with engine.begin() as connection:
        if calm:
            connection.execute(text(INDEX))
        connection.execute(text("ANALYZE documents"))
    copy_all(engine)
    engine.dispose()


def main() -> None:
    os.nice(5)
    print("the migration begins", flush=True)
    migrate("--calm" in sys.argv)


if __name__ == "__main__":
    main()
