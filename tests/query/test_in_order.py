"""Pages of a list: the same rows whether the engine sorts by time alone or by the whole place."""

import asyncio
import random
from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trivet.query.in_order import SPARE, in_order
from trivet.store.answer import Answer, Scanned


class Table:
    """Rows of (time, id, what differs between two that were sent twice, whether they match), as an engine would give
    them; the index also finds those of `others`, which do not match."""

    def __init__(
        self,
        places: list[tuple[int, int]],
        descending: bool,
        chance: random.Random,
        others: Iterable[tuple[int, int]] = (),
    ):
        self.rows = [[*place, number, True] for number, place in enumerate(places)]
        self.others = [[*place, 0, False] for place in others]
        self.descending = descending
        self.chance = chance
        self.asked: list[str] = []

    async def read(self, way: str, most: int, until: int | None) -> Answer:
        self.asked.append(way if until is None else f"{way} to {until}")
        rows = self.rows + self.others if way == "time by index" else self.rows
        rows = self.chance.sample(rows, len(rows))
        if way != "place":
            rows.sort(key=lambda row: row[0], reverse=self.descending)
        else:
            once = {tuple(row[:2]): row for row in rows}
            rows = [once[place] for place in sorted(once, reverse=self.descending) if not self.beyond(place[0], until)]
        return Answer([], rows[:most], Scanned())

    def beyond(self, time: int, until: int | None) -> bool:
        return until is not None and (time < until if self.descending else time > until)

    def page(self, wanted: int) -> list[list[Any]]:
        found, answers = asyncio.run(
            in_order(
                self.read,
                wanted,
                lambda row: row[:2],
                by_time=["time by index", "time"],
                by_place="place",
                descending=self.descending,
            )
        )
        assert len(answers) == len(self.asked)
        return [row[:2] for row in found]


PLACES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), max_size=150)


@given(
    PLACES,
    PLACES,
    st.integers(1, 60),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_a_page_is_the_first_places_each_once(
    places: list[tuple[int, int]],
    others: list[tuple[int, int]],
    wanted: int,
    descending: bool,
    chance: random.Random,
):
    expected = [list(place) for place in sorted(set(places), reverse=descending)[:wanted]]
    others = [place for place in others if place not in places]
    assert Table(places, descending, chance, others).page(wanted) == expected


def test_the_engine_sorts_only_when_one_instant_goes_on_beyond_what_was_read():
    chance = random.Random(1)
    apart = Table([(number, 0) for number in range(500)], True, chance)
    assert len(apart.page(21)) == 21 and apart.asked == ["time by index"]
    few = Table([(7, number) for number in range(20 + SPARE)], True, chance)
    assert len(few.page(21)) == 21 and few.asked == ["time by index"]
    alike = Table([(7, number) for number in range(500)], True, chance)
    assert alike.page(2) == [[7, 499], [7, 498]] and alike.asked == ["time by index", "place to 7"]
    again = Table([(7, number % 9) for number in range(500)] + [(6, 0)], True, chance)
    assert len(again.page(10)) == 10 and again.asked[1:] == ["place to 7", "place"]


def test_rows_that_an_index_finds_and_that_do_not_match_are_left_out_and_only_many_of_them_are_asked_for_again():
    chance = random.Random(1)
    rows = [(number, 0) for number in range(500)]
    some = Table(rows, True, chance, [(499 - number, 1) for number in range(SPARE - 1)])
    assert some.page(21) == [[499 - number, 0] for number in range(21)] and some.asked == ["time by index"]
    many = Table(rows, True, chance, [(499 - number, 1) for number in range(400)])
    assert many.page(21) == [[499 - number, 0] for number in range(21)] and many.asked == ["time by index", "time"]
