"""What the engine's process may touch at all, enforced by the kernel: its data, the libraries it is made of, no net,
no programs.

ClickHouse can read files, connect and execute, and in its embedded form nothing but its own grants holds it back; the
scalar function `file()` not even those. Landlock (Linux 5.13, TCP since 6.7) takes the means away: a statement that got
past every other wall finds no file to read and nobody to talk to. https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same number on every architecture
_ASK_VERSION = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE, _IOCTL = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_RIGHTS_BY_VERSION = {1: (1 << 13) - 1, 2: 1 << 13, 3: _TRUNCATE, 5: _IOCTL}
_TCP = 0b11  # bind, connect
_TCP_VERSION = 4

# Read at start or while working: time zones, the linker's cache, how much memory and how many processors there are.
_SYSTEM = (
    "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/sys/devices/system", "/sys/fs/cgroup",
    "/sys/kernel/mm", "/proc/meminfo", "/proc/stat", "/proc/cpuinfo", "/proc/sys/vm", "/proc/self/auxv",
    "/proc/self/maps", "/proc/self/statm", "/proc/self/stat", "/proc/self/status", "/proc/self/cgroup",
)  # fmt: skip
# Every thread of the engine opens its own counters, ten times a statement; refused, that ends in exceptions with stack
# traces, which take 0.4 ms of the 1.6 of a `SELECT 1`. What else lies there tells of this process, whose environment
# has no secrets (engine_child.py), and of addresses and mounts of this machine; Landlock cannot leave out a part.
_THREADS = Path("/proc/self/task")
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def confine(data: Path) -> bool:
    """From now on this thread, and those it starts, may write only below `data`, and run no program.

    False: the system does not offer it.
    Call it before the first thread: others keep their freedom.
    """
    try:
        version = _version()
        return version > 0 and _restrict(data, version)
    except OSError:
        return False


def _restrict(data: Path, version: int) -> bool:
    rights = sum(right for since, right in _RIGHTS_BY_VERSION.items() if since <= version)
    with _ruleset(rights, _TCP if version >= _TCP_VERSION else 0) as rules:
        _allow(rules, data, rights & ~_EXECUTE)
        for device in _DEVICES:
            _allow(rules, Path(device), rights & ~_EXECUTE)
        _allow(rules, _THREADS, _READ_FILE)
        for path in (*map(Path, _SYSTEM), *_python()):
            _allow(rules, path, _READ_FILE | _READ_DIR)
        _checked(ctypes.CDLL(None, use_errno=True).prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _syscall(_RESTRICT_SELF, rules, 0)
    return True


def _version() -> int:
    """Of Landlock; 0 where there is none."""
    return _syscall(_CREATE_RULESET, None, 0, _ASK_VERSION) if sys.platform == "linux" else 0


def _python() -> set[Path]:
    """Where this interpreter and everything it may import lives."""
    places = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path}
    return {Path(place) for place in places if place}


@contextmanager
def _ruleset(fs: int, net: int) -> Iterator[int]:
    wanted = _Ruleset(fs, net)
    rules = _syscall(_CREATE_RULESET, ctypes.byref(wanted), ctypes.sizeof(wanted) if net else 8, 0)
    try:
        yield rules
    finally:
        os.close(rules)


def _allow(rules: int, path: Path, rights: int) -> None:
    """Grant `rights` on the path and below it, if it exists; a file takes only what a file can have."""
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = rights if path.is_dir() else rights & _FILE_RIGHTS
        _syscall(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(_PathBeneath(allowed, parent)), 0)
    finally:
        os.close(parent)


def _syscall(number: int, *arguments: object) -> int:
    return _checked(ctypes.CDLL(None, use_errno=True).syscall, number, *arguments)


def _checked(function: Callable[..., int], *arguments: object) -> int:
    result = function(*(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
