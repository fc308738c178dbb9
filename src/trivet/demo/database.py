"""The shop's database: SQLite, with a span for every statement."""

import random
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind

tracer = trace.get_tracer(__name__)

LOCK_SECONDS = 2.0  # that a statement waits for another's lock
ACCOUNTS = 4000
VIDEOS = 60_000
TABLE = re.compile(r"(?:FROM|INTO|UPDATE|TABLE)\s+(\w+)", re.IGNORECASE)

SCHEMA = """
CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT NOT NULL, plan TEXT NOT NULL, quota INTEGER NOT NULL);
CREATE TABLE documents (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE videos (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, title TEXT NOT NULL, codec TEXT NOT NULL,
    bytes INTEGER NOT NULL, state TEXT NOT NULL);
CREATE TABLE jobs (id INTEGER PRIMARY KEY, video INTEGER NOT NULL, carrier TEXT NOT NULL, attempt INTEGER NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0);
CREATE TABLE moved (id INTEGER PRIMARY KEY, email TEXT NOT NULL, plan TEXT NOT NULL);
"""
SUBJECTS = ("onboarding", "sprint review", "bug report", "release", "lesson", "interview", "demo", "stand-up")


def create(path: Path, seed: int) -> None:
    """A shop that has been open for a while: accounts, the documents they came from, videos. Takes 0.3 s."""
    dice = random.Random(seed)
    plans = [dice.choice(("free", "free", "free", "team", "pro")) for _ in range(ACCOUNTS)]
    people = [(id, f"user{id}@example.com", plan, 10**9) for id, plan in enumerate(plans, 1)]
    documents = [(id, f'{{"email": "{email}", "plan": "{plan}"}}') for id, email, plan, _ in people]
    dice.shuffle(documents)
    videos = (
        (dice.randint(1, ACCOUNTS), f"{dice.choice(SUBJECTS)} {number}", "h264", 10**6, "ready")
        for number in range(VIDEOS)
    )
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?)", people)
        connection.executemany("INSERT INTO documents VALUES (?, ?)", documents)
        connection.executemany(
            "INSERT INTO videos (account, title, codec, bytes, state) VALUES (?, ?, ?, ?, ?)", videos
        )
        connection.commit()
    finally:
        connection.close()


class Database:
    """A connection per thread, statements with spans."""

    def __init__(self, path: Path):
        self._path = path
        self._local = threading.local()

    def run(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        table = TABLE.search(statement)
        operation = statement.split(maxsplit=1)[0].upper()
        attributes = {
            "db.system.name": "sqlite", "db.namespace": self._path.stem, "db.operation.name": operation,
            "db.query.text": " ".join(statement.split()),
        }  # fmt: skip
        if table:
            attributes["db.collection.name"] = table[1]
        name = f"{operation} {table[1]}" if table else operation
        with tracer.start_as_current_span(name, kind=SpanKind.CLIENT, attributes=attributes) as span:
            rows = self.run_unseen(statement, *values)
            span.set_attribute("db.response.returned_rows", len(rows))
            return rows

    def run_unseen(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """The same without a span, for polling."""
        return self._connection().execute(statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Takes the write lock at once; commits at the end, or rolls back when an exception passes through."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def close(self) -> None:
        """This thread's connection; SQLite closes those of other threads when they, and their dictionary, are gone."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            made = sqlite3.connect(self._path, timeout=LOCK_SECONDS, isolation_level=None)
            made.row_factory = sqlite3.Row
            self._local.connection = made
        return self._local.connection
