"""What was asked."""

from trivet.query.asked import AskedList, AskedQuestions
from trivet.serve.asked import Listed
from trivet.serve.calls import Call


class AskedAsked(Listed, kw_only=True):
    """`session`: of one tab or shell; `cursor`: the `next` of the page before."""

    session: str | None = None
    cursor: str | None = None


class AskedRoutes:
    def __init__(self, questions: AskedQuestions):
        self._questions = questions

    def calls(self) -> list[Call]:
        return [Call("GET", "/api/asked", self.asked)]

    async def asked(self, asked: AskedAsked) -> AskedList:
        """The questions of people, pages and scripts, the newest first, each with what asks it again."""
        return await self._questions.asked(asked.range(), asked.session, asked.limit, asked.cursor)
