"""Ways out of a process × what the endpoint does: recorded = delivered + spilled, exit codes and signals unchanged.

What is spilled is delivered by the service's next process; together each span arrives exactly once.
"""

import os
import signal
import subprocess
import sys
import time

import pytest
from sdk.collector import Collector, until
from sdk.leaving import KILLED, OUTAGE, PROGRAM, WAYS, Left, Way, leave, name, spilled

from bench.exits import NAMES, PAGE

# Where the endpoint's silence is waited for, each takes the exit's time: the ways that differ.
WHEN_DEAF = [way for way in WAYS if way.name in ("normal", "sleep", "os_exit", "fork", "pool", "exec_other", "late")]


def all_once(collector: Collector) -> int:
    ids = [span.span_id for span in collector.spans]
    assert len(set(ids)) == len(ids)
    return len(ids)


def check_exit(left: Left, way: Way) -> None:
    assert left.code == way.code, left.errors
    expected = {"exception": "RuntimeError: on purpose", "sleep-SIGINT": "KeyboardInterrupt"}.get(name(way))
    assert expected in left.errors if expected else not left.errors


@pytest.mark.parametrize("way", WAYS, ids=name)
def test_an_endpoint_that_is_up_gets_everything(way, collector, tmp_path):
    left = leave(way, collector.url, tmp_path)
    check_exit(left, way)
    assert all_once(collector) == way.recorded and spilled(tmp_path) == 0
    assert left.seconds < 2


@pytest.mark.parametrize("way", WAYS, ids=name)
def test_an_endpoint_that_is_down_costs_nothing_and_the_next_process_delivers(way, collector, tmp_path):
    collector.stop()
    left = leave(way, collector.url, tmp_path)
    check_exit(left, way)
    assert left.seconds < 2 and spilled(tmp_path) == way.recorded
    collector.start()
    following = leave(Way("normal"), collector.url, tmp_path)
    assert following.code == 0 and spilled(tmp_path) == 0
    assert all_once(collector) == way.recorded + 10


@pytest.mark.parametrize("way", KILLED, ids=name)
def test_what_was_recorded_before_the_last_instant_outlives_a_kill(way, collector, tmp_path):
    left = leave(way, collector.url, tmp_path)
    assert left.code == way.code
    assert all_once(collector) == 10


def test_an_outage_leaves_nothing_in_memory_alone(collector, tmp_path):
    collector.stop()
    left = leave(OUTAGE, collector.url, tmp_path)
    assert left.code == OUTAGE.code and spilled(tmp_path) == 10
    collector.start()
    leave(Way("normal"), collector.url, tmp_path)
    assert all_once(collector) == 20 and spilled(tmp_path) == 0


def test_a_main_thread_that_cannot_hear_does_not_keep_a_signal_from_ending_the_process(collector, tmp_path):
    left = leave(Way("busy_in_c", signals=(signal.SIGTERM,)), collector.url, tmp_path)
    assert left.code == -signal.SIGTERM and 1.5 < left.seconds < 6
    assert all_once(collector) == 10


@pytest.mark.parametrize("way", WHEN_DEAF, ids=name)
def test_an_endpoint_that_never_answers_delays_the_exit_by_its_time_and_no_more(way, collector, tmp_path):
    collector.deaf = True
    left = leave(way, collector.url, tmp_path, exit_timeout="600ms")
    check_exit(left, way)
    assert left.seconds < (3.5 if way.name == "fork" else 2.0) and spilled(tmp_path) == way.recorded


def test_by_default_a_deaf_endpoint_delays_the_exit_by_two_seconds(collector, tmp_path):
    collector.deaf = True
    left = leave(Way("normal"), collector.url, tmp_path)
    assert 1.5 < left.seconds < 2.5 and spilled(tmp_path) == 10


def test_a_slow_endpoint_gets_everything_in_time(collector, tmp_path):
    collector.delay = 0.7
    left = leave(Way("sleep", signals=(signal.SIGTERM,)), collector.url, tmp_path)
    assert left.code == -signal.SIGTERM and left.seconds < 2
    assert all_once(collector) == 10 and spilled(tmp_path) == 0


def test_an_endpoint_that_comes_back_while_the_process_lives(collector, tmp_path):
    collector.stop()
    way = Way("own_handler", -signal.SIGTERM)
    command = [sys.executable, str(PROGRAM), way.name, collector.url, str(tmp_path)]
    with subprocess.Popen(command, stdout=-1, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        collector.start()
        until(lambda: len(collector.spans) == 10)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == -signal.SIGTERM
    assert all_once(collector) == 10 and spilled(tmp_path) == 0


def test_two_processes_that_start_at_once_deliver_a_spill_once(collector, tmp_path):
    collector.stop()
    leave(Way("many"), collector.url, tmp_path)
    collector.start()
    environ = {**os.environ, "TRIVET_EXIT_TIMEOUT": "5"}
    command = [sys.executable, str(PROGRAM), "normal", collector.url, str(tmp_path)]
    recorded = 20_000
    while spilled(tmp_path) or recorded == 20_000:  # an exit gives others' batches half a second, not all the time
        processes = [subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environ) for _ in range(2)]
        assert [process.wait(timeout=20) for process in processes] == [0, 0]
        recorded += 20
        assert all_once(collector) + spilled(tmp_path) == recorded
    assert len(collector.requests) == len(collector.of("/v1/traces")), "a batch came twice"


@pytest.mark.parametrize(
    ("number", "times", "code"), [(signal.SIGTERM, 3, -signal.SIGTERM), (signal.SIGINT, 1, 0)], ids=["TERM", "INT"]
)
def test_a_signal_in_the_middle_of_the_exit_neither_hangs_nor_loses(number, times, code, collector, tmp_path):
    collector.deaf = True
    command = [sys.executable, str(PROGRAM), "normal", collector.url, str(tmp_path)]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as process:
        left_at = float(process.stdout.readline().split()[1])
        time.sleep(0.3)
        for _ in range(times):
            process.send_signal(number)
        assert process.wait(timeout=10) == code
        assert time.monotonic() - left_at < 2.5 and spilled(tmp_path) == 10


def test_the_table_in_the_docs_has_every_way_and_nothing_lost():
    lines = PAGE.read_text().splitlines()
    rows = {cells[0]: cells for line in lines if line.startswith("| ") and (cells := line.strip("| ").split(" | "))}
    assert all(rows[NAMES[name(way)]][1] == f"{way.recorded:,}" for way in [*WAYS, *KILLED, OUTAGE]), (
        "`python -m bench exits`"
    )
    assert all(rows[NAMES[name(way)]][-1] == "0" for way in [*WAYS, OUTAGE])
