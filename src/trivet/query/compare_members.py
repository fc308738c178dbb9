"""The traces that speak for the two sides of a comparison, and where their spans are read.

Both are bounded: traces are taken in the order of a hash until there are enough, or until the slots of time that they
reach into are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trivet.query.ask import Ask
from trivet.query.compare_sides import Sides
from trivet.query.filter.condition import Condition
from trivet.query.filter.tables import SPANS
from trivet.query.instant import Range
from trivet.query.sample import Sample, in_slots, sample
from trivet.store.client import Answer

SELECTED, COMPARED, UNTOUCHED = 1, 2, 4  # bits of a trace's side, see compared_spans.sql
# Slots that are read of a trace that reaches into more: where it begins, and around its matching spans.
MOST_SLOTS_OF_TRACE = 48
# What so many spans hold is counted in about a second of CPU; of more, only some of those that do not match are read.
MOST_SPANS = 60_000
MOST_OPERATIONS = 200
SELECTION, BASELINE = "sample_selected", "sample_compared"  # keep the samples' parameters apart


@dataclass(frozen=True, slots=True)
class Member:
    """A trace by a hash of its id, and between when its matching spans began."""

    number: int
    trace_id: str
    first: int
    last: int

    def slots(self, extent: tuple[int, int], width: int) -> set[int]:
        """The slots to read of a trace whose first and last spans began then."""
        begin, end = extent[0] // width, extent[1] // width
        if end - begin < MOST_SLOTS_OF_TRACE:
            return set(range(begin, end + 1))
        part = MOST_SLOTS_OF_TRACE // 3
        first, last = self.first // width, self.last // width
        return {*range(begin, begin + part), *range(first, first + part), *range(last - part + 1, last + 1)}


@dataclass(frozen=True, slots=True)
class Members:
    """The side of each trace by its number, and the slots of time in which their rows are read: of spans that do not
    match, one in `every`. `matching` counts all spans of the two sides, which are those of `rows`."""

    rows: Sides
    sides: Mapping[int, int]
    width: int
    slots: Sequence[int]
    every: int
    matching: tuple[int, int]
    answers: Sequence[Answer]

    def count(self, side: int) -> int:
        return sum(1 for each in self.sides.values() if each & side)

    @property
    def parameters(self) -> dict[str, Sequence[int]]:
        return {"members": list(self.sides), "sides": list(self.sides.values())}


class Choosing:
    """`traces`: how many on a side, at most; `granules`: how many to read for both."""

    def __init__(self, ask: Ask, sides: Sides, *, traces: int, granules: int):
        self._ask = ask
        self._sides = sides
        self._traces = traces
        self._granules = granules
        self._answers: list[Answer] = []

    async def members(self) -> Members:
        selected = await self._sample(self._sides.selected, self._sides.selected_within, SELECTION)
        chosen = await self._in(selected)
        compared = await self._rest(selected)
        others = await self._in(compared)
        width = min(selected.width, compared.width)
        extents = await self._extents([*chosen, *others])
        slots: set[int] = set()
        sides: dict[int, int] = {}
        for members, side, most in ((chosen, SELECTED, self._granules // 2), (others, COMPARED, self._granules)):
            for number in _fitting(members, extents, width, most, slots):
                sides[number] = sides.get(number, 0) | side
        return await self._counted(sides, width, sorted(slots), (selected.matching, compared.matching))

    async def _sample(self, rows: Condition, within: Range, prefix: str) -> Sample:
        """Of the selection, which may be rare, twice as many slots; and exactly how much there is of it."""
        selection = prefix == SELECTION
        most = self._granules // (2 if selection else 4)
        taken = await sample(self._ask, SPANS, within, rows, most, counted=selection, prefix=prefix)
        self._answers += taken.answers
        return taken

    async def _rest(self, selected: Sample) -> Sample:
        """What to compare with: as asked or, of what the filter leaves, spans of the same operations, if there are."""
        if self._sides.told is None or not selected.matching:
            return await self._baseline(self._sides)
        limit = {"limit": MOST_OPERATIONS + 1}
        found = await self._ask.answer("operations_of", selected.rows.parameters | limit, rows=selected.rows.sql)
        self._answers.append(found)
        same = [(service, name) for service, name, _ in found.rows]
        choices = [self._sides, self._sides.all_else] if self._sides.told else [self._sides]
        if len(same) <= MOST_OPERATIONS:
            choices.insert(0, self._sides.of_operations(same))
        for sides in choices:
            self._sides, rest = sides, await self._baseline(sides)
            if rest.matching:
                break
        return rest

    async def _baseline(self, sides: Sides) -> Sample:
        return await self._sample(sides.compared, sides.compared_within, BASELINE)

    async def _in(self, taken: Sample) -> list[Member]:
        found = await self._ask.answer(
            "traces_in", taken.rows.parameters | {"limit": self._traces}, rows=taken.rows.sql
        )
        self._answers.append(found)
        return [Member(*row) for row in found.rows]

    async def _extents(self, members: Iterable[Member]) -> dict[int, tuple[int, int]]:
        """Between when the spans of each trace began."""
        wanted = {"traces": [member.trace_id for member in members]}
        found = await self._ask.answer("trace_extents", wanted)
        self._answers.append(found)
        return {number: (first, last) for number, first, last in found.rows}

    async def _counted(
        self, sides: dict[int, int], width: int, slots: Sequence[int], matching: tuple[int, int]
    ) -> Members:
        """Marks the traces of the baseline that nothing is selected of."""
        rows = in_slots(SPANS, width, slots)
        params = self._sides.selected.parameters | rows.parameters | {"members": list(sides)}
        found = await self._ask.answer("spans_of_sides", params, selected=self._sides.selected.sql, rows=rows.sql)
        self._answers.append(found)
        for number, _, touched in found.rows:
            if sides[number] & COMPARED and not touched:
                sides[number] |= UNTOUCHED
        every = max(1, sum(spans for _, spans, _ in found.rows) // MOST_SPANS)
        return Members(self._sides, sides, width, slots, every, matching, self._answers)


def _fitting(
    members: Iterable[Member], extents: Mapping[int, tuple[int, int]], width: int, most: int, slots: set[int]
) -> Iterable[int]:
    """Members as far as `slots`, which grow by those that they reach into, stay within `most`; at least one."""
    for at, member in enumerate(members):
        wanted = member.slots(extents.get(member.number, (member.first, member.last)), width)
        if at and len(slots | wanted) > most:
            return
        slots |= wanted
        yield member.number
