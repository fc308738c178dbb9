"""What an app sees of its signals while we stand in: nothing. Each in a process of its own."""

import os
import subprocess
import sys
import textwrap

import pytest

START = """
import os, signal, sys, threading, time
from trivet.sdk.signals import StandIn
came = []
def leave(number):
    came.append(number)
stand_in = StandIn(leave)
stand_in.install()
"""


def run(body: str) -> subprocess.CompletedProcess:
    program = START + textwrap.dedent(body)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)


def said(body: str) -> str:
    done = run(body)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.strip()


def test_the_default_action_still_seems_to_be_in_place():
    body = """
    print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, end=" ")
    mine = lambda *_: None
    print(signal.signal(signal.SIGTERM, mine) is signal.SIG_DFL, end=" ")
    print(signal.getsignal(signal.SIGTERM) is mine, end=" ")
    print(signal.signal(signal.SIGTERM, signal.SIG_DFL) is mine, end=" ")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.01)
    print(came)
    """
    assert said(body) == "True True True True [15]"


def test_other_signals_and_ignored_ones_are_left_alone():
    body = """
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, end=" ")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGHUP)
    print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, came)
    """
    assert said(body) == "True True []"


def test_an_event_loop_may_have_the_wake_up_descriptor_and_gives_it_back():
    body = """
    read, write = os.pipe2(os.O_NONBLOCK)
    print(signal.set_wakeup_fd(write), signal.set_wakeup_fd(-1) == write, end=" ")
    signal.signal(signal.SIGUSR1, lambda *_: None)
    os.kill(os.getpid(), signal.SIGUSR1)
    print(stand_in._read(stand_in._pipe[0]), signal.set_wakeup_fd(-1))
    """
    assert said(body) == rf"-1 True {bytes([10])!r} -1"


def test_a_signal_that_the_main_thread_did_not_hear_is_sent_to_it_again():
    """As when it was just about to wait: the wait goes on, until something interrupts it."""
    body = """
    stand_in._handle = lambda *_: None
    lost = []
    class Deaf(StandIn):
        def _handle(self, number, frame):
            lost.append(number)
            if len(lost) > 2:
                super()._handle(number, frame)
    deaf = Deaf(leave)
    deaf._set_handler(signal.SIGTERM, deaf._handle)
    deaf._pipe = stand_in._pipe
    def watch():
        while not came:
            deaf.check()
            time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)
    watcher = threading.Thread(target=watch)
    watcher.start()
    watcher.join()
    print(len(lost) > 2, came == [15])
    """
    assert said(body) == "True True"


def test_an_apps_own_handler_is_called_once():
    body = """
    calls = []
    signal.signal(signal.SIGTERM, lambda *_: calls.append(1))
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(20):
        stand_in.check()
        time.sleep(0.002)
    print(calls, came)
    """
    assert said(body) == "[1] []"


def test_a_forked_child_has_the_default_action_back_until_it_has_something_to_tell():
    body = """
    def child(arm):
        pid = os.fork()
        if pid:
            time.sleep(0.1)
            os.kill(pid, signal.SIGTERM)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        stand_in.in_child()
        if arm:
            stand_in.rearm()
            stand_in._leave = lambda number: os._exit(7)
        time.sleep(10)
        os._exit(1)
    print(child(False), child(True))
    """
    assert said(body) == "-15 7"


def test_signals_that_come_while_forking_are_kept():
    body = """
    os.register_at_fork(after_in_child=lambda: (time.sleep(0.2), stand_in.in_child()))
    pid = os.fork()
    if not pid:
        time.sleep(10)
        os._exit(1)
    os.kill(pid, signal.SIGTERM)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """
    assert said(body) == "-15"


def test_started_outside_the_main_thread_it_leaves_signals_alone():
    program = "import threading, signal\nfrom trivet.sdk.signals import StandIn\n"
    program += "t = threading.Thread(target=lambda: StandIn(print).install()); t.start(); t.join()\n"
    program += "print(repr(signal.getsignal(signal.SIGTERM)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "SIG_DFL" in done.stdout and not done.stderr


@pytest.mark.skipif(not os.path.exists("/proc"), reason="counts descriptors")
def test_forks_leak_no_descriptors():
    body = """
    os.register_at_fork(after_in_child=stand_in.in_child)
    pid = os.fork()
    if not pid:
        for _ in range(5):
            stand_in.rearm()
        os._exit(len(os.listdir("/proc/self/fd")))
    child = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(child == len(os.listdir("/proc/self/fd")))
    """
    assert said(body) == "True"
