"""Services, their operations, and who calls whom."""

from trivet.query.answers import Map, OperationList, ServiceList
from trivet.query.services import ServiceQuestions
from trivet.serve.asked import Listed
from trivet.serve.calls import Call


class OperationsAsked(Listed, kw_only=True):
    name: str


class ServiceRoutes:
    def __init__(self, questions: ServiceQuestions):
        self._questions = questions

    def calls(self) -> list[Call]:
        return [
            Call("GET", "/api/services", self.services),
            Call("GET", "/api/services/{name}/operations", self.operations),
            Call("GET", "/api/map", self.map),
        ]

    async def services(self, asked: Listed) -> ServiceList:
        """Services by rate, errors and duration of their entry spans."""
        return await self._questions.services(asked.range(), asked.limit)

    async def operations(self, asked: OperationsAsked) -> OperationList:
        """The entry spans of one service by name and kind."""
        return await self._questions.operations(asked.name, asked.range(), asked.limit)

    async def map(self, asked: Listed) -> Map:
        """Who calls whom, databases and queues included."""
        return await self._questions.map(asked.range(), asked.limit)
