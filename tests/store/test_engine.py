"""The engine's life: starts, ends, crashes, hangs, and what of it the outside sees."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from running_engine import connected, running_engine

from trivet.errors import CannotStart, Unavailable
from trivet.settings import MiB
from trivet.store.client import Client, EngineError
from trivet.store.engine import Engine, Pauses


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_it_starts_answers_and_tells_about_itself(engine, client):
    assert engine.up and engine.kind == "embedded" and engine.restarts == 0
    assert client.rows("SELECT version() AS v") == [{"v": engine.version}]
    assert 100 * MiB < engine.rss_bytes < 2048 * MiB
    assert engine.address.url.startswith("http://127.0.0.1:")


def test_starting_and_stopping_are_quick(tmp_path):
    began = time.monotonic()
    engine = Engine(tmp_path, memory=512 * MiB)
    engine.start()
    started = time.monotonic()
    pid = engine.pid
    engine.stop()
    stopped = time.monotonic()
    assert started - began < 5 and stopped - started < 4
    assert gone(pid) and not engine.up


def test_what_was_stored_is_there_after_a_restart(tmp_path):
    with running_engine(tmp_path) as engine, connected(engine) as client:
        client.command("CREATE DATABASE kept")
        client.command("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a", database="kept")
        client.command("INSERT INTO t FORMAT TSV", body=b"1\n2\n", database="kept")
    with running_engine(tmp_path) as engine, connected(engine) as client:
        assert client.rows("SELECT sum(a) AS s FROM t", database="kept") == [{"s": 3}]


def test_a_directory_with_a_strange_name(tmp_path):
    strange = tmp_path / "a b?c&d=e%20<é>'\""
    with running_engine(strange) as engine, connected(engine) as client:
        client.command("CREATE DATABASE kept")
        client.command("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a", database="kept")
        client.command("INSERT INTO t VALUES (7)", database="kept")
        assert client.rows("SELECT a FROM t", database="kept") == [{"a": 7}]
    assert (strange / "store").is_dir()


def test_a_second_engine_on_the_same_directory_is_refused(engine):
    with pytest.raises(CannotStart, match="another server uses"):
        Engine(engine._directory, memory=512 * MiB).start()
    assert engine.up


def test_a_directory_that_cannot_be_used(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match="cannot use"):
        Engine(tmp_path / "file" / "below", memory=512 * MiB).start()


def test_a_damaged_store_says_so_in_plain_words(tmp_path):
    with running_engine(tmp_path) as engine, connected(engine) as client:
        client.command("CREATE DATABASE kept")
    (broken,) = (tmp_path / "metadata").glob("kept.sql")
    broken.resolve().write_text("CREATE NONSENSE")
    engine = Engine(tmp_path, memory=512 * MiB)
    with pytest.raises(CannotStart, match="the engine does not start"):
        engine.start()
    assert not engine.up and gone(engine.pid)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSEGV])
def test_a_child_that_dies_under_load_is_replaced(tmp_path, sign):
    with running_engine(tmp_path) as engine, connected(engine) as client:
        address, dead = engine.address, engine.pid
        client.command("CREATE DATABASE kept")
        client.command("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a", database="kept")
        client.command("INSERT INTO t VALUES (7)", database="kept")
        failures = []
        load = [threading.Thread(target=ask_until_it_fails, args=(client, failures)) for _ in range(4)]
        for thread in load:
            thread.start()
        wait_for(lambda: client.rows("SELECT count() AS n FROM system.processes")[0]["n"] > 4)
        os.kill(dead, sign)
        for thread in load:
            thread.join(30)
        assert len(failures) == 4
        assert all(isinstance(failure, Unavailable) or failure.name == "QUERY_WAS_CANCELLED" for failure in failures)
        wait_for(lambda: engine.up and engine.pid != dead)
        assert engine.restarts == 1 and engine.address == address
        assert client.rows("SELECT a FROM t", database="kept") == [{"a": 7}]


def ask_until_it_fails(client, failures):
    try:
        while True:
            client.command("SELECT count() FROM numbers(100000000) WHERE NOT ignore(sipHash64(number))")
    except (Unavailable, EngineError) as error:
        failures.append(error)


def test_a_question_asked_while_the_child_is_replaced_waits_for_its_answer(tmp_path):
    with running_engine(tmp_path) as engine, connected(engine) as client:
        os.kill(engine.pid, signal.SIGKILL)
        wait_for(lambda: not engine.up)
        assert client.command("SELECT 1") == b"1\n"
        wait_for(lambda: engine.up and engine.restarts == 1)


def test_a_child_that_hangs_is_replaced(tmp_path):
    with running_engine(tmp_path, patience=1.0) as engine, connected(engine) as client:
        stuck = engine.pid
        os.kill(stuck, signal.SIGSTOP)
        wait_for(lambda: engine.restarts == 1 and engine.up)
        assert gone(stuck)
        assert client.command("SELECT 1") == b"1\n"


def test_stopping_while_the_child_hangs_does_not_hang(tmp_path):
    engine = Engine(tmp_path, memory=512 * MiB)
    engine.start()
    os.kill(engine.pid, signal.SIGSTOP)
    began = time.monotonic()
    engine.stop()
    assert time.monotonic() - began < 8 and gone(engine.pid)


def test_stopping_cancels_what_runs(tmp_path):
    failures = []
    with running_engine(tmp_path) as engine, connected(engine) as client:
        thread = threading.Thread(target=ask_until_it_fails, args=(client, failures))
        thread.start()
        wait_for(lambda: client.rows("SELECT count() AS n FROM system.processes")[0]["n"] > 1)
        engine.stop()
        thread.join(10)
        assert failures


def test_pauses_double_while_children_die_young_and_start_over_after_a_healthy_minute():
    pauses = Pauses()
    assert [pauses.after(1.0) for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    assert [pauses.after(61.0), pauses.after(1.0)] == [0.2, 0.4]


def test_the_child_goes_when_its_parent_is_killed(tmp_path):
    code = (
        "import sys, time, pathlib; from trivet.store.engine import Engine\n"
        "engine = Engine(pathlib.Path(sys.argv[1]), memory=2**29); engine.start(); print(engine.pid, flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with parent:
        child = int(parent.stdout.readline())
        os.kill(child, signal.SIGSTOP)  # even one that can do nothing itself
        parent.kill()
    wait_for(lambda: gone(child))
    with running_engine(tmp_path) as engine:
        assert engine.up


def test_control_c_is_the_parents_affair(engine):
    assert os.getsid(engine.pid) == engine.pid != os.getsid(0)


def test_times_mean_the_same_under_every_zone(tmp_path, monkeypatch):
    shown = "SELECT toUnixTimestamp(t) AS unix, toString(t) AS text, toHour(t) AS hour, timezone() AS zone FROM t"
    seen = []
    for zone in ("America/New_York", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", zone)
        with running_engine(tmp_path) as engine, connected(engine) as client:
            client.command("CREATE DATABASE IF NOT EXISTS kept")
            client.command("CREATE TABLE IF NOT EXISTS t (t DateTime) ENGINE = MergeTree ORDER BY t", database="kept")
            if not seen:
                client.command("INSERT INTO t VALUES ('2026-01-02 03:04:05')", database="kept")
            seen += client.rows(shown, database="kept")
    assert seen == [{"unix": 1767323045, "text": "2026-01-02 03:04:05", "hour": 3, "zone": "UTC"}] * 2


def test_secrets_are_neither_on_the_command_line_nor_in_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIVET_TOKEN", "secret-of-ours")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-theirs")
    with running_engine(tmp_path) as engine:
        for place in ("cmdline", "environ"):
            told = Path(f"/proc/{engine.pid}/{place}").read_bytes()
            assert engine.address.password.encode() not in told and b"secret-of" not in told


def test_a_wrong_password_is_refused(engine):
    wrong = Client(type(engine.address)(engine.address.url, "trivet", "wrong"))
    with pytest.raises(EngineError) as failed:
        wrong.command("SELECT 1")
    wrong.close()
    assert failed.value.name == "AUTHENTICATION_FAILED"


def test_an_idle_engine_is_small(tmp_path):
    with running_engine(tmp_path) as engine, connected(engine) as client:
        for _ in range(50):
            client.rows("SELECT 1 AS one")
        status = Path(f"/proc/{engine.pid}/status").read_text()
    kilobytes = {
        line.split()[0]: int(line.split()[1]) for line in status.splitlines() if line.startswith(("Vm", "Rss"))
    }
    # How much of the library's file is mapped at once is the kernel's choice: 283 to 373 MB in all were seen.
    assert kilobytes["VmRSS:"] < 430 * 1024 and kilobytes["RssAnon:"] < 120 * 1024


def test_the_whole_engine_has_a_memory_cap(tmp_path):
    with running_engine(tmp_path, memory=300 * MiB) as engine, connected(engine) as client:
        with pytest.raises(EngineError) as failed:
            client.command("SELECT groupArray(number) FROM numbers(1000000000) FORMAT Null")
        assert failed.value.name == "MEMORY_LIMIT_EXCEEDED" and "(total)" in failed.value.message
        assert engine.restarts == 0 and client.command("SELECT 1") == b"1\n"
