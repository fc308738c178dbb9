"""A process does not end with its data: the ways out of a Python program, and what we do on each.

Normal end, exceptions, SIGINT and `sys.exit` lead through atexit; SIGTERM and SIGHUP through `signals`. `os._exit`,
which ends forked children and pool workers, and `os.exec…`, which forgets everything, deliver first. A forked child
starts empty.

A second signal, or one in the middle of the exit, waits for the delivery that is under way: it is bounded anyway, and
a handler that started another one would wait for the very thread it interrupted.
"""

import atexit
import functools
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from trivet import faults
from trivet.sdk.signals import StandIn

LONGEST_LEAVE = 5.0  # seconds; delivering has its own, shorter limit


class Exits:
    """Installed once; `deliver` must be quick when there is nothing to do, as several ways out may call it in turn."""

    def __init__(self, deliver: Callable[[], Any], before_exec: Callable[[], Any], in_child: Callable[[], None]):
        self.deliver = deliver
        self.before_exec = before_exec
        self.in_child = in_child
        self.signals = StandIn(self._signalled)
        self._reset()

    def _reset(self) -> None:
        self._leaving: int | None = None  # the thread that delivers
        self._signal: int | None = None  # what has come, and has its way afterwards

    def install(self) -> None:
        atexit.register(self.leave)
        self.signals.install()
        os.register_at_fork(after_in_child=self._forked)
        os._exit = self._before(os._exit, self.leave)
        os.execv = self._before(os.execv, self.before_exec, _can_run)
        os.execve = self._before(os.execve, self.before_exec, _can_run)

    def _forked(self) -> None:
        self._reset()
        self._guarded(self.in_child)
        self._guarded(self.signals.in_child)

    @staticmethod
    def _guarded(step: Callable[[], Any]) -> None:
        try:
            step()
        except Exception as error:
            faults.swallow(error, "exit")

    def _before(self, leave: Callable, step: Callable[[], Any], really: Callable = lambda *args: True) -> Callable:
        @functools.wraps(leave)
        def leaving(*args: Any, **kwargs: Any) -> Any:
            if really(*args):
                self._guarded(step)
            return leave(*args, **kwargs)

        return leaving

    def _signalled(self, number: int) -> None:
        self._signal = number
        self.leave()

    def leave(self) -> None:
        """Deliver; a signal that came meanwhile has its way afterwards."""
        if self._leaving is not None:
            self._wait_for_other_thread()
            return
        self._leaving = threading.get_ident()
        try:
            self._guarded(self.deliver)
        finally:
            self._leaving = None
        if self._signal is not None and threading.current_thread() is threading.main_thread():
            self.signals.die(self._signal)

    def _wait_for_other_thread(self) -> None:
        """Whoever leaves second, and is not the first one interrupted, must not end the process under its feet."""
        deadline = time.monotonic() + LONGEST_LEAVE
        while self._leaving not in (None, threading.get_ident()) and time.monotonic() < deadline:
            time.sleep(0.005)


def _can_run(path: Any, *args: Any) -> bool:
    """`os.execvp` tries every directory of PATH; only the one that will work is an end."""
    try:
        return os.access(path, os.X_OK) and not os.path.isdir(path)
    except (TypeError, ValueError):
        return False
