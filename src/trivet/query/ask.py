"""The only way to the store: a statement of `questions/`, within a budget, and no more at once than allowed.

A cancelled task cancels its statement in the engine (the client closes the connection).
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from trivet.errors import Full, Invalid, TooExpensive, TrivetError, Unavailable
from trivet.query.instant import Clock, wall_clock
from trivet.query.reading import READING, Reading
from trivet.settings import ServerSettings
from trivet.store.client import Answer, AsyncClient, EngineError, Raw

log = logging.getLogger(__name__)
Found = TypeVar("Found", Answer, Raw)

QUESTIONS = files("trivet.query") / "questions"
RETRY_AFTER = 1.0

# Codes of ClickHouse: what each means for whoever asked.
TOO_EXPENSIVE = {
    158: "it would read more rows than query_rows allows",
    159: "it took longer than query_seconds allows",
    160: "it would take longer than query_seconds allows",
    241: "it needs more memory than query_memory allows",
    167: "it is too long for the engine",
    168: "it is too long for the engine",
    307: "it would read more than allowed",
    396: "its answer is larger than allowed",
}
BAD_PATTERN = 427
AWAY = {202, 210, 209, 236, 394}


@dataclass(frozen=True, slots=True)
class Budget:
    """What one statement may use."""

    seconds: float
    memory: int
    rows: int

    def settings(self) -> dict[str, Any]:
        return {
            "max_execution_time": self.seconds,
            "max_memory_usage": self.memory,
            "max_rows_to_read": self.rows,
            "max_bytes_before_external_group_by": self.memory // 2,
            "max_bytes_before_external_sort": self.memory // 2,
        }


class Ask:
    """Asks the questions; everything that reads the store is handed one of these. `asked` is told of each."""

    def __init__(
        self,
        client: AsyncClient,
        *,
        budget: Budget,
        at_once: int,
        clock: Clock = wall_clock,
        asked: Callable[[], None] = lambda: None,
    ):
        self.client = client
        self._asked = asked
        self.budget = budget
        self.clock = clock
        self._slots = asyncio.Semaphore(at_once)

    @classmethod
    def of(cls, client: AsyncClient, settings: ServerSettings, *, asked: Callable[[], None]) -> "Ask":
        budget = Budget(settings.query_seconds, settings.query_memory, settings.query_rows)
        return cls(client, budget=budget, at_once=settings.max_queries, asked=asked)

    async def answer(
        self, question: str, params: Mapping[str, Any], *, budget: Budget | None = None, **pieces: str
    ) -> Answer:
        """The rows of a question; `pieces` are conditions and the like that stand for `{{name}}` in its SQL."""
        async with self._turn():
            settings = (budget or self.budget).settings() | _marked()
            answer = await self.client.answer(statement(question, **pieces), params=params, settings=settings)
        return _counted(answer)

    async def raw(self, question: str, params: Mapping[str, Any], **pieces: str) -> bytes:
        """The answer as it comes, in the FORMAT that the question names."""
        async with self._turn():
            settings = self.budget.settings() | _marked()
            answer = await self.client.raw(statement(question, **pieces), params=params, settings=settings)
        return _counted(answer).body

    async def own(self, sql: str, settings: Mapping[str, Any], explain: Callable[[EngineError], TrivetError]) -> Answer:
        """A person's own statement, checked before, with what `explain` makes of the engine's errors."""
        async with self._turn(explain):
            answer = await self.client.answer(sql, settings=self.budget.settings() | _marked() | dict(settings))
        return _counted(answer)

    async def under_way(self, reading: Reading) -> tuple[int, int]:
        """Rows that a question has read up to now, and how many it will have, both at least; takes nobody's turn."""
        answer = await self.client.answer(statement("under_way"), params={"mark": reading.mark})
        [[rows, total]] = answer.rows
        return reading.rows + rows, reading.rows + max(rows, total)

    @asynccontextmanager
    async def _turn(self, explain: Callable[[EngineError], TrivetError] | None = None) -> AsyncIterator[None]:
        """A place among those who ask; errors of the engine leave in our words."""
        self._asked()
        try:
            async with asyncio.timeout(self.budget.seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise Full("too many questions at once", hint="try again", retry_after=RETRY_AFTER) from None
        try:
            yield
        except EngineError as error:
            raise (explain or explained)(error) from error
        finally:
            self._slots.release()


def _marked() -> dict[str, str]:
    reading = READING.get()
    return reading.settings() if reading else {}


def _counted(answer: Found) -> Found:
    if reading := READING.get():
        reading.add(answer.scanned)
    return answer


async def together(*questions: Awaitable[Any]) -> list[Any]:
    """The answers of questions asked at once; when one fails, the others are cancelled."""
    tasks = [asyncio.ensure_future(question) for question in questions]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        raise


def statement(question: str, **pieces: str) -> str:
    """The SQL of a question with its pieces in place; a piece that is not given is a file beside the question."""
    return re.sub(
        r"\{\{(\w+)\}\}", lambda match: pieces[match[1]] if match[1] in pieces else _text(match[1]), _text(question)
    )


@cache
def _text(question: str) -> str:
    return (QUESTIONS / f"{question}.sql").read_text().rstrip()


def explained(error: EngineError) -> TrivetError:
    """An error of the engine in the words of the API."""
    if error.code in TOO_EXPENSIVE:
        return TooExpensive(
            f"the question is too expensive: {TOO_EXPENSIVE[error.code]}",
            hint="ask about less time, or filter by something indexed (service, an attribute's value)",
        )
    if error.code == BAD_PATTERN:
        said = re.search(r"cannot compile re2: .*, error: (.*?)\. Look at", str(error), re.DOTALL)
        message = f"a pattern is not a regular expression{f': {said[1][:100]}' if said else ''}"
        return Invalid(message, code="bad_filter", hint="RE2 syntax; a backslash takes a character as it is")
    if error.code in AWAY:
        return Unavailable("the engine is restarting", retry_after=RETRY_AFTER)
    log.error("the engine failed on a question: %s", error)
    return TrivetError("the engine failed on this question", hint="the server's log says how")
