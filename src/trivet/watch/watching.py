"""Look, tell, wait; until somebody says stop, and through a database that goes away and comes back."""

import threading
from collections.abc import Callable

import psycopg

from trivet.errors import CannotStart
from trivet.watch.postgres import Postgres
from trivet.watch.report import Reporter


def watch(dsn: str, reporter: Reporter, every: float, stopping: threading.Event, note: Callable[[str], None]) -> None:
    """Raises CannotStart when there is nothing to look at to begin with."""
    postgres = Postgres(dsn)
    for line in postgres.notes:
        note(line)
    note(f"watching {postgres.database}")
    try:
        while not stopping.wait(every):
            try:
                reporter.report(postgres.look())
            except psycopg.OperationalError as error:
                note(f"PostgreSQL has gone away: {error}")
                postgres.close()
                postgres = _again(dsn, every, stopping) or postgres
                note("watching again")
    finally:
        postgres.close()


def _again(dsn: str, every: float, stopping: threading.Event) -> Postgres | None:
    """A new connection as soon as there is one; None when we were told to stop first."""
    while not stopping.wait(every):
        try:
            return Postgres(dsn)
        except CannotStart:
            pass
    return None
