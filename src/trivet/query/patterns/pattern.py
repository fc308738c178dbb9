"""A pattern: rows with the same text but for what varies in it, put together from what the store has grouped."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from trivet.query.ask import statement
from trivet.query.filter.condition import Parameters
from trivet.query.filter.tables import SPANS, Table
from trivet.query.filter.words import words_of
from trivet.query.instant import LATEST
from trivet.query.patterns.folding import WILD, expression, folded, readable

# Characters after which the store cuts a text (masked.sql).
CUT = 300


def sql_of(table: Table) -> dict[str, str]:
    """What is folded in a table, as pieces of pattern_groups.sql."""
    if table is SPANS:
        pattern = statement("masked", text="name")
        return {"text": "name", "pattern": pattern, "templated": "false", "severity": "status_code"}
    has_template = "mapContains(attributes, 'log.template')"
    return {"text": "body", "pattern": template(), "templated": has_template, "severity": "severity_number"}


def template() -> str:
    """A record's own template, else its masked body."""
    return statement("template", masked=statement("masked", text="body"))


@dataclass(slots=True)
class Pattern:
    """`raw` are the texts as the store grouped them; `earlier` is when it was seen before the asked time."""

    text: str
    templated: bool
    count: int = 0
    first: int = LATEST
    earlier: int | None = None
    worst: int = 0
    longest: int = 0
    example: tuple[int, str] = (0, "")
    raw: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    over_time: Counter[int] = field(default_factory=Counter)

    def add(self, row: Sequence[Any]) -> None:
        raw, _, count, first, example, longest, services, worst, over_time = row
        self.count += count
        self.first = min(self.first, first)
        self.worst, self.longest = max(self.worst, worst), max(self.longest, longest)
        self.example = max(self.example, (count, example))
        self.raw.add(raw)
        self.services |= {*services}
        self.over_time.update(dict(zip(*over_time, strict=True)))

    @property
    def shown(self) -> str:
        return readable(self.text) if self.templated else self.text

    @property
    def expression(self) -> str:
        """Finds the texts that were masked to this."""
        return expression(self.text, whole=self.longest <= CUT)

    def condition(self, table: Table, bound: Parameters) -> str:
        """The rows of this pattern, by an index."""
        if self.templated:
            templates = [f"log.template={raw}" for raw in sorted(self.raw)]
            return f"hasAny({table.items}, {bound.bind(templates, 'Array(String)')})"
        words = words_of(" ".join(part for part in self.text.split(" ") if WILD not in part))
        if self.longest > CUT:
            words = words[:-1]  # which may have been cut in the middle
        matches = f"match({sql_of(table)['text']}, {bound.bind(self.expression)})"
        return f"hasAllTokens({table.words}, {bound.bind(words, 'Array(String)')}) AND {matches}" if words else matches


def gathered(rows: Iterable[Sequence[Any]], before: Iterable[Sequence[Any]]) -> list[Pattern]:
    """Rows of pattern_groups.sql in the asked time, and before it; the most frequent first."""
    rows, before = list(rows), list(before)
    patterns_of = folded({row[0] for row in (*rows, *before) if not row[1]})
    found: dict[tuple[str, bool], Pattern] = {}
    for row in rows:
        key = (row[0] if row[1] else patterns_of[row[0]], bool(row[1]))
        found.setdefault(key, Pattern(*key)).add(row)
    for raw, templated, _, first, *_ in before:
        if seen := found.get((raw if templated else patterns_of[raw], bool(templated))):
            seen.earlier = min(first, seen.earlier or first)
    return sorted(found.values(), key=lambda each: (-each.count, each.text))
