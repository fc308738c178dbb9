"""What a look at the database has found: sessions, the spans they work for, and which of them the others wait for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

TRACEPARENT = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-[0-9a-f]{2}")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SHORT = 60  # characters of a statement that serve as its name


@dataclass(frozen=True)
class SpanAddress:
    """Ids in hex, as they travel."""

    trace_id: str
    span_id: str


@dataclass(frozen=True)
class Session:
    """A connection of the database: who it is by its own word, and what it runs, or ran last."""

    pid: int
    application: str
    statement: str
    state: str = "active"

    @property
    def span(self) -> SpanAddress | None:
        """Named by a comment in the statement (sqlcommenter), or else by `application_name`."""
        for text in (*reversed(COMMENT.findall(self.statement)), self.application):
            if found := TRACEPARENT.search(text):
                return SpanAddress(found["trace"], found["span"])
        return None

    @property
    def text(self) -> str:
        """The statement in one line, without its comments."""
        return " ".join(COMMENT.sub(" ", self.statement).split())

    @property
    def name(self) -> str:
        """For a person, where no span has a better one."""
        short = self.text if len(self.text) <= SHORT else self.text[: SHORT - 1] + "…"
        application = TRACEPARENT.sub("", self.application).strip()
        return " › ".join(part for part in (application, short) if part) or f"session {self.pid}"


@dataclass(frozen=True)
class Waiting:
    """A session that waits for a lock since `waited` seconds, and the sessions that are in its way."""

    session: Session
    table: str
    mode: str
    waited: float
    blockers: Sequence[int]


@dataclass(frozen=True)
class Wait:
    """One that waits, and the one at the end of its queue, which holds the lock and waits for nobody."""

    waiting: Waiting
    holder: Session | None  # None: a transaction that was prepared, or that has ended meanwhile


def holders(waiting: Iterable[Waiting]) -> Mapping[int, int]:
    """For each pid that waits the one that it waits for in the end; those that wait in a circle have none."""
    blocked_by = {each.session.pid: each.blockers for each in waiting}
    return {pid: holder for pid in blocked_by if (holder := _end_of_queue(pid, blocked_by)) is not None}


def _end_of_queue(pid: int, blocked_by: Mapping[int, Sequence[int]]) -> int | None:
    seen, ahead = {pid}, list(blocked_by[pid])
    while ahead:
        first = ahead.pop(0)
        if first in seen or not first:  # 0 is a prepared transaction
            continue
        if first not in blocked_by:
            return first
        seen.add(first)
        ahead += blocked_by[first]
    return None


def joined(waiting: Sequence[Waiting], sessions: Iterable[Session]) -> Sequence[Wait]:
    ends, known = holders(waiting), {session.pid: session for session in sessions}
    return [Wait(each, known.get(ends.get(each.session.pid, 0))) for each in waiting]
