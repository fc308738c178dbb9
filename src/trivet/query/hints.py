"""Why nothing matches: a name or a value in the filter that nothing stored has, and the nearest that something has.

An unknown attribute is no mistake (tomorrow's spans may have it), so the answer is empty; but most are typing errors.
"""

import json
from collections.abc import Iterator

from trivet.query.ask import Ask
from trivet.query.fields.fields import FieldQuestions
from trivet.query.fields.names import SignalName
from trivet.query.fields.values import ValueQuestions
from trivet.query.filter import tree
from trivet.query.filter.kinds import nearest
from trivet.query.filter.parse import parse
from trivet.query.filter.tree import Node
from trivet.query.instant import Range
from trivet.query.metrics.catalogue import MetricQuestions

# As many as the catalogue lists of a field and day.
MOST = 1000
PREFIXES = ("span", "log", "resource", "scope", "event", "root", "trace")
WORDS: dict[SignalName, str] = {"traces": "span", "logs": "log record", "metrics": "metric"}


class Hints:
    def __init__(self, ask: Ask):
        self._fields = FieldQuestions(ask)
        self._values = ValueQuestions(ask)
        self._metrics = MetricQuestions(ask)

    async def of(self, signal: SignalName, filter: str, within: Range) -> str | None:
        """What may be misspelt in a filter that nothing matches, as a sentence."""
        asked = [each for each in comparisons(parse(filter)) if not each.name.quoted][:3]
        if not asked:
            return None
        listed = await self._fields.fields(signal, "", within, MOST, None)
        known = [field.name for field in listed.fields]
        for each in asked:
            name = each.name.text
            if name not in known and name.partition(".")[0] not in PREFIXES:
                if near := nearest(name, known):
                    return f"no {WORDS[signal]} has {name!r}: {near}"
            elif name in known and each.operator == "=" and (near := await self._value(signal, each, within)):
                return near
        return None

    async def of_metric(self, name: str, filter: str, within: Range) -> str | None:
        """What may be misspelt where a metric has nothing: its name, or the filter."""
        listed = await self._metrics.metrics("", within, MOST)
        known = [metric.name for metric in listed.metrics]
        if name in known:
            return await self.of("metrics", filter, within)
        near = nearest(name, known)
        return f"there is no metric {name!r}: {near}" if near else None

    async def _value(self, signal: SignalName, asked: tree.Comparison, within: Range) -> str | None:
        """A number is hardly misspelt, and the nearest one in digits is no help."""
        if asked.value.wildcard or asked.value.number is not None:
            return None
        listed = await self._values.values(signal, asked.name.text, "", within, MOST, None)
        known = [row.value if isinstance(row.value, str) else json.dumps(row.value) for row in listed.values]
        if listed.truncated or asked.value.text in known:
            return None
        near = nearest(asked.value.text, known)
        return f"{asked.name.text} is nowhere {asked.value.text!r}: {near}" if near else None


def comparisons(node: Node) -> Iterator[tree.Comparison]:
    """Those that have to hold, in the order of the text."""
    match node:
        case tree.Comparison():
            yield node
        case tree.All(terms=terms):
            for term in terms:
                yield from comparisons(term)
