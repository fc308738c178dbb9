"""The engine itself: chDB opened at a directory, and one statement run on it.

A statement has a connection to itself. Settings, parameters and the current database are the connection's, so one is
used again only for a question with the same, which spares a third of what `SELECT 1` costs; and only after an answer
that was read to its end: after one that failed midway, the next begins with its leftovers (chdb-core 26.9).
"""

import os
import re
import threading
from collections import deque
from collections.abc import Hashable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING

from trivet.store import access
from trivet.store.exceptions import EngineError
from trivet.store.statement import Statement

if TYPE_CHECKING:
    from chdb.state.sqlitelike import Connection

# Formats whose blocks can be sent one after another; the others have a frame around the whole answer.
STREAMED = {
    "Native", "TabSeparated", "TSV", "TabSeparatedRaw", "TSVRaw", "TSKV", "CSV", "JSONEachRow", "JSONLines", "NDJSON",
    "JSONCompactEachRow", "JSONStringsEachRow", "RowBinary", "LineAsString", "RawBLOB", "MsgPack",
}  # fmt: skip
_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
QUERY_CHARACTERS = 50_000  # a quarter of the engine's max_query_size, which counts bytes
QUESTIONS = ("SELECT", "WITH")
MOST_IDLE = 16
NOT_STREAMABLE = "Streaming query is not supported"
INSERTS = "FailedInsertQuery"


@dataclass
class Totals:
    """What one statement read and wrote, as the summary header reports it."""

    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0
    result_rows: int = 0
    result_bytes: int = 0
    started: int = field(default_factory=perf_counter_ns)

    def add(self, result: object, size: int) -> None:
        self.read_rows += result.storage_rows_read()
        self.read_bytes += result.storage_bytes_read()
        self.written_rows += result.rows_written()
        self.written_bytes += result.bytes_written()
        self.result_rows += result.rows_read()
        self.result_bytes += size

    def summary(self) -> dict[str, str]:
        counts = {name: str(value) for name, value in vars(self).items() if name != "started"}
        return counts | {"elapsed_ns": str(perf_counter_ns() - self.started)}


class Database:
    """chDB open at `directory`, which becomes the process's working directory: the engine takes a path apart at `?` and
    `&`, a dot has none. `server_settings` are fixed for the life of the process. RuntimeError: it does not open."""

    def __init__(self, directory: Path, server_settings: Mapping[str, int]):
        os.chdir(directory)
        os.environ["TMPDIR"] = str(directory)  # importing chdb opens another engine there for a moment
        import chdb  # starts threads, which must not be before the process is confined

        self._chdb = chdb
        config = access.write(directory, server_settings)
        self._keeper = chdb.connect(f".?config-file={config}")  # background merges run while one is open
        self._idle: deque[tuple[Hashable, Connection]] = deque()
        self._lock = threading.Lock()
        self._leave_signals_alone()

    @property
    def version(self) -> str:
        """Asked of the engine each time."""
        with closing(self.connect()) as connection:
            return connection.query("SELECT version()", "TSVRaw").bytes().decode().strip()

    def connect(self) -> "Connection":
        return self._chdb.connect(".")

    def take(self, terms: Hashable) -> "Connection | None":
        """An idle connection on which these terms are set."""
        with self._lock:
            found = next((one for one in reversed(self._idle) if one[0] == terms), None)
            if found:
                self._idle.remove(found)
        return found[1] if found else None

    def keep(self, terms: Hashable, connection: "Connection") -> None:
        """For the next statement on the same terms; of too many, the one that has been idle longest is closed."""
        with self._lock:
            self._idle.append((terms, connection))
            surplus = self._idle.popleft()[1] if len(self._idle) > MOST_IDLE else None
        if surplus:
            surplus.close()

    def _leave_signals_alone(self) -> None:
        """chDB's crash handler takes eight seconds to write a report, and the supervisor waits for the end."""
        self._chdb._chdb.set_signal_handlers_enabled(0)
        self._chdb._chdb.reset_signal_handlers()

    def kill(self, mark: str) -> None:
        """Cancel the statement that carries `mark`; it ends with QUERY_WAS_CANCELLED."""
        self._kill(f"Settings['log_comment'] = {quote(mark)}")

    def kill_all(self) -> None:
        self._kill("query NOT LIKE 'KILL%'")

    def _kill(self, which: str) -> None:
        with closing(self.connect()) as connection:
            connection.query(f"KILL QUERY WHERE {which} ASYNC FORMAT Null")

    def close(self) -> None:
        for _, connection in self._idle:
            connection.close()
        self._keeper.close()


def quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quote_name(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"


def _name(setting: str) -> str:
    if not _SETTING.fullmatch(setting):
        raise EngineError.of(115, "UNKNOWN_SETTING", f"Unknown setting '{setting}'")
    return setting


def _bytes(sql: str) -> bytes:
    return sql.encode("utf-8", "surrogateescape")


class Execution:
    """One statement and its connection. Use it in one thread at a time, as a context."""

    def __init__(
        self,
        database: Database,
        *,
        current: str = "",
        role: str = "",
        settings: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ):
        self.totals = Totals()
        self._database = database
        self._answered = False
        lasting, own = dict(settings or {}), {f"param_{name}": value for name, value in (params or {}).items()}
        if "log_comment" in lasting:
            own["log_comment"] = lasting.pop("log_comment")
        readonly = lasting.pop("readonly", "")
        self._terms = None if role or readonly else (current, frozenset(lasting.items()), frozenset(own))
        idle = database.take(self._terms) if self._terms else None
        self._connection = idle or database.connect()
        try:
            if not idle:
                self._prepare(current, lasting)
            self._set(own)
            self._confine(role, readonly)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Execution":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Only a question that was answered to its end leaves the connection as it was."""
        if self._answered and self._terms:
            self._database.keep(self._terms, self._connection)
        else:
            self._connection.close()

    def _prepare(self, current: str, settings: Mapping[str, str]) -> None:
        if current:
            self._command(f"USE {quote_name(current)}")
        self._set(settings)

    def _set(self, settings: Mapping[str, str]) -> None:
        if settings:
            assignments = ", ".join(f"{_name(name)} = {quote(value)}" for name, value in settings.items())
            if len(assignments) > QUERY_CHARACTERS:  # long parameters
                self._terms = None
                self._command(f"SET max_query_size = {16 * len(assignments)}")
            self._command(f"SET {assignments}")

    def _confine(self, role: str, readonly: str) -> None:
        """Last: after `readonly` nothing can be set any more."""
        if role:
            self._command(f"SET ROLE {quote_name(role)}")
        if readonly:
            self._command(f"SET readonly = {quote(readonly)}")

    def _command(self, sql: str) -> None:
        with _engine_errors():
            self._connection.query(_bytes(sql), "Null")

    def answer(self, statement: Statement, default_format: str) -> Iterator[bytes]:
        """The answer in blocks: one where the format has a frame or the statement is no SELECT."""
        yield from self._answer(statement, default_format)
        self._answered = statement.verb in QUESTIONS

    def _answer(self, statement: Statement, default_format: str) -> Iterator[bytes]:
        if (statement.format or default_format) in STREAMED:
            with _engine_errors():
                try:
                    stream = self._connection.send_query(_bytes(statement.text), default_format)
                except RuntimeError as error:
                    if NOT_STREAMABLE not in str(error):
                        raise
                    stream = None
            if stream is not None:
                yield from self._blocks(stream)
                return
        with _engine_errors():
            result = self._connection.query(_bytes(statement.text), default_format)
        yield self._count(result)

    def _blocks(self, stream: Iterator[object]) -> Iterator[bytes]:
        while True:
            with _engine_errors():
                result = next(stream, None)
            if result is None:
                return
            yield self._count(result)

    def _count(self, result: object) -> bytes:
        data = result.bytes()
        self.totals.add(result, len(data))
        return data

    def insert(self, statement: Statement) -> "Insert":
        failures = Failures(self._database)
        with _engine_errors():
            return Insert(self._connection.send_insert(statement.text, statement.format), self.totals, failures)


class Insert:
    """The data of one INSERT, appended piece by piece. Nothing is stored unless `finish` returns."""

    def __init__(self, inserter: object, totals: Totals, failures: "Failures"):
        self._inserter = inserter
        self._totals = totals
        self._failures = failures

    def append(self, data: bytes) -> None:
        with _engine_errors():
            self._inserter.append(data)

    def finish(self) -> None:
        with _engine_errors():
            result = self._inserter.finish()
        self._failures.check()
        self._totals.written_rows += result.rows_written
        self._totals.written_bytes += result.bytes_written

    def cancel(self) -> None:
        with _engine_errors():
            self._inserter.cancel()


class Failures:
    """Whether an INSERT failed since this was made. chdb-core 26.9 keeps to itself what goes wrong behind the first
    table, in a view, for lack of memory: `finish` returns as if all was stored. The engine counts it, though. An
    INSERT beside that fails is taken for ours: sent again under its token, it changes nothing.
    """

    def __init__(self, database: Database):
        self._database = database
        self._before = self._counts()

    def check(self) -> None:
        """EngineError if one failed: with the latest of the errors that came since, first of all lack of memory."""
        now = self._counts()
        if now[INSERTS] == self._before[INSERTS]:
            return
        came = ", ".join(quote(name) for name, count in now.items() if count != self._before.get(name))
        found = self._rows(
            "SELECT code, name, replaceRegexpAll(last_error_message, '\\\\s+', ' ') FROM system.errors "
            f"WHERE name IN ({came}) AND NOT startsWith(last_error_message, {quote(NOT_STREAMABLE)}) "
            "ORDER BY name = 'MEMORY_LIMIT_EXCEEDED' DESC, last_error_time DESC LIMIT 1"
        )
        code, name, message = found[0] if found else ("236", "ABORTED", "an INSERT failed, the engine does not say why")
        raise EngineError.of(int(code), name, message)

    def _counts(self) -> dict[str, int]:
        """How many INSERTs have failed since the engine's start, and how often each error came."""
        rows = self._rows(
            f"SELECT '{INSERTS}', sum(value) FROM system.events WHERE event = '{INSERTS}' "
            "UNION ALL SELECT name, value FROM system.errors WHERE value > 0 AND NOT remote"
        )
        return {name: int(count) for name, count in rows}

    def _rows(self, sql: str) -> list[list[str]]:
        with _engine_errors(), closing(self._database.connect()) as connection:
            text = connection.query(sql, "TSVRaw").bytes().decode(errors="replace")
        return [line.split("\t") for line in text.splitlines()]


class _engine_errors:
    """chDB raises RuntimeError with ClickHouse's text: hand it on as an EngineError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RuntimeError):
            raise EngineError.read(str(error)) from None
