"""What people's SQL must never reach: a file, a listener, another database, a table that is not documented.

Each carries a marker, so that a test can tell from an answer whether a wall had a hole.
"""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trivet.errors import TrivetError
from trivet.query.sql.check import check
from trivet.store.client import Address, Client, EngineError
from trivet.store.engine import Engine
from trivet.store.migrations import migrate

MARKER = "MARKER_7f3a91"
DATABASE, OTHER = "trivet_guarded", "guarded_other"


@dataclass
class Targets:
    """`owner` may do everything, so that only the guard stands between a statement and the targets."""

    owner: Client
    reader: Client
    secret: Path
    outfile: Path
    listener: socket.socket
    visitors: list[object]

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]

    def fill(self, text: str) -> str:
        """An attack with the names of its targets in place."""
        return (
            text.replace("SECRET", str(self.secret)).replace("OUTFILE_PATH", str(self.outfile))
            .replace("PORT", str(self.port)).replace("OTHER", OTHER)
        )  # fmt: skip

    def state(self) -> object:
        """What must be the same before and after."""
        asked = "SELECT database, name, total_rows FROM system.tables WHERE database IN ('{}', '{}') ORDER BY 1, 2"
        return self.owner.rows(asked.format(DATABASE, OTHER)), self.outfile.exists(), len(self.visitors)

    def leaks(self, statement: str) -> str | None:
        """What went wrong when a statement that passed the guard ran without any other wall."""
        before = self.state()
        limits = {
            "max_execution_time": 2,
            "max_result_rows": 1000,
            "result_overflow_mode": "break",
            "max_rows_to_read": 10**6,
        }
        try:
            answer = self.owner.command(statement, settings=limits).decode("utf-8", "replace")
        except EngineError as error:
            answer = error.message
        shown = re.sub(re.escape(statement), "", answer)
        if MARKER in shown:
            return f"it reads what it must not: {shown[:300]}"
        if self.state() != before:
            return f"it changed something: {self.state()}"
        return None


def passes(statement: str) -> str | None:
    """The statement as the guard lets it through, None when it does not."""
    try:
        return check(statement)
    except TrivetError:
        return None


@contextmanager
def sql_targets(engine: Engine, directory: Path) -> Iterator[Targets]:
    at = engine.address
    owner = Client(Address(at.url, at.user, at.password, DATABASE))
    reader = Client(owner.address, settings=engine.reader)
    migrate(owner, DATABASE)
    owner.command(f"CREATE DATABASE {OTHER}")
    for table in ("private", f"{OTHER}.private"):
        owner.command(f"CREATE TABLE {table} (a String, number UInt64) ENGINE = MergeTree ORDER BY a")
        owner.command(f"INSERT INTO {table} VALUES ('{MARKER}', 1)")
    secret = directory / "secret.txt"
    secret.write_text(MARKER)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        targets = Targets(owner, reader, secret, directory / "out.txt", listener, [])
        threading.Thread(target=_count_visitors, args=(listener, targets.visitors), daemon=True).start()
        yield targets
    for database in (DATABASE, OTHER):
        owner.command(f"DROP DATABASE {database} SYNC", database="default")
    owner.close()
    reader.close()


def _count_visitors(listener: socket.socket, visitors: list[object]) -> None:
    while True:
        try:
            connection, visitor = listener.accept()
        except OSError:
            return
        connection.close()
        visitors.append(visitor)
