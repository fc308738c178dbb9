"""Every call by which the spool changes the disk, in one place: the seam at which tests make disks fail."""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

MAX_BUFFERS = 1000  # Linux and macOS take 1024 in one writev (IOV_MAX)
_FULL_FSYNC = getattr(fcntl, "F_FULLFSYNC", None)  # macOS: fsync alone leaves the data in the drive's cache


class Disk:
    """The real one. Every method raises OSError as the system does."""

    def make_directory(self, path: Path) -> None:
        """There, for the owner alone, and still there after a power cut."""
        if not path.parent.exists():
            self.make_directory(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
        self.sync_directory(path.parent)

    def create(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, fd: int, buffers: Sequence[bytes]) -> None:
        """All of `buffers`, in order, however many calls it takes."""
        for start in range(0, len(buffers), MAX_BUFFERS):
            self._write_some(fd, buffers[start : start + MAX_BUFFERS])

    def _write_some(self, fd: int, buffers: Sequence[bytes]) -> None:
        wanted = sum(map(len, buffers))
        written = self.writev(fd, buffers)
        if written < wanted:
            rest = memoryview(b"".join(buffers))[written:]
            while rest:
                rest = rest[self.writev(fd, [rest]) :]

    def writev(self, fd: int, buffers: Sequence[bytes | memoryview]) -> int:
        return os.writev(fd, buffers)

    def sync(self, fd: int) -> None:
        """The data, and what is needed to find it again, are on the medium."""
        if _FULL_FSYNC is not None:
            fcntl.fcntl(fd, _FULL_FSYNC)
        else:
            os.fdatasync(fd)

    def sync_directory(self, path: Path) -> None:
        """New, renamed and removed names in `path` survive a power cut."""
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def truncate(self, path: Path, length: int) -> None:
        os.truncate(path, length)

    def sync_file(self, path: Path) -> None:
        fd = os.open(path, os.O_WRONLY)
        try:
            self.sync(fd)
        finally:
            os.close(fd)

    def close(self, fd: int) -> None:
        os.close(fd)

    def unlink(self, path: Path) -> None:
        os.unlink(path)

    def replace(self, source: Path, target: Path) -> None:
        os.replace(source, target)

    def free(self, path: Path) -> int:
        """Bytes that an ordinary user may still write to the file system of `path`."""
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize

    def overwrite(self, path: Path, data: bytes, offset: int) -> None:
        """Changes a file in place, which takes no room, durably."""
        fd = os.open(path, os.O_WRONLY)
        try:
            os.pwrite(fd, data, offset)
            self.sync(fd)
        finally:
            os.close(fd)

    def write_file(self, path: Path, data: bytes) -> None:
        """A whole small file, old or new but never half, also after a power cut."""
        draft = path.with_name(path.name + ".new")
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            self.write(fd, [data])
            self.sync(fd)
        finally:
            self.close(fd)
        self.replace(draft, path)
        self.sync_directory(path.parent)
