"""Parameters that many calls share."""

from typing import Annotated

from msgspec import Meta, Struct

from trivet.query.instant import Range, time_range, wall_clock

Limit = Annotated[int, Meta(ge=1, le=1000)]


class Within(Struct, kw_only=True):
    """`start` and `end`: unix nanoseconds, RFC 3339, or relative as in now-15m; by default the last hour."""

    start: str | None = None
    end: str | None = None

    def range(self) -> Range:
        return time_range(self.start, self.end, wall_clock())


class Listed(Within, kw_only=True):
    limit: Limit = 100


class Searched(Listed, kw_only=True):
    """`cursor`: the `next` of the page before."""

    filter: str = ""
    order: str = "newest"
    cursor: str | None = None
