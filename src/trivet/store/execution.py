"""The engine itself: chDB opened at a directory, and one statement run on it.

Every statement gets a connection of its own, thrown away afterwards. Opening one costs 0.1 ms, and nothing can leak:
after a statement that failed midway, the next answer on the same connection begins with the failed one's leftovers
(chdb-core 26.9); settings and the current database are the connection's, too.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns

from trivet.store import access
from trivet.store.exceptions import EngineError
from trivet.store.statement import Statement

# Formats whose blocks can be sent one after another; the others have a frame around the whole answer.
STREAMED = {
    "Native", "TabSeparated", "TSV", "TabSeparatedRaw", "TSVRaw", "TSKV", "CSV", "JSONEachRow", "JSONLines", "NDJSON",
    "JSONCompactEachRow", "JSONStringsEachRow", "RowBinary", "LineAsString", "RawBLOB", "MsgPack",
}  # fmt: skip
_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
QUERY_CHARACTERS = 50_000  # a quarter of the engine's max_query_size, which counts bytes
NOT_STREAMABLE = "Streaming query is not supported"


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
        self._leave_signals_alone()

    @property
    def version(self) -> str:
        """Asked of the engine each time."""
        with closing(self.connect()) as connection:
            return connection.query("SELECT version()", "TSVRaw").bytes().decode().strip()

    def connect(self) -> "chdb.state.sqlitelike.Connection":  # noqa: F821
        return self._chdb.connect(".")

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
    """One statement on a connection of its own. Use it in one thread at a time, as a context."""

    def __init__(
        self,
        database: Database,
        *,
        current: str = "",
        role: str = "",
        settings: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ):
        self._connection = database.connect()
        self.totals = Totals()
        try:
            self._prepare(current, role, dict(settings or {}), params or {})
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Execution":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def _prepare(self, current: str, role: str, settings: dict[str, str], params: Mapping[str, str]) -> None:
        """`readonly` comes last: after it nothing can be set any more."""
        readonly = settings.pop("readonly", "")
        settings |= {f"param_{name}": value for name, value in params.items()}
        if current:
            self._command(f"USE {quote_name(current)}")
        if settings:
            assignments = ", ".join(f"{_name(name)} = {quote(value)}" for name, value in settings.items())
            if len(assignments) > QUERY_CHARACTERS:  # long parameters
                self._command(f"SET max_query_size = {16 * len(assignments)}")
            self._command(f"SET {assignments}")
        if role:
            self._command(f"SET ROLE {quote_name(role)}")
        if readonly:
            self._command(f"SET readonly = {quote(readonly)}")

    def _command(self, sql: str) -> None:
        with _engine_errors():
            self._connection.query(_bytes(sql), "Null")

    def answer(self, statement: Statement, default_format: str) -> Iterator[bytes]:
        """The answer in blocks: one where the format has a frame or the statement is no SELECT."""
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
        with _engine_errors():
            return Insert(self._connection.send_insert(statement.text, statement.format), self.totals)


class Insert:
    """The data of one INSERT, appended piece by piece. Nothing is stored unless `finish` returns."""

    def __init__(self, inserter: object, totals: Totals):
        self._inserter = inserter
        self._totals = totals

    def append(self, data: bytes) -> None:
        with _engine_errors():
            self._inserter.append(data)

    def finish(self) -> None:
        with _engine_errors():
            result = self._inserter.finish()
        self._totals.written_rows += result.rows_written
        self._totals.written_bytes += result.bytes_written

    def cancel(self) -> None:
        with _engine_errors():
            self._inserter.cancel()


class _engine_errors:
    """chDB raises RuntimeError with ClickHouse's text: hand it on as an EngineError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RuntimeError):
            raise EngineError.read(str(error)) from None
