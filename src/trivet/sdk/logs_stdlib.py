"""stdlib logging, without a handler of ours in anybody's way.

A handler on the root logger would see too little (the root stays at WARNING, uvicorn's loggers do not propagate,
`dictConfig` throws handlers away) and change too much (`logging.lastResort` falls silent once there is any handler).
So two methods of `logging.Logger` are wrapped instead: `isEnabledFor` also says yes from our level on, and
`callHandlers` takes the record and passes it on only when the app itself had said yes.

A level that the app gave to a logger of its own, or to one above it, is respected, and so are `disabled`, filters and
`logging.disable`; only the root's level, which most never chose, does not keep INFO from us.
"""

import logging
import sys
import threading
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

from trivet.sdk import logs
from trivet.sdk.exceptions import describe
from trivet.sdk.logs import Log, Record
from trivet.sdk.values import clean

PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}
OWN = "trivet.sdk."  # what we say about ourselves is for the app's console
LEVELS = ((50, logs.FATAL), (40, logs.ERROR), (30, logs.WARN), (20, logs.INFO), (10, logs.DEBUG))


def severity_of(level: int) -> int:
    """Python's 10, 20, … 50 are OpenTelemetry's 5, 9, … 21; up to three steps lie between."""
    for least, severity in LEVELS:
        if level >= least:
            return min(severity + min((level - least) // 3, 3), 24)
    return 1


def level_of(severity: int) -> int:
    return next((level for level, least in LEVELS if severity >= least), 1)


class StdlibLogs:
    """`install` once; `remove` puts everything back."""

    def __init__(self, log: Log):
        self.log = log
        # Each says whether a record is what another library made of something that it has told us itself.
        self.heard_elsewhere: list[Callable[[logging.LogRecord], bool]] = []
        self.least = level_of(log.floor)
        self._here = threading.local()
        self._undo: list[Callable[[], None]] = []

    def install(self) -> None:
        self._replace(logging.Logger, "isEnabledFor", self._is_enabled_for)
        self._replace(logging.Logger, "callHandlers", self._call_handlers)
        self._replace(warnings, "showwarning", self._show_warning)
        self._replace(sys, "excepthook", self._excepthook)
        self._replace(threading, "excepthook", self._thread_excepthook)

    def remove(self) -> None:
        while self._undo:
            self._undo.pop()()

    def _replace(self, owner: Any, name: str, wrapper: Callable[[Callable], Callable]) -> None:
        original = getattr(owner, name)
        replacement = wraps(original)(wrapper(original))
        setattr(owner, name, replacement)
        self._undo.append(lambda: setattr(owner, name, original) if getattr(owner, name) is replacement else None)

    def _is_enabled_for(self, original: Callable) -> Callable:
        here, least = self._here, self.least

        def is_enabled_for(logger: logging.Logger, level: int) -> bool:
            if original(logger, level):
                here.ours_alone = None
                return True
            if level < least or logger.disabled or logger.manager.disable >= level or not _up_to_the_root(logger):
                return False
            here.ours_alone = logger, level
            return True

        return is_enabled_for

    def _call_handlers(self, original: Callable) -> Callable:
        here, least = self._here, self.least

        def call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
            # Taken now: a value that logs something itself when we read it asks the same question in between.
            ours_alone = getattr(here, "ours_alone", None) == (logger, record.levelno)
            here.ours_alone = None
            if record.levelno >= least and not f"{record.name}.".startswith(OWN) and not self._heard(record):
                self.log.write(self._made_of, record)
            if ours_alone:
                return
            here.passing_on = True
            try:
                original(logger, record)
            finally:
                here.passing_on = False

        return call_handlers

    def _heard(self, record: logging.LogRecord) -> bool:
        return any(heard(record) for heard in self.heard_elsewhere)

    @property
    def passing_on(self) -> bool:
        """This thread is inside the app's handlers: a bridge from there to another library says nothing new."""
        return getattr(self._here, "passing_on", False)

    def _made_of(self, record: logging.LogRecord) -> Record:
        body = clean(record.msg) if isinstance(record.msg, dict) else _formatted(record)
        attributes: dict[str, Any] = {
            "code.file.path": record.pathname,
            "code.function.name": record.funcName,
            "code.line.number": record.lineno,
        }
        if record.args and isinstance(record.msg, str):
            attributes["log.template"] = record.msg
        if record.threadName != "MainThread":
            attributes["thread.name"] = record.threadName
        if record.exc_info and isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            attributes.update(describe(record.exc_info[1]))
        for name in record.__dict__.keys() - PLAIN:
            attributes[name] = record.__dict__[name]
        made = self.log.record(record.name, severity_of(record.levelno), body, attributes)
        made.time = int(record.created * 1e9)
        made.severity_text = record.levelname
        return made

    def _show_warning(self, original: Callable) -> Callable:
        def show_warning(message: Any, category: Any, filename: str, lineno: int, *rest: Any, **named: Any) -> None:
            attributes = {
                "exception.type": getattr(category, "__qualname__", str(category)),
                "code.file.path": filename,
                "code.line.number": lineno,
            }
            self.log.write(self.log.record, "py.warnings", logs.WARN, str(message), attributes)
            original(message, category, filename, lineno, *rest, **named)

        return show_warning

    def _excepthook(self, original: Callable) -> Callable:
        def excepthook(kind: type[BaseException], error: BaseException, trace: Any) -> None:
            if not issubclass(kind, KeyboardInterrupt):
                self._uncaught(error, "uncaught exception")
            original(kind, error, trace)

        return excepthook

    def _thread_excepthook(self, original: Callable) -> Callable:
        def excepthook(args: Any) -> None:
            if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
                self._uncaught(args.exc_value, f"uncaught exception in thread {getattr(args.thread, 'name', '?')}")
            original(args)

        return excepthook

    def _uncaught(self, error: BaseException, what: str) -> None:
        body = f"{what}: {type(error).__name__}"
        self.log.write(self.log.record, "trivet.uncaught", logs.FATAL, body, describe(error))


def _up_to_the_root(logger: logging.Logger) -> bool:
    """Whether no level was set between this logger and the root."""
    above: logging.Logger | None = logger
    while above is not None and not above.level:
        above = above.parent
    return above is None or isinstance(above, logging.RootLogger)


def _formatted(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # logging itself reports it, to stderr, when its handler formats the record
        return str(record.msg)
