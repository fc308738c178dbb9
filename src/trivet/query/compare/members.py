"""The traces that speak for the two sides of a comparison, and where their spans are read.

Both are bounded: traces are taken in the order of a hash until there are enough, or until the slots of time that they
reach into are, or their spans.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trivet.query.ask import Ask
from trivet.query.compare.sides import Sides
from trivet.query.filter.condition import Condition
from trivet.query.filter.tables import SPANS
from trivet.query.instant import Range
from trivet.query.sample import Sample, in_slots, sample
from trivet.store.client import Answer

SELECTED, COMPARED, UNTOUCHED = 1, 2, 4  # bits of a trace's side, see compared_spans.sql
# Slots that are looked into for the spans of a trace that reaches into more: where it begins, and around its matches.
MOST_SLOTS_OF_TRACE = 192
# Looking for a trace's spans reads its id alone, a small part of what reading them takes.
SCANNED_FOR_ONE_READ = 8
# What so many spans hold is counted in half a second of CPU. Of a single trace that has more, only some are read.
MOST_SPANS = 20_000
MOST_OPERATIONS = 200
SELECTION, BASELINE = "sample_selected", "sample_compared"  # keep the samples' parameters apart


@dataclass(frozen=True, slots=True)
class Member:
    """A trace by a hash of its id, and between when its matching spans began."""

    number: int
    trace_id: str
    first: int
    last: int

    def slots(self, extents: Mapping[int, tuple[int, int]], width: int) -> set[int]:
        """The slots that it may have spans in: `extents` say between when the spans of a trace began."""
        begin, end = (each // width for each in extents.get(self.number, (self.first, self.last)))
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
        narrow = Room(SCANNED_FOR_ONE_READ * self._granules)
        for members, part in ((chosen, 2), (others, 1)):
            members[:] = narrow.fitting(members, lambda member: (member.slots(extents, width), 0), part)
        spans = await self._spans({member.number for member in (*chosen, *others)}, width, narrow.slots)
        room = Room(self._granules, MOST_SPANS)
        sides: dict[int, int] = defaultdict(int)
        for members, side, part in ((chosen, SELECTED, 2), (others, COMPARED, 1)):
            for member in room.fitting(members, lambda member: spans[member.number][1:], part):
                sides[member.number] |= side
        for number, side in sides.items():
            sides[number] |= UNTOUCHED if side & COMPARED and not spans[number][0] else 0
        every = max(1, room.rows // MOST_SPANS)
        matching = (selected.matching, compared.matching)
        return Members(self._sides, sides, width, sorted(room.slots), every, matching, self._answers)

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

    async def _spans(self, members: set[int], width: int, slots: set[int]) -> dict[int, tuple[bool, set[int], int]]:
        """Of each trace: whether any span is selected, the slots that they are in, and how many there are."""
        rows = in_slots(SPANS, width, sorted(slots))
        params = self._sides.selected.parameters | rows.parameters | {"members": list(members), "slot_width": width}
        found = await self._ask.answer("spans_of_sides", params, selected=self._sides.selected.sql, rows=rows.sql)
        self._answers.append(found)
        reach = {number: (bool(touched), {*inside}, spans) for number, spans, touched, inside in found.rows}
        return dict.fromkeys(members, (False, set(), 0)) | reach


class Room:
    """What may be read, in slots and rows, and what has been taken of it."""

    def __init__(self, most_slots: int, most_rows: int = 1):
        self._most_slots = most_slots
        self._most_rows = most_rows
        self.slots: set[int] = set()
        self.rows = 0

    def fitting(
        self, members: Iterable[Member], reach: Callable[[Member], tuple[set[int], int]], part: int
    ) -> Iterator[Member]:
        """Members in order until one does not fit into this part (1 / `part`) of the room; the first always does."""
        for at, member in enumerate(members):
            slots, rows = reach(member)
            more = self.slots | slots
            if at and (len(more) * part > self._most_slots or (self.rows + rows) * part > self._most_rows):
                return
            self.slots, self.rows = more, self.rows + rows
            yield member
