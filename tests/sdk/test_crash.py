"""A crash is told with its stacks: by the service's next process, or by the parent."""

import subprocess
import sys

import pytest
from sdk.collector import until
from sdk.leaving import KILLED, Way, leave

CRASHED = KILLED[1]


def crashes(collector):
    return [record for record in collector.logs if record.event_name == "trivet.process.crashed"]


def files(directory):
    return list(directory.rglob("*.crash"))


def test_the_next_process_tells_of_it_once(collector, tmp_path):
    left = leave(CRASHED, collector.url, tmp_path)
    assert left.code == CRASHED.code and not left.errors and len(files(tmp_path)) == 1
    assert not crashes(collector)
    for _ in range(2):
        assert leave(Way("normal"), collector.url, tmp_path).code == 0
    [record] = crashes(collector)
    said = {pair.key: pair.value.string_value or pair.value.int_value for pair in record.attributes}
    assert record.body.string_value == f"process {said['process.pid']} crashed: Segmentation fault"
    assert record.severity_number == 21 and "leaving.py" in said["exception.stacktrace"]
    assert len(said["service.instance.id"]) == 36 and not files(tmp_path)


def test_a_parent_tells_of_a_forked_child_that_had_nothing_else_to_tell(collector, tmp_path):
    assert leave(Way("child_crashes"), collector.url, tmp_path).code == 0
    [record] = crashes(collector)
    assert "crashed_at_once" in str(record.attributes) and not files(tmp_path)


def test_who_is_killed_or_ends_in_order_says_nothing(collector, tmp_path):
    leave(KILLED[0], collector.url, tmp_path)
    assert len(files(tmp_path)) == 1
    leave(Way("normal"), collector.url, tmp_path)
    assert not crashes(collector) and not files(tmp_path)


PROGRAM = """
import faulthandler, signal, sys, time
{before}
import trivet
trivet.start("crash", sys.argv[1], spill_dir=sys.argv[2], metrics=False, instrument=False)
with trivet.span("s"): pass
trivet.flush()
{after}
signal.raise_signal(signal.SIGSEGV)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_program_that_uses_faulthandler_keeps_it(when, collector, tmp_path):
    code = PROGRAM.format(**{"before": "", "after": "", when: "faulthandler.enable()"})
    command = [sys.executable, "-c", code, collector.url, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert "Segmentation fault" in done.stderr
    assert all(path.stat().st_size == 0 for path in files(tmp_path))
    until(lambda: collector.spans)
