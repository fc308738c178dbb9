"""Pages of a list: the same rows whether the engine sorts by time alone or by the whole place."""

import asyncio
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trivet.query.in_order import SPARE, in_order
from trivet.store.answer import Answer, Scanned


class Table:
    """Rows of (time, id, what differs between two that were sent twice), as an engine would give them."""

    def __init__(self, places: list[tuple[int, int]], descending: bool, chance: random.Random):
        self.rows = [[*place, number] for number, place in enumerate(places)]
        self.descending = descending
        self.chance = chance
        self.sorted_by: list[str] = []

    async def read(self, order_by: str, most: int) -> Answer:
        self.sorted_by.append(order_by)
        rows = self.chance.sample(self.rows, len(self.rows))
        if order_by == "time":
            rows.sort(key=lambda row: row[0], reverse=self.descending)
        else:
            once = {tuple(row[:2]): row for row in rows}
            rows = [once[place] for place in sorted(once, reverse=self.descending)]
        return Answer([], rows[:most], Scanned())

    def page(self, wanted: int) -> list[list[Any]]:
        found, answers = asyncio.run(
            in_order(
                self.read, wanted, lambda row: row[:2], by_time="time", by_place="place", descending=self.descending
            )
        )
        assert len(answers) == len(self.sorted_by)
        return [row[:2] for row in found]


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), max_size=150),
    st.integers(1, 60),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_a_page_is_the_first_places_each_once(
    places: list[tuple[int, int]], wanted: int, descending: bool, chance: random.Random
):
    expected = [list(place) for place in sorted(set(places), reverse=descending)[:wanted]]
    assert Table(places, descending, chance).page(wanted) == expected


def test_the_engine_sorts_only_when_one_instant_goes_on_beyond_what_was_read():
    chance = random.Random(1)
    apart = Table([(number, 0) for number in range(500)], True, chance)
    assert len(apart.page(21)) == 21 and apart.sorted_by == ["time"]
    few = Table([(7, number) for number in range(20 + SPARE)], True, chance)
    assert len(few.page(21)) == 21 and few.sorted_by == ["time"]
    alike = Table([(7, number) for number in range(500)], True, chance)
    assert alike.page(2) == [[7, 499], [7, 498]] and alike.sorted_by == ["time", "place"]
