"""Where a list goes on: opaque to the caller, stable while data arrives.

A cursor holds the place of the last row shown and the horizon: what was received after the first page was asked for
does not appear on later ones, so that no row comes twice and none is skipped.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from trivet.errors import Invalid

T = TypeVar("T")
Place = list[int | float | str]


class _Cursor(msgspec.Struct, array_like=True, frozen=True):
    order: str
    horizon: int
    place: list[int | float | str]


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a list that is asked for: at most `limit` rows in this order, received up to `horizon`, and after
    `place` (the ordering values of the last row shown; None on the first page)."""

    order: str
    limit: int
    horizon: int
    place: Place | None = None

    @classmethod
    def asked(cls, order: str, limit: int, cursor: str | None, kinds: tuple[type, ...], now: int) -> "Page":
        """The first page, or the one that a cursor of the same order leads to; `kinds` are the types of its place."""
        if not cursor:
            return cls(order, limit, now)
        found = _read(cursor)
        if found.order != order or not _fits(found.place, kinds):
            raise _unusable("this cursor belongs to another list")
        return cls(order, limit, found.horizon, found.place)

    @property
    def settled(self) -> str:
        """SQL: only what the horizon knows. On a first page that is everything, and not to ask spares a millisecond."""
        return "received <= fromUnixTimestamp64Nano({horizon:Int64})" if self.place else "true"

    def cut(self, rows: Sequence[T], place_of: Callable[[T], Place]) -> tuple[Sequence[T], str | None]:
        """The page out of one row more than it may have, and the cursor of the next."""
        if len(rows) <= self.limit:
            return rows, None
        page = rows[: self.limit]
        return page, self.after(place_of(page[-1]))

    def after(self, place: Place) -> str:
        """The cursor of the page that begins behind a place."""
        cursor = msgspec.json.encode(_Cursor(self.order, self.horizon, place))
        return base64.urlsafe_b64encode(cursor).decode().rstrip("=")


def _read(text: str) -> _Cursor:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Cursor)
    except ValueError:
        raise _unusable("this cursor is damaged") from None


def _fits(place: Place, kinds: tuple[type, ...]) -> bool:
    return len(place) == len(kinds) and all(isinstance(each, kind) for each, kind in zip(place, kinds, strict=True))


def _unusable(message: str) -> Invalid:
    return Invalid(message, code="bad_cursor", hint="begin again without a cursor")


def known_order(order: str, orders: Mapping[str, T]) -> T:
    """What an order stands for; Invalid for one that there is not."""
    if order not in orders:
        raise Invalid(f"there is no order {order!r}", code="bad_parameter", hint=f"one of {', '.join(orders)}")
    return orders[order]
