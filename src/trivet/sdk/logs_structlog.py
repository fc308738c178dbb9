"""structlog: a processor in front of the app's own, which sees the event with its values before they are rendered."""

import logging
import sys
import threading
from functools import wraps
from types import CodeType, FrameType, ModuleType
from typing import Any

from trivet.sdk.exceptions import describe
from trivet.sdk.logs import INFO, SEVERITIES, Log, Record
from trivet.sdk.logs_stdlib import level_of

FRAMES = 8  # between structlog's call and stdlib logging's last


class StructlogLogs:
    def __init__(self, log: Log):
        self.log = log
        self._structlog: Any = None
        self._calls: tuple[CodeType, ...] = ()
        self._here = threading.local()

    def install(self, structlog: ModuleType) -> None:
        self._structlog = structlog
        bases = (structlog._base.BoundLoggerBase, structlog.stdlib.BoundLogger)
        self._calls = tuple({base._proxy_to_logger.__code__ for base in bases})
        for name in ("configure", "configure_once", "reset_defaults"):
            self._insert_after(name)
        self._insert()

    def _insert_after(self, name: str) -> None:
        original = getattr(self._structlog, name)

        @wraps(original)
        def configuring(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self._insert()
            return result

        for module in (self._structlog, self._structlog._config):
            setattr(module, name, configuring)

    def _insert(self) -> None:
        """Into the very list: loggers that were made before keep it."""
        config = self._structlog._config._CONFIG
        if not isinstance(config.default_processors, list):
            config.default_processors = list(config.default_processors)
        if self.processor not in config.default_processors:
            config.default_processors.insert(0, self.processor)

    def processor(self, logger: Any, method: str, event_dict: Any) -> Any:
        severity = SEVERITIES.get({"exception": "error", "critical": "fatal"}.get(method, method), INFO)
        if severity < self.log.floor:
            return event_dict
        if isinstance(logger, logging.Logger):
            if not logger.isEnabledFor(level_of(severity)):
                return event_dict
            self._here.call = self._call_above()
        self.log.write(self._made_of, logger, severity, dict(event_dict))
        return event_dict

    def has_heard(self, record: logging.LogRecord) -> bool:
        """Whether the stdlib record that is being handled is what structlog made of an event that we have."""
        call = getattr(self._here, "call", None)
        if call is None or self._call_above() is not call:
            return False
        self._here.call = None
        return True

    def _call_above(self) -> FrameType | None:
        frame: FrameType | None = sys._getframe(2)
        for _ in range(FRAMES):
            if frame is None or frame.f_code in self._calls:
                return frame
            frame = frame.f_back
        return None

    def _made_of(self, logger: Any, severity: int, event: dict[str, Any]) -> Record:
        body = event.pop("event", "")
        error = event.pop("exc_info", None)
        attributes = {**self._structlog.contextvars.get_contextvars(), **event}
        if error:
            attributes.update(_described(error))
        name = getattr(logger, "name", None) or event.get("logger") or "structlog"
        return self.log.record(str(name), severity, body, attributes)


def _described(error: Any) -> dict[str, str]:
    if isinstance(error, tuple):
        error = error[1]
    elif not isinstance(error, BaseException):
        error = sys.exception()
    return describe(error) if error is not None else {}
