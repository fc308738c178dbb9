"""Sessions that wait for each other, each with the comment of a span in its statements."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


def comment(trace: str, span: str) -> str:
    return f"/*traceparent='00-{trace}-{span}-01'*/"


@contextmanager
def holding(dsn: str, statement: str, application: str = "migrate") -> Iterator[None]:
    """A transaction that has run `statement` and goes on."""
    with psycopg.connect(dsn, application_name=application) as connection:
        connection.execute(statement)
        yield
        connection.rollback()


@contextmanager
def waiting(dsn: str, statement: str, application: str = "accounts") -> Iterator[None]:
    """A session that is stuck in `statement` until whoever is in its way has left."""
    with psycopg.connect(dsn, application_name=application) as connection:
        thread = threading.Thread(target=_run, args=(connection, statement))
        thread.start()
        try:
            yield
        finally:
            connection.cancel_safe()
            thread.join()


def _run(connection: psycopg.Connection, statement: str) -> None:
    try:
        connection.execute(statement)
        connection.rollback()
    except psycopg.errors.QueryCanceled:
        pass
