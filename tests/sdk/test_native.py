"""Our own threads beside the app's."""

import signal
from queue import SimpleQueue

from trivet.sdk.native import Thread


def test_signals_are_left_to_the_apps_threads():
    blocked: SimpleQueue[set[signal.Signals]] = SimpleQueue()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    Thread(lambda: blocked.put(signal.pthread_sigmask(signal.SIG_BLOCK, [])))
    found = blocked.get(timeout=5)
    assert {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM} <= found
    assert signal.SIGSEGV not in found, "a crash must still reach faulthandler"
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
