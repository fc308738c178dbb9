"""Appending and reading in one line."""

import asyncio
from collections.abc import Iterable

from trivet.errors import Full
from trivet.spool.record import Record
from trivet.spool.spool import Spool


def append(spool: Spool, *bodies: bytes, signal: str = "traces", batches: Iterable[bytes] = ()) -> list[int | Full]:
    """Appends all at once; numbers, or Full where there was no room."""
    keys = [*batches] or [b""] * len(bodies)

    async def together() -> list[int | Full]:
        appends = (spool.append(signal, b, items=len(b), batch=k) for b, k in zip(bodies, keys, strict=True))
        return await asyncio.gather(*appends, return_exceptions=True)

    answers = asyncio.run(together())
    for answer in answers:
        if not isinstance(answer, int | Full):
            raise answer
    return answers


def append_each(spool: Spool, *bodies: bytes, signal: str = "traces") -> list[int | Full]:
    """A group each."""
    return [append(spool, body, signal=signal)[0] for body in bodies]


def read_all(spool: Spool, signal: str = "traces", *, max_bytes: int = 10_000) -> list[Record]:
    records: list[Record] = []
    while more := spool.streams[signal].read(records[-1].number + 1 if records else 1, max_bytes=max_bytes):
        records += more
    return records


def bodies(spool: Spool, signal: str = "traces") -> dict[int, bytes]:
    return {record.number: record.body for record in read_all(spool, signal)}
