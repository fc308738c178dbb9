import inspect
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.trace import set_span_in_context

from trivet.sdk import logs
from trivet.sdk.encode import Encoder
from trivet.sdk.logs import DEBUG, Log, Record, TemplateLog, severity_name
from trivet.sdk.logs_otel import OtelLogs
from trivet.sdk.resource import Resource


@pytest.fixture
def heard() -> list[Record]:
    return []


@pytest.fixture
def log(heard) -> Log:
    return Log(heard.append)


def encoded(records: list[Record]) -> list:
    ((body, count),) = Encoder(Resource({"service.name": "s"})).logs(records)
    request = ExportLogsServiceRequest.FromString(body)
    written = [record for scope in request.resource_logs[0].scope_logs for record in scope.log_records]
    assert len(written) == count
    return written


def test_a_template_is_kept_and_its_values_are_attributes(log, heard):
    TemplateLog(lambda: log).info("stored {n} segments of {video!r}", n=3, video="v1")
    (record,) = heard
    assert record.body == "stored 3 segments of 'v1'" and record.severity == 9 and record.severity_text == "INFO"
    assert record.scope.name == __name__
    assert record.attributes["n"] == 3 and record.attributes["log.template"] == "stored {n} segments of {video!r}"
    assert record.attributes["code.function.name"] == inspect.currentframe().f_code.co_qualname
    assert Path(record.attributes["code.file.path"]) == Path(__file__)


def test_every_severity_of_the_template_log(heard):
    log = TemplateLog(lambda made=Log(heard.append, DEBUG): made)
    for level in ("debug", "info", "warn", "warning", "error"):
        getattr(log, level)("plain")
    assert [record.severity for record in heard] == [5, 9, 13, 13, 17]
    assert "log.template" not in heard[0].attributes
    try:
        raise LookupError("gone")
    except LookupError:
        log.exception("failed {what}", what="here")
    assert heard[-1].severity == 17 and heard[-1].attributes["exception.message"] == "gone"


def test_debug_is_not_sent_by_default_and_nothing_before_the_start(log, heard):
    TemplateLog(lambda: log).debug("x")
    TemplateLog(lambda: None).error("x")
    assert not heard


@pytest.mark.parametrize("template", ["{missing}", "{0}", "{", "{n:q}"])
def test_a_template_that_does_not_fit_stands_as_it_is(log, heard, template):
    TemplateLog(lambda: log).info(template, n="x")
    assert heard[0].body == template and heard[0].attributes["n"] == "x"


def test_a_record_belongs_to_the_span_that_was_current(log, heard, tracer):
    with tracer.start_as_current_span("s") as span:
        TemplateLog(lambda: log).info("inside")
    TemplateLog(lambda: log).info("outside")
    inside, outside = encoded(heard)
    context = span.get_span_context()
    assert int.from_bytes(inside.trace_id) == context.trace_id and int.from_bytes(inside.span_id) == context.span_id
    assert inside.flags == context.trace_flags and not outside.trace_id and not outside.flags


def test_attributes_are_limited_and_counted(heard):
    Log(heard.append, max_attributes=1).write(
        Log(heard.append, max_attributes=1).record, "scope", 9, "body", {"a": 1, "b": 2}
    )
    assert encoded(heard)[0].dropped_attributes_count == 1


def test_loggers_named_by_data_do_not_fill_memory(log, monkeypatch):
    monkeypatch.setattr(logs, "MAX_SCOPES", 10)
    for number in range(100):
        log.scope(f"request-{number}")
    assert len(log._scopes) <= 10 and log.scope("same") is log.scope("same")


def test_names_of_severities():
    names = [severity_name(number) for number in (1, 5, 9, 10, 13, 17, 21, 24)]
    assert names == ["TRACE", "DEBUG", "INFO", "INFO", "WARN", "ERROR", "FATAL", "FATAL"]


def test_the_opentelemetry_api_joins_in(log, heard, tracer):
    logger = OtelLogs(log).get_logger("library", "1.0", "https://schema", {"k": 1})
    assert logger.enabled()
    with tracer.start_as_current_span("s") as span:
        logger.emit(event_name="cache.miss", body={"key": [1, None]}, attributes={"a": 1}, timestamp=5)
    logger.emit(severity_number=SeverityNumber.ERROR2, severity_text="bad", exception=ValueError("v"))
    other = tracer.start_span("other")
    logger.emit(body="elsewhere", context=set_span_in_context(other))
    event, error, elsewhere = encoded(heard)
    assert event.event_name == "cache.miss" and event.time_unix_nano == 5 and event.observed_time_unix_nano > 5
    assert int.from_bytes(event.span_id) == span.get_span_context().span_id
    assert event.body.kvlist_value.values[0].value.array_value.values[0].int_value == 1
    assert error.severity_number == 18 and error.severity_text == "bad" and error.attributes[0].key == "exception.type"
    assert int.from_bytes(elsewhere.span_id) == other.get_span_context().span_id
    assert trace.get_current_span() is trace.INVALID_SPAN


@given(
    body=st.none() | st.text(st.characters(exclude_categories=["Cs"])) | st.lists(st.integers(0, 9)) | st.binary(),
    severity=st.integers(0, 24),
    attributes=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers() | st.none()
    ),
    event=st.text(st.characters(exclude_categories=["Cs"])),
)
@settings(max_examples=60)
def test_any_record_is_read_as_it_was_written(body, severity, attributes, event):
    heard: list[Record] = []
    log = Log(heard.append)
    log.write(log.record, "scope", severity, body, attributes)
    heard[0].event_name = event
    (written,) = encoded(heard)
    kind = written.body.WhichOneof("value")
    assert written.severity_number == severity and written.event_name == event and written.time_unix_nano
    assert kind == {type(None): None, str: "string_value", list: "array_value", bytes: "bytes_value"}[type(body)]
    if isinstance(body, str | bytes):
        assert getattr(written.body, kind) == body
    assert [pair.key for pair in written.attributes] == list(attributes)
