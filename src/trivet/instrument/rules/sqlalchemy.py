"""SQLAlchemy: one span for each statement, whatever the driver, blocking or async; the driver below it is silent.

Through the events that SQLAlchemy documents, on the class `Engine`, so that engines made before and after are heard.
On PostgreSQL the statement carries its span's context in a comment (see `sql.commented`).
"""

from types import ModuleType
from typing import Any

from trivet.instrument.kit import CLIENT, Call, Custom, Teller, Told, Wrap
from trivet.instrument.patch import Patches
from trivet.instrument.sql import attributes_of, commented, name_of

CALL = "trivet.call"  # in `connection.info`: the statements under way, the innermost last


def _about(call: Call) -> dict[str, Any]:
    connection, statement = call.args
    url = connection.engine.url
    return attributes_of(connection.dialect.name, statement, url.database, url.host, url.port)


_statement = Wrap(
    "sqlalchemy.engine:Engine",
    name=lambda call: name_of(call.args[1], call.args[0].dialect.name),
    kind=CLIENT,
    family="db",
    attributes=_about,
)


def _install(module: ModuleType, patches: Patches, teller: Teller) -> None:
    from sqlalchemy import event

    def before(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> Any:
        told = teller.begin(_statement, Call({}, (connection, statement), {}))
        if told is not None:
            connection.info.setdefault(CALL, []).append(told)
            if many and hasattr(parameters, "__len__"):
                told.set({"db.operation.batch.size": len(parameters)})
            if connection.dialect.name == "postgresql":
                statement = commented(statement)
        return statement, parameters

    def after(connection: Any, *_: Any) -> None:
        told = _taken(connection)
        if told is not None:
            told.succeed()

    def failed(what: Any) -> None:
        told = _taken(what.connection) if what.connection is not None else None
        if told is not None:
            told.fail(what.original_exception)

    listeners = (("before_cursor_execute", before), ("after_cursor_execute", after), ("handle_error", failed))
    for name, listener in listeners:
        event.listen(module.Engine, name, listener, retval=name == "before_cursor_execute")
        patches.on_undo(lambda name=name, listener=listener: event.remove(module.Engine, name, listener))


def _taken(connection: Any) -> Told | None:
    calls = connection.info.get(CALL)
    return calls.pop() if calls else None


RULES = (Custom("sqlalchemy.engine", install=_install),)
