"""loguru and structlog, bridged to stdlib logging and back: everything once, and the console as it was."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parent / "programs" / "loguru_and_structlog.py"


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, PROGRAM, *arguments], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def printed_alone() -> str:
    return run()


def attributes(record) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in record.attributes}


def test_everything_arrives_once_and_the_console_is_unchanged(collector, tmp_path, printed_alone):
    printed = run(collector.url, str(tmp_path))
    assert without_times(printed) == without_times(printed_alone) and "through stdlib" in printed
    said = {record.body.string_value: record for record in collector.logs}
    assert len(said) == len(collector.logs) and sorted(said) == sorted(
        [
            "loguru below its handler's level",
            "loguru formatted",
            "loguru failed",
            "stdlib through loguru",
            "loguru through stdlib",
            "structlog printed",
            "structlog failed",
            "structlog through stdlib",
            "structlog below its level",
            "plain stdlib beside it",
            "structlog made early",
        ]
    )
    assert attributes(said["loguru formatted"])["user"] == 7 and said["loguru formatted"].severity_number == 13
    assert "bad value" in attributes(said["loguru failed"])["exception.stacktrace"]
    printed_span = attributes(said["structlog printed"])
    assert (printed_span["video"], printed_span["n"], printed_span["request"]) == (9, 3, "r1")
    assert said["structlog printed"].span_id == collector.spans[0].span_id
    assert attributes(said["structlog failed"])["exception.type"] == "KeyError"
    assert attributes(said["structlog through stdlib"])["order"] == 5
    assert attributes(said["structlog made early"])["early"] is True


def without_times(text: str) -> list[str]:
    return [line for line in text.splitlines() if 'File "' not in line]
