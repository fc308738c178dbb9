"""Disks that fail, that write little at a time, and that lose their power."""

import errno
import os
from pathlib import Path

from trivet.spool.disk import Disk


class FailingDisk(Disk):
    """Fails the next calls of a method, as often as `fail[name]` says; remembers what was synced after a failure."""

    def __init__(self, code: int = errno.EIO):
        self.code = code
        self.fail: dict[str, int] = {}
        self.failed_files: set[str] = set()
        self.synced_after_failure = False

    def _maybe_fail(self, name: str) -> None:
        if self.fail.get(name, 0) > 0:
            self.fail[name] -= 1
            raise OSError(self.code, os.strerror(self.code))

    def create(self, path: Path) -> int:
        self._maybe_fail("create")
        return super().create(path)

    def writev(self, fd, buffers):
        if self.fail.get("writev", 0) > 0:  # half of it arrives
            os.write(fd, b"".join(buffers)[: sum(map(len, buffers)) // 2])
        self._maybe_fail("writev")
        return super().writev(fd, buffers)

    def sync(self, fd: int) -> None:
        path = os.readlink(f"/proc/self/fd/{fd}")
        self.synced_after_failure |= path in self.failed_files
        try:
            self._maybe_fail("sync")
        except OSError:
            self.failed_files.add(path)
            raise
        super().sync(fd)

    def sync_directory(self, path: Path) -> None:
        self._maybe_fail("sync_directory")
        super().sync_directory(path)

    def truncate(self, path: Path, length: int) -> None:
        self._maybe_fail("truncate")
        super().truncate(path, length)

    def unlink(self, path: Path) -> None:
        self._maybe_fail("unlink")
        super().unlink(path)

    def overwrite(self, path: Path, data: bytes, offset: int) -> None:
        self._maybe_fail("overwrite")
        super().overwrite(path, data, offset)


class StutteringDisk(Disk):
    """Takes at most `step` bytes a write."""

    def __init__(self, step: int):
        self.step = step

    def writev(self, fd, buffers):
        return os.write(fd, b"".join(buffers)[: self.step])


class PowerCutDisk(Disk):
    """Knows what a power cut would leave: contents as of a file's last sync, names as of its directory's last sync."""

    def __init__(self) -> None:
        self.contents: dict[int, bytes] = {}  # by inode
        self.names: dict[Path, dict[str, int | None]] = {}  # directory → name → inode, None for a directory

    def create(self, path: Path) -> int:
        new = not path.exists()
        fd = super().create(path)
        if new:
            self.contents.pop(os.fstat(fd).st_ino, None)  # the inode of a deleted file, used again
        return fd

    def sync(self, fd: int) -> None:
        super().sync(fd)
        self.contents[os.fstat(fd).st_ino] = Path(f"/proc/self/fd/{fd}").read_bytes()

    def sync_directory(self, path: Path) -> None:
        super().sync_directory(path)
        self.names[path] = {child.name: None if child.is_dir() else child.stat().st_ino for child in path.iterdir()}

    def image(self, source: Path, target: Path) -> None:
        """Writes what is left of the directory `source` to `target`."""
        target.mkdir()
        for name, inode in self.names.get(source, {}).items():
            if inode is None:
                self.image(source / name, target / name)
            else:
                (target / name).write_bytes(self.contents.get(inode, b""))
