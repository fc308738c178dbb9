"""Batches that could not be sent, on disk until this process or the service's next one can.

One file a batch, `<unix ns>-<signal>-<items>-<key>.otlp.gz`, written under another name and then renamed, in a
directory that only the user may enter, one for each service and endpoint. Who delivers a file holds a POSIX lock on
it (which a crash releases and a fork does not inherit) and deletes it afterwards; the key makes a file that was
delivered twice all the same, by a crash in between, one batch to the server.
"""

import fcntl
import hashlib
import os
import re
import stat
import tempfile
import time
from collections.abc import Container, Iterator
from pathlib import Path
from typing import NamedTuple

from trivet import faults
from trivet.sdk.endpoint import SIGNALS
from trivet.sdk.transport import Batch, compress

NAME = re.compile(r"(\d{10,20})-(traces|metrics|logs)-(\d+)-([0-9a-f]{32})\.otlp\.gz")
MAX_AGE = 7 * 86400.0  # seconds after which nobody wants it any more
TORN_AGE = 3600.0  # seconds after which a half-written file has no writer any more


class Entry(NamedTuple):
    path: Path
    bytes: int
    written: int  # unix ns
    signal: str
    items: int
    key: str


class Claim(NamedTuple):
    """A spilled batch that is ours to deliver; `done` deletes it, `release` leaves it to the next one."""

    spill: "Spill"
    batch: Batch
    entry: Entry
    descriptor: int

    def done(self) -> None:
        self.entry.path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        os.close(self.descriptor)
        self.spill._ours.discard(self.entry.key)


def place(base: Path, service: str, endpoint: str) -> Path:
    """The directory of one service and endpoint; `base` of "" is the user's cache."""
    digest = hashlib.sha256(f"{service}\0{endpoint}".encode()).hexdigest()[:12]
    named = re.sub(r"[^A-Za-z0-9._-]+", "-", service)[:40].strip(".-") or "service"
    return (base if base != Path("") else _user_cache()) / f"{named}-{digest}"


def _user_cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if os.path.isabs(home) and _writable(home):
        return Path(home, "trivet", "spill")
    return Path(tempfile.gettempdir(), f"trivet-{os.getuid()}", "spill")


def _writable(path: str) -> bool:
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return os.access(path, os.W_OK | os.X_OK)


class Spill:
    def __init__(self, directory: Path, max_bytes: int):
        self.directory = directory
        self.max_bytes = max_bytes
        self._ours: set[str] = set()  # claimed keys: a lock does not hold against its own process

    def keep(self, batch: Batch) -> tuple[bool, list[Entry]]:
        """Write `batch`; whether it is safe now, and older ones that had to go for it. Never raises."""
        try:
            body = batch.body if batch.gzipped else compress(batch.body)
            if len(body) > self.max_bytes:
                return False, []
            self.make_private()
            gone = self._make_room(len(body))
            batch.path = self._write(batch, body)
            return True, gone
        except OSError as error:
            faults.note(error, "spill")
            return False, []

    def hold(self, batch: Batch) -> list[Entry]:
        """As `keep`, but nobody else delivers it while this process lives; older ones that had to go for it."""
        safe, gone = self.keep(batch)
        if safe and batch.path is not None:
            batch.lock = self.lock(batch.path)
            self._ours.add(batch.key)
        return gone

    def let_go(self, batch: Batch) -> None:
        """What we held is anybody's to deliver, if it is still there."""
        batch.close()
        self._ours.discard(batch.key)

    def make_private(self) -> None:
        """Make the directory; PermissionError when it is somebody else's."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self.directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise PermissionError(f"{self.directory} belongs to somebody else")
        if found.st_mode & 0o077:
            self.directory.chmod(0o700)

    def _make_room(self, wanted: int) -> list[Entry]:
        """Entries deleted because they are too old, or the oldest ones because all together are too big."""
        entries = self.entries()
        size = wanted + sum(entry.bytes for entry in entries)
        outdated = time.time_ns() - int(MAX_AGE * 1e9)
        gone = []
        for entry in entries:
            if entry.written >= outdated and size <= self.max_bytes:
                break
            claim = self._claim(entry)
            if claim is not None:
                claim.done()
                size -= entry.bytes
                gone.append(entry)
        return gone

    def _write(self, batch: Batch, body: bytes) -> Path:
        name = f"{time.time_ns()}-{batch.signal}-{batch.items}-{batch.key}.otlp.gz"
        torn = self.directory / f".{name}"
        descriptor = os.open(torn, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
        return torn.rename(self.directory / name)

    def entries(self) -> list[Entry]:
        """What lies here, oldest first; half-written files of dead writers are deleted on the way."""
        return sorted(self._scan(), key=lambda entry: entry.written)

    def _scan(self) -> Iterator[Entry]:
        try:
            found = list(os.scandir(self.directory))
        except OSError:
            return
        for file in found:
            try:
                status = file.stat(follow_symlinks=False)
            except OSError:
                continue
            match = NAME.fullmatch(file.name)
            if match and stat.S_ISREG(status.st_mode):
                written, signal, items, key = match.groups()
                yield Entry(Path(file.path), status.st_size, int(written), signal, int(items), key)
            elif file.name.startswith(".") and time.time() - status.st_mtime > TORN_AGE:
                os.unlink(file.path)

    def take(self, signals: Container[str] = SIGNALS) -> Claim | None:
        """The oldest batch of these signals that nobody else is delivering."""
        for entry in self.entries():
            claim = self._claim(entry) if entry.signal in signals else None
            if claim is not None:
                return claim
        return None

    def _claim(self, entry: Entry) -> Claim | None:
        if entry.key in self._ours:
            return None
        descriptor = self.lock(entry.path)
        if descriptor is None:
            return None
        try:
            # Whoever had the lock before may have delivered and deleted it since we opened it.
            if os.fstat(descriptor).st_nlink:
                with open(descriptor, "rb", closefd=False) as file:
                    body = file.read()
                self._ours.add(entry.key)
                return Claim(self, Batch(entry.signal, body, entry.items, entry.key, gzipped=True), entry, descriptor)
        except OSError:
            pass
        os.close(descriptor)
        return None

    @staticmethod
    def lock(path: Path) -> int | None:
        """A descriptor that holds the file until it is closed or the process ends; None: another process has it."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            return None
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return descriptor
