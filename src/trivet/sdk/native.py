"""Threads, queues and sockets of the operating system, also where gevent has put its own in their places.

What sends must run beside the app, not in its event loop: a greenlet of ours that waited for the endpoint would make
every request wait. gevent keeps what it replaces, and `original` finds it, whichever of us came first.

The threads are raw: `threading` does not list them, so an app that counts its threads counts its own.
"""

import importlib
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

# What our threads leave to the app's: only a signal that the main thread gets itself interrupts its system call.
OTHERS = signal.valid_signals() - {signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT}


def original(module: str, name: str) -> Any:
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched(module):
        return monkey.get_original(module, name)
    return getattr(importlib.import_module(module), name)


def make_queue() -> Any:
    """A `SimpleQueue` of the C kind: whoever puts cannot be interrupted while holding its lock."""
    return original("queue", "SimpleQueue")()


def make_lock() -> Any:
    return original("_thread", "allocate_lock")()


def ident() -> int:
    """Of the operating system's thread that this runs in."""
    return original("_thread", "get_ident")()


class Thread:
    """Started at once; never waited for by the interpreter. Raises RuntimeError when that is already ending."""

    def __init__(self, run: Callable[[], None]):
        self._run = run
        self.is_alive = True
        before = signal.pthread_sigmask(signal.SIG_BLOCK, OTHERS)  # the new thread inherits it
        try:
            self.ident = original("_thread", "start_new_thread")(self._live, ())
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _live(self) -> None:
        try:
            self._run()
        finally:
            self.is_alive = False

    @property
    def is_current(self) -> bool:
        return ident() == self.ident

    def join(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while self.is_alive and not self.is_current and time.monotonic() < deadline:
            time.sleep(0.002)
