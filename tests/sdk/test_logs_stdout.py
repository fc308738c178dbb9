"""Printed lines as log records: whole lines, in their span, and nothing twice."""

import subprocess
import sys

import pytest

PROGRAM = """
import logging, os, sys, threading
import trivet
trivet.start("printing", sys.argv[1], stdout={stdout}, metrics=False, instrument=False, console=True)
logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.INFO)
print("before any span")
with trivet.span("work"):
    print("half a", end=" ")
    print("line\\nand another", 7)
    logging.info("a record")
    trivet.log.info("of ours")
    sys.stdout.writelines(["written\\n", "\\n"])
    thread = threading.Thread(target=print, args=("from a thread",))
    thread.start(); thread.join()
sys.stdout.buffer.write(b"bytes\\n")
print("the last word", end="")
"""
SAID = "before any span\nhalf a line\nand another 7\na record\nwritten\n\nfrom a thread\n"


@pytest.fixture
def run(collector):
    def run(stdout: bool) -> str:
        command = [sys.executable, "-u", "-c", PROGRAM.format(stdout=stdout), collector.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_lines_are_records_and_the_console_is_as_it_was(run, collector):
    assert run(True) == f"{SAID}bytes\nthe last word"
    [work] = collector.spans
    assert sorted((record.body.string_value, record.span_id == work.span_id) for record in collector.logs) == [
        ("a record", True),
        ("and another 7", True),
        ("before any span", False),
        ("from a thread", False),
        ("half a line", True),
        ("of ours", True),
        ("the last word", False),
        ("written", True),
    ]
    scopes = {
        scope.scope.name: len(scope.log_records)
        for message in collector.of("/v1/logs")
        for resource in message.resource_logs
        for scope in resource.scope_logs
    }
    assert scopes["stdout"] == 6


def test_nobody_who_has_not_asked_for_it(run, collector):
    assert run(False) == f"{SAID}bytes\nthe last word"
    assert sorted(record.body.string_value for record in collector.logs) == ["a record", "of ours"]
