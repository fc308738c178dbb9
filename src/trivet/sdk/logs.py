"""Log records: one shape for all that logs, each with the span that was current when it was written.

stdlib logging, loguru, structlog, warnings, `trivet.log` and the OpenTelemetry logs API all end in `Log.write`. What
is recorded here was about to be written anyway: nothing of what the app's own handlers print changes.
"""

import sys
import threading
from collections.abc import Callable
from time import time_ns
from typing import Any

from opentelemetry import context as context_api
from opentelemetry.context import Context
from opentelemetry.trace.propagation import _SPAN_KEY

from trivet import faults
from trivet.sdk.exceptions import describe
from trivet.sdk.tracer import Scope
from trivet.sdk.values import Attributes, Value, clean, clean_all

DEBUG, INFO, WARN, ERROR, FATAL = 5, 9, 13, 17, 21
SEVERITIES = {"trace": 1, "debug": DEBUG, "info": INFO, "warning": WARN, "warn": WARN, "error": ERROR, "fatal": FATAL}
NAMES = ((FATAL, "FATAL"), (ERROR, "ERROR"), (WARN, "WARN"), (INFO, "INFO"), (DEBUG, "DEBUG"), (0, "TRACE"))
MAX_SCOPES = 1000  # logger names that keep a scope of their own

get_current = context_api._RUNTIME_CONTEXT.get_current


def severity_name(number: int) -> str:
    return next(name for least, name in NAMES if number >= least)


class Record:
    """One log record; times in unix ns, ids 0 where there is no span."""

    __slots__ = (
        "attributes", "body", "dropped", "event_name", "flags", "observed", "scope", "severity", "severity_text",
        "span_id", "time", "trace_id",
    )  # fmt: skip

    scope: Scope
    time: int
    observed: int
    severity: int
    severity_text: str
    body: Value
    attributes: Attributes
    dropped: int
    trace_id: int
    span_id: int
    flags: int
    event_name: str

    def __init__(self, scope: Scope, severity: int, body: Value, attributes: Attributes, dropped: int = 0):
        self.scope = scope
        self.severity = severity
        self.severity_text = ""
        self.body = body
        self.attributes = attributes
        self.dropped = dropped
        self.time = self.observed = time_ns()
        self.trace_id = self.span_id = self.flags = 0
        self.event_name = ""

    def belongs_to(self, context: Context) -> None:
        span = context.get(_SPAN_KEY)
        if span is not None:
            own = span.get_span_context()
            if own.is_valid:
                self.trace_id, self.span_id, self.flags = own.trace_id, own.span_id, own.trace_flags


class Log:
    """Where all log records go; `floor` is the least severity that is sent."""

    def __init__(self, deliver: Callable[[Record], None], floor: int = INFO, max_attributes: int | None = 128):
        self.deliver = deliver
        self.floor = floor
        self.max_attributes = max_attributes
        self._scopes: dict[str, Scope] = {}
        self._here = threading.local()

    def scope(self, name: str) -> Scope:
        scope = self._scopes.get(name)
        if scope is None:
            if len(self._scopes) >= MAX_SCOPES:  # loggers named by data
                self._scopes.clear()
            scope = self._scopes[name] = Scope(name)
        return scope

    def write(self, make: Callable[..., Record], *args: Any) -> None:
        """Deliver what `make(*args)` makes; nothing while we ourselves are at work here, and never an exception."""
        if getattr(self._here, "busy", False) or get_current().get(context_api._SUPPRESS_INSTRUMENTATION_KEY):
            return
        self._here.busy = True
        try:
            record = make(*args)
            if not record.trace_id:
                record.belongs_to(get_current())
            self.deliver(record)
        except Exception as error:
            faults.swallow(error, "logs")
        finally:
            self._here.busy = False

    def record(self, name: str, severity: int, body: Value, attributes: Attributes) -> Record:
        kept, dropped = clean_all(attributes, self.max_attributes, None)
        record = Record(self.scope(name), severity, clean(body), kept, dropped)
        record.severity_text = severity_name(severity)
        return record


class TemplateLog:
    """`trivet.log`: `info("stored {n} segments", n=3)` keeps the template, and the values as attributes."""

    def __init__(self, log: Callable[[], Log | None]):
        self._log = log

    def debug(self, template: str, /, **values: Value) -> None:
        self._write(DEBUG, template, values)

    def info(self, template: str, /, **values: Value) -> None:
        self._write(INFO, template, values)

    def warn(self, template: str, /, **values: Value) -> None:
        self._write(WARN, template, values)

    warning = warn

    def error(self, template: str, /, **values: Value) -> None:
        self._write(ERROR, template, values)

    def exception(self, template: str, /, **values: Value) -> None:
        """`error`, with the exception that is being handled."""
        self._write(ERROR, template, values, sys.exception())

    def _write(self, severity: int, template: str, values: Attributes, error: BaseException | None = None) -> None:
        log = self._log()
        if log is not None and severity >= log.floor:
            caller = sys._getframe(2)
            log.write(_from_template, log, severity, template, values, error, caller)


def _from_template(
    log: Log, severity: int, template: str, values: Attributes, error: BaseException | None, caller: Any
) -> Record:
    try:
        body = template.format(**values)
    except Exception:  # a template that does not fit its values says so by standing there as it is
        body = str(template)
    attributes = {
        **values,
        **({"log.template": template} if values else {}),
        "code.file.path": caller.f_code.co_filename,
        "code.function.name": caller.f_code.co_qualname,
        "code.line.number": caller.f_lineno,
        **(describe(error) if error is not None else {}),
    }
    return log.record(caller.f_globals.get("__name__", ""), severity, body, attributes)
