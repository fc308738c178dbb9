"""Addresses: bound by us before any server starts, so that port 0 works and what is wrong is said in plain words."""

import errno
import ipaddress
import socket
from typing import Final

from trivet.errors import CannotStart
from trivet.tokens import Tokens

EVERYWHERE: Final = {"", "*"}
"""Hosts that mean every address of the machine, in `:4318` and `*:4318`."""


def split_address(setting: str, text: str) -> tuple[str, int]:
    """`127.0.0.1:4318`, `[::1]:4318`, `:4318` → host and port. `setting` is its name, for the message."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdigit() or int(port) > 65535 or (":" in bare and bare == host):
        raise CannotStart(
            f"{setting} = {text!r} is not an address", hint=f"give HOST:PORT, such as 127.0.0.1:{_port(setting)}"
        )
    return "0.0.0.0" if host in EVERYWHERE else bare, int(port)


def bind(setting: str, text: str) -> socket.socket:
    """A listening socket; CannotStart when the address cannot be had.

    It listens at once, since another server may bind the same port until one of them does; whoever connects before the
    server runs waits for it.
    """
    host, port = split_address(setting, text)
    family, address = _resolve(setting, host, port)
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen()
    except OSError as error:
        bound.close()
        raise _cannot_bind(setting, host, port, error) from None
    return bound


def require_tokens(tokens: Tokens, *, http: str, grpc: str) -> None:
    """Nothing but loopback is served without a token: CannotStart, saying which one is missing."""
    _require(tokens, "http", http, ("ingest", "read"))
    if grpc:
        _require(tokens, "grpc", grpc, ("ingest",))


def _require(tokens: Tokens, setting: str, text: str, wishes: tuple[str, ...]) -> None:
    host, port = split_address(setting, text)
    missing = [wish for wish in wishes if not tokens.needed(wish)]
    if not missing or _is_loopback(setting, host, port):
        return
    what = " and ".join({"ingest": "send to", "read": "read from"}[wish] for wish in missing)
    variables = "TRIVET_TOKEN" if len(missing) == len(wishes) else f"TRIVET_{missing[0].upper()}_TOKEN"
    raise CannotStart(
        f"{setting} = {text} can be reached from other machines, and anyone there could {what} this server",
        hint=f"set {variables} to a secret of your choice, or listen on 127.0.0.1:{port}",
    )


def _is_loopback(setting: str, host: str, port: int) -> bool:
    _, address = _resolve(setting, host, port)
    return ipaddress.ip_address(address[0].partition("%")[0]).is_loopback


def _resolve(setting: str, host: str, port: int) -> tuple[socket.AddressFamily, tuple]:
    """The address that the name stands for, IPv4 first: what `localhost` means to most senders."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        hint = f"give an address of this machine, such as 127.0.0.1:{port}"
        raise CannotStart(f"{setting}: the host {host!r} is not known: {error.strerror}", hint=hint) from None
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, address


def _cannot_bind(setting: str, host: str, port: int, error: OSError) -> CannotStart:
    place = f"port {port} on {host}"
    another = f"choose another with --{setting} {host}:{port + 1} (or TRIVET_{setting.upper()})"
    if error.errno == errno.EADDRINUSE:
        return CannotStart(
            f"{place} is in use, perhaps by another Trivet or a collector", hint=f"stop that one, or {another}"
        )
    if error.errno == errno.EACCES:
        return CannotStart(f"{place} is only for the system", hint=f"choose a port from 1024 on, with --{setting}")
    if error.errno == errno.EADDRNOTAVAIL:
        return CannotStart(
            f"{host} is not an address of this machine", hint=f"listen on 127.0.0.1:{port}, or on :{port} for all"
        )
    return CannotStart(f"cannot listen on {place}: {error.strerror}", hint=another)


def _port(setting: str) -> int:
    return {"http": 4318, "grpc": 4317}[setting]
