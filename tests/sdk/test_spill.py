import gzip
import os
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from trivet import faults
from trivet.sdk import spill
from trivet.sdk.spill import Spill, place
from trivet.sdk.transport import Batch


def incompressible(size: int) -> bytes:
    return os.urandom(size)


@pytest.fixture
def store(tmp_path) -> Spill:
    return Spill(tmp_path / "spill" / "service", 100_000)


def test_a_batch_comes_back_as_it_went_in_oldest_first(store):
    first, second = Batch("traces", b"one", 1), Batch("logs", b"two", 2)
    assert store.keep(first) == (True, []) and store.keep(second) == (True, [])
    claim = store.take()
    assert (claim.batch.signal, claim.batch.key, claim.batch.items) == ("traces", first.key, 1)
    assert claim.batch.gzipped and gzip.decompress(claim.batch.body) == b"one"
    other = store.take()
    assert other.batch.key == second.key and store.take() is None
    claim.done()
    other.release()
    assert [entry.key for entry in store.entries()] == [second.key]
    assert store.take().batch.key == second.key


def test_only_the_user_may_look(store):
    store.keep(Batch("traces", b"secret", 1))
    (entry,) = store.entries()
    assert stat.S_IMODE(entry.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700
    store.directory.chmod(0o755)
    store.keep(Batch("traces", b"secret", 1))
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700


def test_a_directory_that_is_a_link_is_not_ours(store, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store.directory.parent.mkdir()
    store.directory.symlink_to(elsewhere)
    assert store.keep(Batch("traces", b"x", 1)) == (False, []) and not list(elsewhere.iterdir())


def test_the_oldest_go_when_it_is_full(store):
    batches = [Batch("traces", incompressible(30_000), n) for n in range(1, 6)]
    gone = [entry.items for batch in batches for entry in store.keep(batch)[1]]
    assert gone == [1, 2] and [entry.items for entry in store.entries()] == [3, 4, 5]
    assert store.keep(Batch("traces", incompressible(200_000), 6)) == (False, [])


def test_what_is_being_delivered_is_not_deleted_for_room(store):
    for number in range(3):
        store.keep(Batch("traces", incompressible(30_000), number))
    claim = store.take()
    gone = store.keep(Batch("traces", incompressible(30_000), 9))[1]
    assert [entry.items for entry in gone] == [1] and claim.entry.path.exists()
    claim.release()


def test_what_nobody_wants_any_more_goes(store, monkeypatch):
    store.keep(Batch("traces", b"old", 1))
    now = time.time_ns()
    monkeypatch.setattr(spill.time, "time_ns", lambda: now + int(8 * 86400e9))
    assert [entry.items for entry in store.keep(Batch("traces", b"new", 2))[1]] == [1]


def test_half_written_and_strange_files_are_left_out(store):
    store.keep(Batch("traces", b"x", 1))
    torn = store.directory / ".1760000000000000000-traces-1-0123456789abcdef0123456789abcdef.otlp.gz"
    torn.write_bytes(b"half")
    (store.directory / "README").write_text("hello")
    assert len(store.entries()) == 1 and torn.exists()
    os.utime(torn, (0, 0))
    assert len(store.entries()) == 1 and not torn.exists() and (store.directory / "README").exists()


def test_a_disk_that_refuses_is_noted_and_no_fault(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    before = faults.counted["spill"]
    assert Spill(blocked / "spill", 1000).keep(Batch("traces", b"x", 1)) == (False, [])
    assert faults.counted["spill"] == before + 1


CLAIM = textwrap.dedent("""
    import sys
    from pathlib import Path
    from trivet.sdk.spill import Spill
    spill, keys = Spill(Path(sys.argv[1]), 10**9), []
    sys.stdin.readline()
    while (claim := spill.take()) is not None:
        keys.append(claim.batch.key)
        claim.done()
    print(*keys)
""")


def test_two_processes_that_start_at_once_share_and_never_both_take_one(store):
    kept = set()
    for _ in range(60):
        batch = Batch("traces", b"x", 1)
        store.keep(batch)
        kept.add(batch.key)
    command = [sys.executable, "-c", CLAIM, str(store.directory)]
    workers = [subprocess.Popen(command, stdin=-1, stdout=-1, text=True) for _ in range(2)]
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    taken = [worker.communicate(timeout=30)[0].split() for worker in workers]
    assert sorted(taken[0] + taken[1]) == sorted(kept)


def test_a_claim_of_a_dead_process_is_free_again(store):
    batch = Batch("traces", b"x", 1)
    store.keep(batch)
    die = "import sys,os; from pathlib import Path; from trivet.sdk.spill import Spill\n"
    die += "assert Spill(Path(sys.argv[1]), 9).take(); os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", die, str(store.directory)]).returncode == -9
    assert store.take().batch.key == batch.key


def test_each_service_and_endpoint_has_its_place(tmp_path, monkeypatch):
    one = place(tmp_path, "web", "http://a:4318")
    assert one.parent == tmp_path and one.name.startswith("web-")
    others = [place(tmp_path, "web", "http://b:4318"), place(tmp_path, "../etc", "x"), place(tmp_path, "", "x")]
    assert len({one, *others}) == 4 and all(other.parent == tmp_path for other in others)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert place(Path(""), "web", "x").parent == tmp_path / "cache" / "trivet" / "spill"
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/cache")
    assert place(Path(""), "web", "x").parent.parent.name == f"trivet-{os.getuid()}"
