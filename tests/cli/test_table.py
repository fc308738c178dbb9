import io

import pytest
from api_answers import MS, T0, log
from rich.console import Console
from rich.table import Table

from trivet.cli.table import answer_table, log_line, service_table, trace_table

pytestmark = pytest.mark.usefixtures("utc")


def lines(table: Table) -> list[str]:
    console = Console(file=io.StringIO(), width=200)
    console.print(table)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_sql_numbers_to_the_right_and_null_as_such():
    answer = {
        "columns": [{"name": "service", "type": "LowCardinality(String)"}, {"name": "n", "type": "Nullable(UInt64)"}],
        "rows": [["web", 12], ["api\x1b[2J", 3456], [None, None]],
    }
    assert lines(answer_table(answer)) == [
        "service     n",
        "web        12",
        "api�[2J  3456",
        "NULL     NULL",
    ]


def test_sql_values_that_are_markup_elsewhere_stay_as_they_are():
    answer = {"columns": [{"name": "[bold]x", "type": "String"}], "rows": [["[red]:smile:[/red]"]]}
    assert lines(answer_table(answer)) == ["[bold]x", "[red]:smile:[/red]"]


def test_traces():
    trace = {
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "service": "web", "name": "POST /videos", "start": str(T0),
        "duration": 1520 * MS, "spans": 41, "errors": 2, "logs": 17, "status": "error", "running": True,
    }  # fmt: skip
    assert lines(trace_table([trace]))[1] == (
        "2025-10-09 08:53:20.000  1.52 s ▸     41       2    17  web · POST /videos  4bf92f3577b34da6a3ce929d0e0e4736"
    )


def test_services():
    busy = {
        "name": "web", "rate": 12.345, "error_rate": 0.034, "errors": 9, "p50": 3.2e6, "p95": 5e7, "p99": 1.2e9,
        "last_seen": str(T0),
    }  # fmt: skip
    silent = {
        "name": "job", "rate": 0, "error_rate": 0, "errors": 0, "p50": None, "p95": None, "p99": None,
        "last_seen": None,
    }  # fmt: skip
    assert lines(service_table([busy, silent])) == [
        "service  rate/s  errors      p50      p95     p99                last seen",
        "web        12.3  3.40 %  3.20 ms  50.0 ms  1.20 s  2025-10-09 08:53:20.000",
        "job           0     0 %        –        –       –                        –",
    ]


def test_a_log_record_on_one_line():
    record = log(204, "slow\nquery", severity="warn", attributes={"db.rows": 7, "a": "b c"}, trace_id="4bf92f35")
    assert log_line(record).plain == (
        "2025-10-09 08:53:20.204 warn  web  slow ⏎ query  db.rows=7  a=b c  trace=4bf92f35"
    )


def test_what_would_bury_a_line_is_left_to_json():
    attributes = {"code.line.number": 7, "thread.name": "t", "exception.type": "E", "exception.stacktrace": "a\nb"}
    assert log_line(log(0, "failed", attributes=attributes)).plain.endswith("  failed  exception.type=E")


def test_a_log_record_without_severity_body_or_trace():
    bare = log(0, None, severity=None, event_name="trivet.span.running", service=None)
    assert log_line(bare).plain == "2025-10-09 08:53:20.000       –  trivet.span.running"
