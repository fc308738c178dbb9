"""Every way out of a process × what the endpoint does, run for real: what was recorded, delivered, spilled and lost.

Writes docs/concepts/exits.md. The program and the endpoint are those of the tests (tests/sdk/test_exits.py), which hold
the same counts.
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs/concepts/exits.md"
sys.path.insert(0, str(ROOT / "tests"))  # where the program that leaves is

from sdk.collector import Collector  # noqa: E402
from sdk.leaving import KILLED, OUTAGE, WAYS, Left, Way, leave, name, spilled  # noqa: E402

ENDPOINTS: Final = ("up", "slow", "deaf", "down")
NAMES: Final = {
    "normal": "the program's end", "exception": "an exception that nobody catches", "sys_exit": "`sys.exit(3)`",
    "sys_exit_in_thread": "`sys.exit` in a thread", "open_span": "a span still open at the end",
    "sleep-SIGTERM": "SIGTERM", "sleep-SIGHUP": "SIGHUP", "sleep-SIGINT": "SIGINT (Ctrl-C)",
    "sleep-SIGTERM-SIGTERM-SIGTERM": "three SIGTERMs, 30 ms apart",
    "sleep_in_thread_too-SIGTERM": "SIGTERM while another thread sleeps",
    "own_handler-SIGTERM": "SIGTERM, a handler of its own, then the default (uvicorn)",
    "handler_that_exits-SIGTERM": "SIGTERM, a handler that calls `sys.exit`",
    "asyncio_signal-SIGTERM": "SIGTERM to asyncio's `add_signal_handler`", "os_exit": "`os._exit(5)`",
    "os_exit_in_thread": "`os._exit` in a thread", "fork": "forked child and grandchild that leave by `os._exit`",
    "fork_without_leaving": "a forked child that falls out of the program",
    "process_fork": "`multiprocessing.Process`, fork", "process_spawn": "`multiprocessing.Process`, spawn",
    "process_forkserver": "`multiprocessing.Process`, forkserver", "pool": "`multiprocessing.Pool`, terminated",
    "pools": "15 pools, terminated at once", "pool_closed": "`Pool(maxtasksperchild=1)`, closed and joined",
    "executor": "`ProcessPoolExecutor`", "late": "an exit handler that records after ours ran",
    "exec_other": "`os.execvp`", "exec_nobody": "`os.execvp` that fails",
    "many": "20,000 spans in a loop, then the end",
    "killed_in_an_outage": "SIGKILL, five seconds into an outage",
    "killed": "SIGKILL", "crashed": "a crash of the interpreter (SIGSEGV)",
}  # fmt: skip
HEAD = """\
<!-- Made by `python -m bench exits` from real runs; not to be edited. -->

# Nothing is lost at exit

What a process has recorded is delivered before it ends, or lies on disk for the service's next process. A dead endpoint
delays the exit by two seconds at most (`TRIVET_EXIT_TIMEOUT`); exit codes and signals are what they would be without
Trivet.

Each cell is a program run for real, recording, leaving: spans delivered before its end + spilled to disk, and the
seconds between the last line of the program (or the last signal) and the end of its process. The endpoint *up* answers
at once; *slow* answers after 0.7 s; *deaf* takes the request and never answers; *down* refuses the connection. Then it
comes back, and the service's next process starts: *then back* is what has arrived after that of the runs against the
endpoint that was down, *lost* what is missing of all four runs, each span counted once. (An endpoint that comes back
while the process lives gets everything then.)

"""
KILLS = """
## Killed

Nobody can do anything when the operating system lets nobody run. What had half a second to leave is with the endpoint
that is up: of the first two rows' spans ten are recorded a second before and ten in the last instant. When the endpoint
is down for more than a second or two, what waits for it lies on disk, too, at most fifteen seconds later. A crash of
the interpreter is told with the stacks of its threads, as a log record (`event_name` `trivet.process.crashed`), by the
service's next process, unless the program uses `faulthandler` itself.

"""


class Ran(NamedTuple):
    left: Left
    recorded: int
    delivered: int
    spilled: int
    after: int  # with the next process

    @property
    def lost(self) -> int:
        return self.recorded - self.after


def run(way: Way, endpoint: str) -> Ran:
    with Collector() as collector, tempfile.TemporaryDirectory() as directory:
        spill = Path(directory)
        collector.delay = 0.7 if endpoint == "slow" else 0.0
        collector.deaf = endpoint == "deaf"
        if endpoint == "down":
            collector.stop()
        left = leave(way, collector.url, spill)
        if left.code != way.code:
            raise RuntimeError(f"{name(way)}, {endpoint}: exit status {left.code}, {left.errors}")
        delivered, waiting = _once(collector), spilled(spill)
        if endpoint == "down":
            collector.start()
        collector.deaf, collector.delay = False, 0.0
        following = 0
        while spilled(spill) and following < 10:  # an exit gives earlier processes' batches half a second
            leave(Way("normal"), collector.url, spill)
            following += 1
        return Ran(left, way.recorded, delivered, waiting, _once(collector) - 10 * following)


def _once(collector: Collector) -> int:
    ids = [span.span_id for span in collector.spans]
    if len(set(ids)) != len(ids):
        raise RuntimeError("a span came twice")
    return len(ids)


def page() -> Iterator[str]:
    yield HEAD + _row("way out", "recorded", *ENDPOINTS, "then back", "lost")
    yield _row(*["---"] * (len(ENDPOINTS) + 4))
    seconds: dict[str, list[float]] = {endpoint: [] for endpoint in ENDPOINTS}
    for way in WAYS:
        ran = {endpoint: run(way, endpoint) for endpoint in ENDPOINTS}
        for endpoint, each in ran.items():
            seconds[endpoint].append(each.left.seconds)
        lost = sum(each.lost for each in ran.values())
        yield _row(
            NAMES[name(way)], f"{way.recorded:,}", *map(_cell, ran.values()), f"{ran['down'].after:,}", f"{lost}"
        )
    yield _row("*median delay*", "", *(f"{statistics.median(each):.1f} s" for each in seconds.values()), "", "")
    yield KILLS + _row("way out", "recorded", "endpoint", "delivered + spilled", "then back", "lost")
    yield _row(*["---"] * 6)
    for way, endpoint in [*((way, "up") for way in KILLED), (OUTAGE, "down")]:
        each = run(way, endpoint)
        kept = f"{each.delivered} + {each.spilled}"
        yield _row(NAMES[name(way)], f"{way.recorded}", endpoint, kept, f"{each.after}", f"{each.lost}")


def _cell(ran: Ran) -> str:
    return f"{ran.delivered:,} + {ran.spilled:,}, {ran.left.seconds:.1f} s"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    lines = []
    for line in page():
        print(line, flush=True)
        lines.append(line)
    PAGE.write_text("\n".join(lines) + "\n")
