"""Regular expressions of PromQL, by the engine's RE2: linear in time whatever is asked, and the syntax people know."""

from collections.abc import Sequence

from trivet.query.ask import Ask
from trivet.query.promql.tree import Matcher


class Patterns:
    def __init__(self, ask: Ask):
        self._ask = ask

    async def groups(self, pattern: str, texts: Sequence[str]) -> list[list[str]]:
        """What the groups of a fully anchored pattern match in each text, all of it first; [] where it does not."""
        answer = await self._ask.answer("promql_groups", {"pattern": f"^((?s:{pattern}))$", "texts": list(texts)})
        return answer.rows[0][0]

    async def fitting(self, matchers: Sequence[Matcher], texts: Sequence[str]) -> set[str]:
        """The texts that every matcher lets through."""
        fit = set(texts)
        for each in matchers:
            if each.op in ("=", "!="):
                same = {each.value} & fit
                fit = same if each.op == "=" else fit - same
            else:
                ordered = sorted(fit)
                found = await self.groups(each.value, ordered)
                fit = {text for text, groups in zip(ordered, found, strict=True) if bool(groups) is (each.op == "=~")}
        return fit
