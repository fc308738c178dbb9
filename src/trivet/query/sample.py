"""An even sample of the rows that match, which costs a bounded amount to read whatever is stored.

Rows lie in order of time, a thousand to a granule, and reading one row's attributes costs as much as reading its
granule. So time is cut into slots of about a granule each, and of those in which anything matches some are read whole:
which ones, a hash decides, that has nothing to do with the data and decides the same at every asking. (Cluster
sampling: every matching row has the same chance to be in it.)

Finding the slots where something matches reads the filter's columns over the whole time. What matches often is found in
slots picked at random as well, and how often it matches in all is then an estimate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from trivet.query.ask import Ask
from trivet.query.filter.condition import Condition, Parameters
from trivet.query.filter.tables import SERIES, Table
from trivet.query.instant import Range
from trivet.store.client import Answer

GRANULE = 1024
# So many matching rows at random are as good as any; looked for in a few slots, then in more, then everywhere.
ENOUGH = 500
WIDER = 16


@dataclass(frozen=True, slots=True)
class Sample:
    """Which rows to read; `share` is the part that they are of all `matching` ones, `width` that of a slot in ns.
    `first` and `last` are the times between which there are any rows."""

    rows: Condition
    share: float = 1.0
    matching: int = 0
    exact: bool = True
    width: int = 1
    first: int = 0
    last: int = 0
    answers: Sequence[Answer] = field(default=())


def asked(table: Table, within: Range, prefix: str = "asked") -> Condition:
    """The rows of a range of time; of series those that were heard of since it began."""
    bound = Parameters(prefix)
    since = f"{table.time} >= fromUnixTimestamp64Nano({bound.bind(within.start, 'Int64')})"
    if table is SERIES:
        return Condition(since, bound.values)
    until = f"{table.time} < fromUnixTimestamp64Nano({bound.bind(within.end, 'Int64')})"
    return Condition(f"{since} AND {until}", bound.values)


def in_slots(table: Table, width: int, slots: Iterable[int], prefix: str = "slot") -> Condition:
    """The rows of some slots of time: a condition that the primary key answers."""
    bound = Parameters(prefix)
    slot = f"intDiv(toUnixTimestamp64Nano({table.time}), {bound.bind(width, 'Int64')})"
    return Condition(f"{slot} IN {bound.bind(list(slots), 'Array(Int64)')}", bound.values)


def some_of(first: int, last: int, most: int) -> list[int]:
    """Numbers from `first` to `last`, one at random from each of `most` stretches; all when there are no more."""
    many = last - first + 1
    if many <= most:
        return list(range(first, last + 1))
    chance = Random(many)
    return [first + int((at + chance.random()) * many / most) for at in range(most)]


async def sample(
    ask: Ask,
    table: Table,
    within: Range,
    filter: Condition,
    most_slots: int,
    *,
    counted: bool = False,
    prefix: str = "sample",
) -> Sample:
    """The rows that match, from at most so many slots; series are few enough to take all.

    With `counted` they are counted exactly, at any cost. `prefix` keeps the parameters of two samples apart.
    """
    when = asked(table, within, f"{prefix}_asked")
    if table is SERIES:
        return Sample(when & filter)
    pieces = {"table": table.name, "time": table.time}
    extent = await ask.answer("extent", when.parameters, asked=when.sql, **pieces)
    rows, first, last = (value or 0 for value in extent.rows[0])
    width = max(1, (last - first + 1) * GRANULE // max(rows, 1))
    params = {"slot_width": width, "most": most_slots}
    answers = [extent]
    for many in () if counted else (most_slots, WIDER * most_slots):
        picked = some_of(first // width, last // width, many)
        if len(picked) < many:
            break
        in_some = when & in_slots(table, width, picked, f"{prefix}_picked")
        which = params | in_some.parameters | filter.parameters
        found = await ask.answer("slots", which, counted=f"countIf({filter.sql})", rows=in_some.sql, **pieces)
        answers.append(found)
        matched, looked = found.rows[0][2:] if found.rows else (0, 0)
        if matched >= ENOUGH:
            inside, chosen = _chosen(table, width, found, prefix)
            whole = round(matched * rows / looked)
            return Sample(when & chosen & filter, inside / whole, whole, False, width, first, last, answers)
    matching = when & filter
    found = await ask.answer("slots", params | matching.parameters, counted="count()", rows=matching.sql, **pieces)
    inside, chosen = _chosen(table, width, found, prefix)
    whole = found.rows[0][2] if found.rows else 0
    share = inside / whole if whole else 1.0
    return Sample(matching & chosen, share, whole, True, width, first, last, [*answers, found])


def _chosen(table: Table, width: int, found: Answer, prefix: str) -> tuple[int, Condition]:
    """How many rows match in the slots found, and the condition for them."""
    inside = sum(count for _, count, *_ in found.rows)
    return inside, in_slots(table, width, (slot for slot, count, *_ in found.rows if count), f"{prefix}_slot")
