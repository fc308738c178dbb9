"""What was asked before, and how to ask it again."""

import time
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from trivet.query.answers import Extent, Scanned
from trivet.query.ask import Ask
from trivet.query.cursor import Page
from trivet.query.instant import Range
from trivet.query.scanned import total


class AskedRow(Struct, rename={"origin": "from"}):
    """One question. It was asked `times` over by the same session, the last time at `until`; `rows_read`, `ms` and
    `answer_rows` are of the first time. `link` is an address of a page or of the API that asks it again."""

    id: str
    time: str
    until: str
    times: int
    who: str
    session: str
    origin: Literal["page", "cli", "api"]
    call: str
    text: str
    range: Extent | None
    rows_read: int
    ms: int
    answer_rows: int
    link: str | None
    error: str | UnsetType = UNSET


class AskedList(Struct):
    asked: list[AskedRow]
    next: str | None
    scanned: Scanned


class AskedQuestions:
    def __init__(self, ask: Ask):
        self._ask = ask

    async def asked(self, within: Range, session: str | None, limit: int, cursor: str | None) -> AskedList:
        """One page of the questions, the newest first; of one session where it is named."""
        began = time.perf_counter()
        page = Page.asked("newest", limit, cursor, (int, str), self._ask.clock())
        params: dict[str, Any] = {"start": within.start, "end": within.end, "horizon": page.horizon, "limit": limit + 1}
        after = of_session = "true"
        if page.place:
            params["at"], params["id"] = page.place
            after = "(time, id) < (fromUnixTimestamp64Nano({at:Int64}), {id:String})"
        if session is not None:
            params["session"] = session
            of_session = "session = {session:String}"
        answer = await self._ask.answer("asked", params, after=after, session=of_session)
        rows, following = page.cut(answer.rows, lambda row: row[:2])
        return AskedList(asked=list(map(_row, rows)), next=following, scanned=total([answer], began))


def _row(row: list[Any]) -> AskedRow:
    at, id, until, times, who, session, origin, call, text, start, end, rows_read, ms, answer_rows, error, link = row
    return AskedRow(
        id=id,
        time=str(at),
        until=str(until),
        times=times,
        who=who,
        session=session,
        origin=origin,
        call=call,
        text=text,
        range=None if start is None else Extent(str(start), str(end)),
        rows_read=rows_read,
        ms=ms,
        answer_rows=answer_rows,
        link=link or None,
        error=error or UNSET,
    )
