"""Rows of a list in the order of their place, each once, and no more read than it takes.

The engine stops reading as soon as it has enough rows when it may sort by time alone, the order of its tables; for a
second key, or to tell rows that were sent twice, it reads on (the newest 21 of 10 M spans: 139 ms of CPU instead of 22,
the newest with a word: 442 instead of 26). So it is asked by time alone, for some rows more, and rows of one instant
are put in order here. Only where those go on beyond what was read does the engine sort.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trivet.query.ask import Ask
from trivet.query.cursor import Page, Place
from trivet.store.client import Answer

# Direction of the sort, and what lies beyond a place in it.
ORDERS = {"newest": ("DESC", "<"), "oldest": ("ASC", ">")}
# Rows sent twice, and rows of the last instant, that a page may have before the engine has to sort.
SPARE = 20

Row = list[Any]


async def in_order(
    read: Callable[[str, int], Awaitable[Answer]],
    wanted: int,
    place: Callable[[Row], Place],
    *,
    by_time: str,
    by_place: str,
    descending: bool,
) -> tuple[list[Row], list[Answer]]:
    """The first `wanted` rows and the answers it took. `read` asks for at most so many rows with an ORDER BY, which
    `by_time` and `by_place` are, the latter with each row once; a row's `place` begins with its time."""
    quick = await read(by_time, wanted + SPARE)
    once = {tuple(place(row)): row for row in quick.rows}
    if len(quick.rows) == wanted + SPARE:  # there may be more of the last instant
        last = place(quick.rows[-1])[0]
        once = {at: row for at, row in once.items() if at[0] != last}
        if len(once) < wanted:
            exact = await read(by_place, wanted)
            return exact.rows, [quick, exact]
    return [once[at] for at in sorted(once, reverse=descending)[:wanted]], [quick]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with pages: `question` is its statement, `keys` the columns of a row's `place`, time first."""

    question: str
    keys: tuple[str, ...]
    place: Callable[[Row], Place]

    async def page(
        self, ask: Ask, page: Page, params: Mapping[str, Any], **pieces: str
    ) -> tuple[Sequence[Row], str | None, list[Answer]]:
        """Its rows, the cursor of the next, and the answers it took."""
        direction, _ = ORDERS[page.order]

        async def read(order_by: str, most: int) -> Answer:
            asked = {**params, "horizon": page.horizon, "limit": most}
            return await ask.answer(self.question, asked, order_by=order_by, settled=page.settled, **pieces)

        by = [f"{key} {direction}" for key in self.keys]
        found, answers = await in_order(
            read,
            page.limit + 1,
            self.place,
            by_time=f"ORDER BY {by[0]}",
            by_place=f"ORDER BY {', '.join(by)}\nLIMIT 1 BY {', '.join(self.keys)}",
            descending=direction == "DESC",
        )
        return *page.cut(found, self.place), answers
