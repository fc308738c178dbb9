"""PostgreSQL, looked at from outside: `pg_stat_activity` and `pg_locks`, of one database."""

from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from trivet.errors import CannotStart
from trivet.watch.waits import Session, Wait, Waiting, holders, joined

HERE = Path(__file__).parent
WAITING = (HERE / "waiting.sql").read_text()
HOLDING = (HERE / "holding.sql").read_text()
OLDEST = 140000  # the first version that knows since when a lock is waited for
PATIENCE = "5s"  # that a look may take


class Postgres:
    """A session of our own; it takes no lock that anybody could wait for."""

    def __init__(self, dsn: str):
        try:
            self._connection = psycopg.connect(
                dsn, autocommit=True, application_name="trivet watch", row_factory=dict_row, connect_timeout=10
            )
        except psycopg.Error as error:
            raise CannotStart(f"PostgreSQL cannot be reached: {error}", hint="is the address right?") from None
        self.notes = self._prepare()

    def _prepare(self) -> Sequence[str]:
        """What a person should know about how much can be seen here."""
        if self._connection.info.server_version < OLDEST:
            raise CannotStart("trivet watch needs PostgreSQL 14 or newer", hint="it asks since when a lock is awaited")
        self._connection.execute(f"SET statement_timeout = '{PATIENCE}'")
        row = self._connection.execute(
            "SELECT current_setting('track_activity_query_size') AS size,"
            " pg_has_role(current_user, 'pg_read_all_stats', 'MEMBER') AS sees_all"
        ).fetchone()
        notes = []
        if row["size"] in ("1kB", "1024", "1024B"):
            notes.append("statements over 1 kB lose the comment that names their span: raise track_activity_query_size")
        if not row["sees_all"]:
            notes.append("other users' statements are hidden: GRANT pg_read_all_stats to this user")
        return notes

    @property
    def database(self) -> str:
        return self._connection.info.dbname

    def look(self) -> Sequence[Wait]:
        """Everybody who waits for a lock right now."""
        waiting = [
            Waiting(
                Session(row["pid"], row["application_name"] or "", row["query"] or ""),
                row["table"] or "", row["mode"], row["waited"], row["blockers"],
            )
            for row in self._connection.execute(WAITING)
        ]  # fmt: skip
        return joined(waiting, self._sessions(set(holders(waiting).values())) if waiting else ())

    def _sessions(self, pids: set[int]) -> Sequence[Session]:
        rows = self._connection.execute(HOLDING, {"pids": list(pids)})
        return [
            Session(row["pid"], row["application_name"] or "", row["query"] or "", row["state"] or "") for row in rows
        ]

    def close(self) -> None:
        self._connection.close()
