import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from opentelemetry import context
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from trivet.sdk.logs import DEBUG, Log, Record
from trivet.sdk.logs_stdlib import StdlibLogs, level_of, severity_of

TALKING = Path(__file__).parent / "programs" / "talking.py"


@pytest.fixture
def heard() -> list[Record]:
    return []


@pytest.fixture
def listening(heard):
    stdlib = StdlibLogs(Log(heard.append))
    stdlib.install()
    yield stdlib
    stdlib.remove()


@pytest.fixture
def logger():
    """A logger that no other test has given a level."""
    made = logging.getLogger("tests.logs")
    made.setLevel(logging.NOTSET)
    yield made
    made.setLevel(logging.NOTSET)
    made.disabled = False


def bodies(heard) -> list:
    return [record.body for record in heard]


def value(attributes, key):
    return next((v.value for v in attributes if v.key == key), None)


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, TALKING, *arguments], capture_output=True, text=True, timeout=30)


def test_the_console_says_the_same_and_everything_from_info_on_arrives(collector, tmp_path):
    alone, heard = run(), run(collector.url, str(tmp_path))
    assert alone.returncode == heard.returncode == 0
    assert heard.stdout == alone.stdout and heard.stderr == alone.stderr and "last resort" in alone.stderr
    records: dict[str, LogRecord] = {record.body.string_value: record for record in collector.logs}
    assert list(records) == [
        "nobody prints me",
        "last resort prints me",
        "below the root's level",
        "above it: formatted",
        "GET /",
        "after dictConfig, below its level",
        "after dictConfig",
        "wanted",
        "failed",
        "through an adapter",
        "handed over",
        "",  # the structured one
        "take care",
        "inside a span",
    ]
    access = records["GET /"].attributes
    assert value(access, "status").int_value == 200 and value(access, "path").string_value == "/"
    assert value(records["above it: formatted"].attributes, "log.template").string_value == "above it: %s"
    assert value(records["failed"].attributes, "exception.type").string_value == "ValueError"
    assert "bad value" in value(records["failed"].attributes, "exception.stacktrace").string_value
    assert value(records["through an adapter"].attributes, "request").int_value == 7
    assert {pair.key for pair in records[""].body.kvlist_value.values} == {"structured", "n"}
    (span,) = collector.spans
    inside = records["inside a span"]
    assert (inside.trace_id, inside.span_id, inside.flags) == (span.trace_id, span.span_id, 3)
    assert not records["failed"].trace_id


def test_scopes_are_the_loggers_names(collector, tmp_path):
    run(collector.url, str(tmp_path))
    scopes = {s.scope.name for m in collector.of("/v1/logs") for r in m.resource_logs for s in r.scope_logs}
    assert scopes == {"early", "access", "filtered", "remote", "py.warnings"}


def test_severities(listening, logger, heard):
    for level in (logging.INFO, 25, logging.WARNING, logging.ERROR, logging.CRITICAL, 60):
        logger.log(level, "x")
    assert [record.severity for record in heard] == [9, 10, 13, 17, 21, 24]
    assert [record.severity_text for record in heard] == [
        "INFO",
        "Level 25",
        "WARNING",
        "ERROR",
        "CRITICAL",
        "Level 60",
    ]
    assert [severity_of(level) for level in (0, 9, 10, 13, 19)] == [1, 1, 5, 6, 8]
    assert [level_of(severity) for severity in (1, 5, 9, 13, 17, 21)] == [1, 10, 20, 30, 40, 50]


def test_debug_only_when_asked(logger):
    heard: list[Record] = []
    stdlib = StdlibLogs(Log(heard.append, DEBUG))
    stdlib.install()
    try:
        logger.debug("asked for")
    finally:
        stdlib.remove()
    assert bodies(heard) == ["asked for"]


def test_what_an_app_asks_of_its_loggers_is_answered_as_before(listening, logger):
    assert logger.getEffectiveLevel() == logging.WARNING and not logger.isEnabledFor(logging.DEBUG)
    logger.setLevel(logging.ERROR)
    assert not logger.isEnabledFor(logging.WARNING)


def test_a_logger_of_ours_is_not_heard(listening, heard):
    logging.getLogger("trivet.sdk").warning("about ourselves")
    logging.getLogger("trivet.sdkish").warning("about others")
    assert bodies(heard) == ["about others"]


def test_a_value_that_logs_when_it_is_read_makes_no_loop(listening, logger, heard):
    class Chatty:
        def __str__(self):
            logger.warning("I am being read")
            return "chatty"

    logger.warning("%s", Chatty())
    assert bodies(heard)[0] == "chatty", "what it says while we read it is not heard; the app's handlers read it later"
    assert bodies(heard).count("chatty") == 1


def test_nothing_is_heard_while_sending(listening, logger, heard):
    token = context.attach(context.set_value(context._SUPPRESS_INSTRUMENTATION_KEY, True))
    logger.warning("from our own connection")
    context.detach(token)
    assert not heard


def test_delivering_that_fails_does_not_break_the_apps_logging(logger, monkeypatch, capsys):
    monkeypatch.setenv("TRIVET_RAISE", "0")

    def fail(record):
        raise RuntimeError("full")

    stdlib = StdlibLogs(Log(fail))
    stdlib.install()
    try:
        logger.warning("hello")
    finally:
        stdlib.remove()


def test_threads_are_named(listening, logger, heard):
    thread = threading.Thread(target=logger.warning, args=("from there",), name="worker-7")
    thread.start()
    thread.join()
    logger.warning("from here")
    assert [record.attributes.get("thread.name") for record in heard] == ["worker-7", None]


def test_it_comes_off_again():
    before = logging.Logger.isEnabledFor, logging.Logger.callHandlers
    stdlib = StdlibLogs(Log(lambda record: None))
    stdlib.install()
    assert (logging.Logger.isEnabledFor, logging.Logger.callHandlers) != before
    stdlib.remove()
    assert (logging.Logger.isEnabledFor, logging.Logger.callHandlers) == before


UNCAUGHT = """
import sys, threading, trivet
trivet.start("t", sys.argv[1], metrics=False)
thread = threading.Thread(target=lambda: 1 / 0, name="doomed")
thread.start(); thread.join()
raise KeyError("nobody catches me")
"""


def test_exceptions_that_nobody_catches_are_logged_and_printed(collector):
    environ = {"TRIVET_RAISE": "1", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", UNCAUGHT, collector.url], capture_output=True, text=True, env=environ)
    assert done.returncode == 1 and "ZeroDivisionError" in done.stderr and "KeyError: 'nobody" in done.stderr
    said = {record.body.string_value: record for record in collector.logs}
    assert set(said) == {"uncaught exception in thread doomed: ZeroDivisionError", "uncaught exception: KeyError"}
    assert said["uncaught exception: KeyError"].severity_number == 21
    assert (
        "nobody catches me" in value(said["uncaught exception: KeyError"].attributes, "exception.message").string_value
    )
