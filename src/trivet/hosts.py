"""Which Host headers are ours: a stranger's page that points its own name at us (DNS rebinding) must not get in."""

import ipaddress
from collections.abc import Iterable


class Hosts:
    """The configured names; IP addresses and localhost always pass, since no stranger's DNS can point those at us."""

    def __init__(self, names: Iterable[str] = ()):
        self._names = {name.strip().lower() for name in names if name.strip()}

    def allow(self, header: str) -> bool:
        """`header` is a whole Host header, port included; "" (absent) passes, since no browser leaves it out."""
        name = _without_port(header.strip().lower())
        return (
            not name or name in self._names or name == "localhost" or name.endswith(".localhost") or _is_address(name)
        )


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
