"""A SIGTERM or SIGHUP that nobody handles would kill without a word: we stand in for the default action.

Our handler delivers, and then lets the signal kill as it would have. It stands in unseen: `signal.getsignal` and
`signal.signal` still say SIG_DFL, and it comes back when a server that took the signal over restores the default, as
uvicorn does before it raises the signal again.

Python runs handlers between two bytecodes of the main thread, and a thread that waits inside C may never get there:
a semaphore's wait that is woken and interrupted at once waits again, having forgotten the interruption. That is how a
terminated pool hangs forever. So the wake-up descriptor tells us of the signal as it comes, and `check`, called from a
thread of ours now and then, signals the main thread anew until it has heard; when it never does (a long calculation
in C), the process is ended from here.

A forked child that has nothing to tell has the default action back; `rearm` is called when it has.
"""

import os
import signal
import threading
from collections.abc import Callable
from time import monotonic
from types import FrameType
from typing import Any

DEADLY = (signal.SIGTERM, signal.SIGHUP)
PATIENCE = 2.0  # seconds that the main thread has to hear a signal


class StandIn:
    """`leave` delivers and then calls `die`, or does so later when it is at it already; it must return soon."""

    def __init__(self, leave: Callable[[int], None]):
        self._leave = leave
        self._set_handler = signal.signal
        self._get_handler = signal.getsignal
        self._set_wakeup = signal.set_wakeup_fd
        self._forks = threading.local()
        self._forget()

    def _forget(self) -> None:
        self._pipe: tuple[int, int] | None = None
        self._came: dict[int, float] = {}
        self._heard = False

    def install(self) -> None:
        signal.signal, signal.getsignal = self._signal, self._getsignal
        signal.set_wakeup_fd = self._set_wakeup_fd
        os.register_at_fork(before=self._hold, after_in_parent=self._release)
        self.rearm()

    def rearm(self) -> None:
        """Stand in for what is the default action now; only the main thread may."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in DEADLY:
            if self._get_handler(number) == signal.SIG_DFL:
                self._set_handler(number, self._handle)
        if self._pipe is None:
            self._listen()

    def _listen(self) -> None:
        self._pipe = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        theirs = self._set_wakeup(self._pipe[1], warn_on_full_buffer=False)
        if theirs != -1:
            self._set_wakeup(theirs, warn_on_full_buffer=False)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._heard = True
        self._leave(number)

    def die(self, number: int) -> None:
        self._set_handler(number, signal.SIG_DFL)
        signal.raise_signal(number)

    # What the app sees of it.

    def _seen(self, handler: Any) -> Any:
        return signal.SIG_DFL if handler == self._handle else handler

    def _signal(self, signalnum: int, handler: Any) -> Any:
        if signalnum in DEADLY and handler == signal.SIG_DFL:
            handler = self._handle
        return self._seen(self._set_handler(signalnum, handler))

    def _getsignal(self, signalnum: int) -> Any:
        return self._seen(self._get_handler(signalnum))

    def _set_wakeup_fd(self, fd: int, *, warn_on_full_buffer: bool = True) -> int:
        ours = self._pipe[1] if self._pipe else -1
        theirs = fd if fd != -1 else ours
        before = self._set_wakeup(theirs, warn_on_full_buffer=warn_on_full_buffer and theirs != ours)
        return -1 if before == ours else before

    # From a thread of ours.

    def check(self) -> None:
        if self._pipe is None or self._heard:
            return
        for number in self._read(self._pipe[0]):
            if number in DEADLY:
                self._came.setdefault(number, monotonic())
        for number, came in list(self._came.items()):
            if self._get_handler(number) != self._handle:
                del self._came[number]  # the app's own handler, or the app's own business
            elif monotonic() - came < PATIENCE:
                signal.pthread_kill(threading.main_thread().ident or 0, number)
            else:
                self._leave(number)
                _kill_from_any_thread(number)

    @staticmethod
    def _read(descriptor: int) -> bytes:
        try:
            return os.read(descriptor, 4096)
        except OSError:
            return b""

    # Across a fork.

    def _hold(self) -> None:
        """Until the child stands on its own feet the kernel keeps its signals: the interpreter would forget them."""
        self._forks.mask = signal.pthread_sigmask(signal.SIG_BLOCK, DEADLY)

    def _release(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._forks.mask)

    def in_child(self) -> None:
        for number in DEADLY:
            if self._get_handler(number) == self._handle:
                self._set_handler(number, signal.SIG_DFL)
        if self._pipe is not None:
            theirs = self._set_wakeup(-1)
            if theirs != self._pipe[1]:
                self._set_wakeup(theirs, warn_on_full_buffer=False)
            for descriptor in self._pipe:
                os.close(descriptor)
        self._forget()
        self._release()


def _kill_from_any_thread(number: int) -> None:
    """The default action, which Python sets from the main thread only; that one is not listening."""
    import ctypes

    ctypes.CDLL(None).signal(number, None)
    os.kill(os.getpid(), number)
