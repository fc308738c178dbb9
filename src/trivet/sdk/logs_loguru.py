"""loguru: one more sink, which comes back when the app removes all of them, as most do at their start."""

from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

from trivet.sdk.exceptions import describe
from trivet.sdk.logs import Log, Record
from trivet.sdk.logs_stdlib import level_of, severity_of


def is_from_loguru(record: Any) -> bool:
    """A stdlib record that loguru made for a handler of stdlib logging: it has been heard as loguru's."""
    return isinstance(record.__dict__.get("extra"), dict)


class LoguruLogs:
    def __init__(self, log: Log):
        self.log = log
        # Says that a stdlib record is on its way through the app's bridge to loguru: it has been heard as that.
        self.bridged: Callable[[], bool] = lambda: False
        self._sink: int | None = None

    def install(self, loguru: ModuleType) -> None:
        logger = loguru.logger
        kind = type(logger)
        remove = kind.remove

        @wraps(remove)
        def remove_and_return(which: Any, handler_id: int | None = None) -> None:
            remove(which, handler_id)
            if handler_id is None or handler_id == self._sink:
                self._add_to(logger)

        kind.remove = remove_and_return
        self._add_to(logger)

    def _add_to(self, logger: Any) -> None:
        self._sink = logger.add(self._hear, level=level_of(self.log.floor), format="{message}", catch=True)

    def _hear(self, message: Any) -> None:
        if not self.bridged():
            self.log.write(self._made_of, message.record)

    def _made_of(self, said: dict[str, Any]) -> Record:
        attributes = {
            **said["extra"],
            "code.file.path": said["file"].path,
            "code.function.name": said["function"],
            "code.line.number": said["line"],
        }
        if said["thread"].name != "MainThread":
            attributes["thread.name"] = said["thread"].name
        if said["exception"] is not None and said["exception"].value is not None:
            attributes.update(describe(said["exception"].value))
        record = self.log.record(said["name"] or "", severity_of(said["level"].no), said["message"], attributes)
        record.time = int(said["time"].timestamp() * 1e9)
        record.severity_text = said["level"].name
        return record
