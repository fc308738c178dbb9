"""How many files this process may have open, and so how many connections fit beside its own files."""

import logging
import resource
from typing import Final

log = logging.getLogger(__name__)

RESERVED: Final = 256
"""For segments, the engine, destinations and gRPC: without them, what is acknowledged would not be stored."""


def room_for(connections: int) -> int:
    """Of so many connections those that fit. The soft limit is raised as far as the hard one allows, and said if that
    is not enough."""
    allowed = _raised(connections + RESERVED)
    if allowed >= connections + RESERVED:
        return connections
    fit = max(allowed // 2, allowed - RESERVED)
    log.warning(
        "this system allows %d open files (ulimit -n), so that %d connections are taken and not %d (max_connections)",
        allowed,
        fit,
        connections,
    )
    return fit


def _raised(wanted: int) -> int:
    """The limit, raised towards `wanted`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    while most > soft:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            return most
        except (ValueError, OSError):  # macOS has a third limit, below a hard one that says there is none
            most //= 2
    return soft
