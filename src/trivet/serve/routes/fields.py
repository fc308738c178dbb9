"""What can be asked about: fields, and the values that they hold."""

from trivet.query.fields.answers import FieldList, ValueList
from trivet.query.fields.fields import FieldQuestions
from trivet.query.fields.names import SignalName
from trivet.query.fields.values import ValueQuestions
from trivet.serve.asked import Listed
from trivet.serve.calls import Call


class FieldsAsked(Listed, kw_only=True):
    """With a `filter` (an empty one matches everything) the fields say how well they split what matches."""

    signal: SignalName = "traces"
    prefix: str = ""
    filter: str | None = None


class ValuesAsked(FieldsAsked, kw_only=True):
    field: str


class FieldRoutes:
    def __init__(self, fields: FieldQuestions, values: ValueQuestions):
        self._fields = fields
        self._values = values

    def calls(self) -> list[Call]:
        return [Call("GET", "/api/fields", self.fields), Call("GET", "/api/values", self.values)]

    async def fields(self, asked: FieldsAsked) -> FieldList:
        """Fields by the names that a filter knows them by, with how often they came."""
        return await self._fields.fields(asked.signal, asked.prefix, asked.range(), asked.limit, asked.filter)

    async def values(self, asked: ValuesAsked) -> ValueList:
        """The values of a field, the most frequent first."""
        return await self._values.values(
            asked.signal, asked.field, asked.prefix, asked.range(), asked.limit, asked.filter
        )
