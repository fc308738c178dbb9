"""An even sample of the rows that match, which costs a bounded amount to read whatever is stored.

Rows lie in order of time, a thousand to a granule, and reading one row's attributes costs as much as reading its
granule. So time is cut into slots of about a granule each, and some of those in which anything matches are read whole:
those that a hash puts first, which has nothing to do with the data and is the same at every asking. (Cluster sampling:
every matching row has the same chance to be in it.)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trivet.query.ask import Ask
from trivet.query.filter.condition import Condition
from trivet.query.filter.tables import SERIES, Table
from trivet.query.instant import Range
from trivet.store.client import Answer

GRANULE = 1024
IN_SLOTS = "intDiv(toUnixTimestamp64Nano({time}), {{slot_width:Int64}}) IN {{slots:Array(Int64)}}"


@dataclass(frozen=True, slots=True)
class Sample:
    """Which rows to read; `share` is the part that they are of all `matching` ones."""

    rows: Condition
    share: float = 1.0
    matching: int = 0
    answers: Sequence[Answer] = field(default=())


def asked(table: Table, within: Range) -> Condition:
    """The rows of a range of time; of series those that were heard of since it began."""
    since = f"{table.time} >= fromUnixTimestamp64Nano({{start:Int64}})"
    if table is SERIES:
        return Condition(since, {"start": within.start})
    until = f"{table.time} < fromUnixTimestamp64Nano({{end:Int64}})"
    return Condition(f"{since} AND {until}", {"start": within.start, "end": within.end})


async def sample(ask: Ask, table: Table, within: Range, filter: Condition, most_slots: int) -> Sample:
    """The rows that match, from at most so many slots; series are few enough to take all."""
    when = asked(table, within)
    if table is SERIES:
        return Sample(Condition(f"{when.sql} AND {filter.sql}", when.parameters | filter.parameters))
    pieces = {"table": table.name, "time": table.time, "asked": when.sql}
    extent = await ask.answer("extent", when.parameters, **pieces)
    rows, first, last = extent.rows[0]
    width = max(1, (last - first + 1) * GRANULE // max(rows, 1))
    params = when.parameters | filter.parameters
    found = await ask.answer("slots", params | {"slot_width": width, "most": most_slots}, filter=filter.sql, **pieces)
    matching = found.rows[0][2] if found.rows else 0
    inside = sum(count for _, count, _ in found.rows)
    in_slots = {"slot_width": width, "slots": [slot for slot, *_ in found.rows]}
    return Sample(
        Condition(f"{when.sql} AND {IN_SLOTS.format(time=table.time)} AND {filter.sql}", params | in_slots),
        inside / matching if matching else 1.0,
        matching,
        [extent, found],
    )
