"""OpenTelemetry's logs API: what libraries emit through it joins the rest."""

from time import time_ns
from typing import Any

from opentelemetry._logs import Logger, LoggerProvider, LogRecord, SeverityNumber
from opentelemetry.context import Context, get_current

from trivet.sdk.exceptions import describe
from trivet.sdk.logs import Log, Record
from trivet.sdk.tracer import Scope
from trivet.sdk.values import Attributes, clean, clean_all


class OtelLogger(Logger):
    def __init__(self, log: Log, scope: Scope):
        super().__init__(scope.name, scope.version, scope.schema_url, scope.attributes)
        self._log = log
        self._scope = scope

    def emit(self, record: LogRecord | None = None, **fields: Any) -> None:
        self._log.write(self._made_of, record if record is not None else LogRecord(**fields))

    def enabled(
        self,
        *,
        context: Context | None = None,
        severity_number: SeverityNumber | None = None,
        event_name: str | None = None,
    ) -> bool:
        return True

    def _made_of(self, said: LogRecord) -> Record:
        error = getattr(said, "exception", None)
        attributes = {**(describe(error) if error is not None else {}), **(said.attributes or {})}
        kept, dropped = clean_all(attributes, self._log.max_attributes, None)
        severity = said.severity_number.value if said.severity_number is not None else 0
        record = Record(self._scope, severity, clean(said.body), kept, dropped)
        record.severity_text = said.severity_text or ""
        record.observed = said.observed_timestamp or time_ns()
        record.time = said.timestamp or record.observed
        record.event_name = said.event_name or ""
        record.belongs_to(said.context if said.context is not None else get_current())
        return record


class OtelLogs(LoggerProvider):
    def __init__(self, log: Log):
        self._log = log

    def get_logger(
        self, name: str, version: str | None = None, schema_url: str | None = None, attributes: Attributes | None = None
    ) -> OtelLogger:
        return OtelLogger(self._log, Scope(name, version, schema_url, attributes))
