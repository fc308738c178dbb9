"""The types of answers about patterns."""

from msgspec import UNSET, Struct, UnsetType

from trivet.query.answers import Scanned, SeverityWord


class PatternRow(Struct):
    """Rows that say the same but for what `<…>` stands for.

    `first_seen` looks back a day before the range. `series` are pairs of an instant and a count, gapless. `filter`
    finds the pattern's rows, `example` is the text of one, `severity` the worst of all.
    """

    template: str
    count: int
    first_seen: str
    series: list[tuple[str, int]]
    services: list[str]
    example: str
    filter: str
    severity: SeverityWord | UnsetType | None = UNSET


class PatternList(Struct):
    """`every` is the time between two points of a series in nanoseconds, `share` the part of what matches that was
    read: below 1, counts are estimates, and what is very rare may be missing. `hint` says what may be misspelt where
    nothing matches."""

    patterns: list[PatternRow]
    every: int
    share: float
    truncated: bool
    scanned: Scanned
    hint: str | UnsetType = UNSET
