"""Who may send and who may read: a token in, a principal out. The same table stands behind every listener."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Final, Literal

from trivet.errors import NotAllowed, Unauthenticated

Wish = Literal["ingest", "read"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A known caller. `tenant` is the database that it writes to and reads from."""

    name: str
    may: frozenset[str]
    tenant: str = "default"


ANYONE: Final = Principal("anyone", frozenset(("ingest", "read")))
"""Whoever calls a server without a token; such a server listens on loopback only."""


class Tokens:
    """The configured tokens: one for both wishes, or one for each. A wish without a token is open to anyone."""

    def __init__(self, token: str = "", ingest_token: str = "", read_token: str = ""):
        self._of: Final[dict[str, str]] = {"ingest": ingest_token or token, "read": read_token or token}
        self._principals = [
            (token.encode(), Principal(" and ".join(may), frozenset(may)))
            for token, may in self._wishes_by_token().items()
        ]

    def needed(self, wish: Wish) -> bool:
        return bool(self._of[wish])

    def principal(self, token: str) -> Principal | None:
        """Whose token it is. Every token is compared, in constant time, so that time tells nothing."""
        given, found = token.encode(), None
        for ours, principal in self._principals:
            if hmac.compare_digest(given, ours):
                found = principal
        return found

    def admit(self, wish: Wish, authorization: str | None) -> Principal:
        """The principal of an `Authorization: Bearer …` header or, to read, of `Basic …` with the token as password;
        Unauthenticated without a token of ours, NotAllowed with one for something else."""
        if not self.needed(wish):
            return ANYONE
        token = _token(wish, authorization or "")
        principal = self.principal(token)
        if principal is None:
            hint = f"send `Authorization: Bearer …` with the server's TRIVET_{wish.upper()}_TOKEN (or TRIVET_TOKEN)"
            raise Unauthenticated("a token is needed" if not token else "this token is not known here", hint=hint)
        if wish not in principal.may:
            raise NotAllowed(
                f"this token is for {principal.name}, not for {wish}", hint=f"use TRIVET_{wish.upper()}_TOKEN"
            )
        return principal

    def _wishes_by_token(self) -> dict[str, list[str]]:
        wishes: dict[str, list[str]] = {}
        for wish, token in self._of.items():
            if token:
                wishes.setdefault(token, []).append(wish)
        return wishes


def _token(wish: Wish, authorization: str) -> str:
    """The token in a header, "" when there is none. Tools that know user names and passwords only, as Grafana's form
    does, give it as the password; the user name is theirs to choose."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic" or wish != "read":
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
