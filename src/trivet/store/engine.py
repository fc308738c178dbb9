"""The embedded engine, kept alive: chDB in a child process that speaks ClickHouse's HTTP interface.

The parent opens the listening socket and keeps it, so the address and the password outlive any child; requests that
come while one is being replaced wait in the socket's queue. A child that ends is started again, with a growing pause;
one that does not answer `SELECT 1` is killed first.
"""

import fcntl
import logging
import os
import secrets
import socket
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Any, ClassVar

import httpx

from trivet.errors import CannotStart
from trivet.store import access
from trivet.store.client import Address
from trivet.store.engine_child import Child

log = logging.getLogger(__name__)

USER = "trivet"
START_SECONDS = 120.0  # a large store that was not stopped cleanly takes its time; an empty one takes half a second
STOP_SECONDS = 5.0
LOCK_SECONDS = 2.0  # the child of a server that was killed may need a moment to go
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
HEALTHY_AFTER = 60.0
ASK_EVERY, ASK_SECONDS = 0.5, 1.0


class Pauses:
    """How long to wait before the next child: doubling while they die young."""

    def __init__(self) -> None:
        self._next = FIRST_PAUSE

    def after(self, lived: float) -> float:
        """The pause after a child that lived so many seconds."""
        pause = FIRST_PAUSE if lived > HEALTHY_AFTER else self._next
        self._next = min(pause * 2, LONGEST_PAUSE)
        return pause


class Engine:
    """`memory` caps what the engine allocates; the library itself, 205 MB of file-backed pages, comes on top.

    `patience` is how long it may leave `SELECT 1` unanswered before it counts as hung. With `confine`, and where the
    system offers it (`confined`), the kernel keeps it from all files but its own and from the network.
    """

    kind = "embedded"
    reader: ClassVar = {"readonly": "1", "role": access.READER}  # settings under which a person's own SQL runs

    def __init__(self, directory: Path, *, memory: int, patience: float = 10.0, confine: bool = True):
        self._confine = confine
        self._directory = directory.absolute()
        self._memory = memory
        self._patience = patience
        self._password = secrets.token_urlsafe(24)
        self._stopping = threading.Event()
        self._wake = threading.Event()  # the child ended, or is to end
        self._child: Child | None = None
        self.up = False
        self.restarts = 0
        self.version = ""
        self.confined = False

    @property
    def address(self) -> Address:
        host, port = self._listener.getsockname()
        return Address(f"http://{host}:{port}", USER, self._password)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def rss_bytes(self) -> int:
        return self._child.rss_bytes if self._child else 0

    @property
    def last_words(self) -> str:
        """The last lines that the engine wrote to standard error, for a person to read after a crash."""
        return self._child.last_words() if self._child else ""

    def start(self) -> None:
        """Returns once the engine answers. CannotStart: it does not, or another server has the directory."""
        self._lock = _lock(self._directory)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        first: Future[None] = Future()
        # The child is tied to the thread that starts it (PR_SET_PDEATHSIG), so one thread starts them all and stays.
        self._supervisor = threading.Thread(target=self._supervise, args=(first,), name="engine", daemon=True)
        self._supervisor.start()
        try:
            first.result()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends within `STOP_SECONDS` or a little more; statements that still run are cancelled."""
        self._stopping.set()
        self._wake.set()
        self._supervisor.join()
        self._listener.close()
        self._lock.close()

    def _supervise(self, first: Future[None]) -> None:
        pauses = Pauses()
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._live(first)
            except Exception as error:
                if not first.done():
                    first.set_exception(error)
                    return
                log.error("%s", error)
            if not self._stopping.wait(pauses.after(time.monotonic() - began)):
                self.restarts += 1

    def _live(self, first: Future[None]) -> None:
        """One child's life, from its start to its end, a hang, or the order to stop."""
        try:
            fds = [self._listener.fileno(), self._lock.fileno()]
            self._child = child = Child(self._orders(), fds, self._wake.set)
        except OSError as error:
            raise CannotStart(f"the engine's process cannot be started: {error}") from error
        try:
            words = child.wait_ready(START_SECONDS, self._stopping)
            self.version, self.confined = words["version"], words["confined"]
            self.up = True
            if not first.done():
                first.set_result(None)
            self._watch(child)
        finally:
            self.up = False
            child.stop(STOP_SECONDS) if self._stopping.is_set() else child.kill()

    def _watch(self, child: Child) -> None:
        answered = time.monotonic()
        with httpx.Client(auth=(USER, self._password), timeout=ASK_SECONDS, trust_env=False) as http:
            http.untold = True
            while child.running and not self._stopping.is_set():
                if self._wake.wait(ASK_EVERY):
                    self._wake.clear()
                elif _answers(http, self.address.url):
                    answered = time.monotonic()
                elif time.monotonic() - answered > self._patience:
                    log.error("the engine has not answered for %.0f s and is replaced", self._patience)
                    return
        if not self._stopping.is_set():
            log.error("the engine ended and is started again: %s", child.last_words() or "it left no word")

    def _orders(self) -> dict[str, Any]:
        return {
            "directory": str(self._directory),
            "server_settings": access.limits(self._memory),
            "listener": self._listener.fileno(),
            "parent": os.getpid(),
            "confine": self._confine,
            "user": USER,
            "password": self._password,
        }


def _answers(http: httpx.Client, url: str) -> bool:
    try:
        return http.get(f"{url}/health").status_code == 200
    except httpx.HTTPError:
        return False


def _lock(directory: Path) -> IO[bytes]:
    """A lock that the child holds too: as long as either lives, no other server takes the directory."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = open(directory / "trivet.lock", "wb")  # noqa: SIM115 (held as long as the engine)
    except OSError as error:
        raise CannotStart(f"cannot use {directory}: {error.strerror}", hint="check owner and permissions") from None
    deadline = time.monotonic() + LOCK_SECONDS
    while not _locked(lock):
        if time.monotonic() > deadline:
            lock.close()
            raise CannotStart(f"another server uses {directory}", hint="stop it, or choose another --data")
        time.sleep(0.05)
    return lock


def _locked(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
