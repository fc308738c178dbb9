"""Checkpoints: what the loaders have put into the engine is synced to disk, and only then leaves the spool.

The engine does not fsync the parts it writes (it could, at a cost for every one of the dozen tables an insert reaches);
one `syncfs` of the file system they lie on covers them all. A real ClickHouse elsewhere looks after its own disks.
"""

import ctypes
import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from trivet.store.loader import MAX_UNSETTLED, Loader

log = logging.getLogger(__name__)


class Checkpoint:
    """Every `seconds`, or sooner when many inserts wait for it."""

    def __init__(
        self,
        loaders: Sequence[Loader],
        *,
        sync: Callable[[], None],
        release: Callable[[], int],
        seconds: float = 10.0,
    ):
        self._loaders = loaders
        self._sync = sync
        self._release = release
        self._seconds = seconds
        self._inserts = 0
        self._due = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="checkpoint", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """One last checkpoint; the loaders have stopped by then."""
        self._stopping = True
        self._due.set()
        self._thread.join()

    def loaded(self) -> None:
        """Told by the loaders after every insert."""
        self._inserts += 1
        if self._inserts >= MAX_UNSETTLED // 2:
            self._due.set()

    def take(self) -> None:
        """Sync, then let the spool go of what was loaded before it began."""
        reached = [(loader, loader.position) for loader in self._loaders]
        self._inserts = 0
        if all(loader.settled == position for loader, position in reached):
            return
        self._sync()
        for loader, position in reached:
            loader.settle(position)
        self._release()

    def _run(self) -> None:
        while not self._stopping:
            self._due.wait(self._seconds)
            self._due.clear()
            try:
                self.take()
            except OSError as error:
                log.error("checkpoint failed, the spool keeps what it has: %s", error)


def sync_file_system(directory: Path) -> None:
    """Everything written to the file system of `directory` is on disk when this returns.

    syncfs(2), Linux: reports write errors since 5.8. Elsewhere sync(2) for all file systems.
    """
    try:
        syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    except AttributeError:
        os.sync()
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        if syncfs(descriptor) != 0:
            raise OSError(ctypes.get_errno(), f"syncfs of {directory} failed")
    finally:
        os.close(descriptor)
