"""Which questions are kept, and what of them.

A question is what somebody chose to ask. Not kept are: the later pages of a list, what a page asks beside (it says so
in the header `Trivet-Aside`), what failed before it was understood, and what nobody waited for. A session that asks the
same again while the last time is not long ago (a page that follows what arrives, `watch`) has asked once, several
`times`.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from msgspec import Struct, structs
from starlette.requests import Request

from trivet.errors import TooExpensive
from trivet.query.answers import Shape
from trivet.query.instant import NS, Clock, wall_clock
from trivet.query.reading import Reading
from trivet.serve.links import link_of, range_of, settled, text_of
from trivet.store.asked import Entry
from trivet.tokens import ANYONE

# Asked again within that time, it is the same question.
SAME_NS = 300 * NS
MOST_RECENT = 2000
LONGEST_TEXT = 16 * 1024
LONGEST_SESSION = 128
# Where an answer has its rows, or how many it stands for; the first that there is.
ROWS: Final = ("rows", "traces", "spans", "logs", "metrics", "fields", "patterns", "explains", "cells", "data")

Key = tuple[object, ...]
Record = Callable[[Entry], None]


@dataclass(frozen=True)
class Question:
    """What was asked by whom: `kept` is the word for this kind of question."""

    kept: str
    method: str
    path: str
    request: Request
    asked: Struct
    reading: Reading

    @property
    def key(self) -> Key:
        """Equal for the same question of the same session; a relative range is the same whenever it is asked."""
        return (self.kept, self.who, self.session, self.origin, repr(self.asked))

    @property
    def who(self) -> str:
        principal = getattr(self.request.state, "principal", ANYONE)
        return "loopback" if principal == ANYONE else principal.name

    @property
    def session(self) -> str:
        return self.request.headers.get("trivet-session", "")[:LONGEST_SESSION]

    @property
    def origin(self) -> str:
        agent = self.request.headers.get("user-agent", "")
        if agent.startswith("trivet/"):
            return "cli"
        return "page" if self.session and agent.startswith("Mozilla/") else "api"

    @property
    def aside(self) -> bool:
        return "trivet-aside" in self.request.headers or bool(getattr(self.asked, "cursor", None))


class Kept:
    """`record` takes an entry and does not wait; None: nothing is kept."""

    def __init__(self, record: Record | None, clock: Clock = wall_clock):
        self._record = record
        self._clock = clock
        self._recent: OrderedDict[Key, Entry] = OrderedDict()

    async def keeping(self, question: Question, answering: Awaitable[Any]) -> Any:
        """The answer; the question is kept when it has one, or was too expensive to have one."""
        began, at = time.perf_counter(), self._clock()
        try:
            answer = await answering
        except TooExpensive as error:
            self._keep(question, at, began, None, error.code)
            raise
        self._keep(question, at, began, answer, "")
        return answer

    def _keep(self, question: Question, at: int, began: float, answer: Any, error: str) -> None:
        if self._record is None or question.aside:
            return
        key = question.key
        entry = self._recent.pop(key, None)
        if entry and at - entry.until < SAME_NS:
            entry = structs.replace(entry, until=at, times=entry.times + 1)
        else:
            entry = _entry(question, at, round((time.perf_counter() - began) * 1000), answer, error)
        self._recent[key] = entry
        if len(self._recent) > MOST_RECENT:
            self._recent.popitem(last=False)
        self._record(entry)


def _entry(question: Question, at: int, ms: int, answer: Any, error: str) -> Entry:
    said, within = settled(question.asked), range_of(question.asked)
    text = text_of(said)
    whole = len(text) <= LONGEST_TEXT
    return Entry(
        id=secrets.token_hex(8),
        time=at,
        until=at,
        times=1,
        who=question.who,
        session=question.session,
        origin=question.origin,
        call=question.kept,
        text=text if whole else text[:LONGEST_TEXT] + "…",
        start=within.start if within else None,
        end=within.end if within else None,
        rows_read=question.reading.rows,
        ms=ms,
        answer_rows=rows_of(answer),
        error=error,
        link=link_of(question.kept, question.method, question.path, said) if whole else "",
    )


def rows_of(answer: Any) -> int:
    """How large an answer is: rows, spans, fields."""
    if isinstance(answer, Shape):
        return len(answer.columns.span_id)
    found = (getattr(answer, name, None) for name in ROWS)
    size = next((each for each in found if each), 0)
    size = size.get("result", ()) if isinstance(size, dict) else size  # of PromQL
    return size if isinstance(size, int) else len(size)
