"""Rows of a list in the order of their place, each once, and no more read than it takes.

The engine stops reading as soon as it has enough rows when it may sort by time alone, the order of its tables; for a
second key, or to tell rows that were sent twice, it reads on (the newest 21 of 10 M spans: 139 ms of CPU instead of 22,
the newest with a word: 442 instead of 26). So it is asked by time alone, for some rows more, and rows of one instant
are put in order here. Only where those go on beyond what was read does the engine sort, and only up to that instant
(500 k spans by a clock of milliseconds, 980 in each: 32 ms of CPU, and 278 for all there is).

What the index finds is nearly always what matches: the rest of the condition is asked of the rows of the page, not of
all in their granules (a value among 10 M spans: 34 → 27 ms). Where too many do not match, it is asked of all.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from trivet.query.ask import Ask
from trivet.query.cursor import Page, Place
from trivet.query.filter.condition import Condition
from trivet.store.client import Answer

# Direction of the sort, and what lies beyond a place in it.
ORDERS = {"newest": ("DESC", "<"), "oldest": ("ASC", ">")}
# Rows sent twice, and rows of the last instant, that a page may have before the engine has to sort.
SPARE = 20

Row = list[Any]
Way = TypeVar("Way")
Read = Callable[[Way, int, int | None], Awaitable[Answer]]


async def in_order(
    read: Read[Way],
    wanted: int,
    place: Callable[[Row], Place],
    *,
    by_time: Sequence[Way],
    by_place: Way,
    descending: bool,
) -> tuple[list[Row], list[Answer]]:
    """The first `wanted` rows and the answers it took. `read` asks in one of these ways for at most so many rows, and
    none beyond a time; their last column says whether they match, their `place` begins with their time. By place, each
    is there once."""
    most, answers = wanted + SPARE, []
    for way in by_time:
        answers.append(quick := await read(way, most, None))
        once = {tuple(place(row)): row for row in quick.rows if row[-1]}
        last = place(quick.rows[-1])[0] if len(quick.rows) == most else None
        certain = [at for at in once if at[0] != last]  # there may be more of that instant
        if last is None or len(certain) >= wanted:
            return [once[at] for at in sorted(certain, reverse=descending)[:wanted]], answers
        if all(row[-1] for row in quick.rows):
            break
    for until in (last, None):  # what was sent twice may have filled the instants up to the last
        answers.append(exact := await read(by_place, wanted, until))
        if len(exact.rows) == wanted:
            break
    return exact.rows, answers


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with pages: `question` is its statement, `keys` the columns of a row's `place`, time first."""

    question: str
    keys: tuple[str, ...]
    place: Callable[[Row], Place]

    async def page(
        self, ask: Ask, page: Page, condition: Condition, params: Mapping[str, Any], after: str
    ) -> tuple[Sequence[Row], str | None, list[Answer]]:
        """Its rows, the cursor of the next, and the answers it took."""
        direction, beyond = ORDERS[page.order]
        asked = {**params, **condition.parameters, "horizon": page.horizon}

        async def read(way: dict[str, str], most: int, until: int | None) -> Answer:
            limits = {"limit": most} if until is None else {"limit": most, "until": until}
            reach = "true" if until is None else f"NOT {self.keys[0]} {beyond} fromUnixTimestamp64Nano({{until:Int64}})"
            pieces = {"settled": page.settled, "after": after, "reach": reach}
            return await ask.answer(self.question, asked | limits, **pieces, **way)

        by = [f"{key} {direction}" for key in self.keys]
        first = {"order_by": f"ORDER BY {by[0]}"}
        exact = {"filter": condition.sql, "matches": "true"}
        by_index = {"filter": condition.found, "matches": condition.left}
        found, answers = await in_order(
            read,
            page.limit + 1,
            self.place,
            by_time=[first | way for way in ([by_index, exact] if condition.left else [exact])],
            by_place={"order_by": f"ORDER BY {', '.join(by)}\nLIMIT 1 BY {', '.join(self.keys)}"} | exact,
            descending=direction == "DESC",
        )
        return *page.cut(found, self.place), answers
