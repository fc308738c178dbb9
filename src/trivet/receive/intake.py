"""What every listener does with a body that was let in: decode it, append it to the spool, count it."""

from typing import Protocol

from trivet.errors import Invalid, TooLarge, TrivetError
from trivet.receive.counts import Counts
from trivet.receive.decode import Decoder
from trivet.tokens import Principal


class Append(Protocol):
    """The spool, as far as receiving knows it: durable when it returns, Full when it cannot."""

    async def append(self, signal: str, body: bytes, *, items: int, tenant: str, batch: bytes) -> int: ...


class Intake:
    def __init__(self, spool: Append, decoder: Decoder, counts: Counts):
        self._spool = spool
        self._decoder = decoder
        self._counts = counts

    async def take(self, signal: str, body: bytes, *, json: bool, sender: Principal, batch: bytes) -> str:
        """Returns when the items are on disk: a warning for the sender, or "". Raises what refuses them."""
        protobuf, items = await self._decode(signal, body, json=json)
        if protobuf:
            await self._append(signal, protobuf, items, sender, batch)
        return "" if protobuf or len(body) <= len("{}") else f"no {signal} in this body: nothing in it was understood"

    async def _decode(self, signal: str, body: bytes, *, json: bool) -> tuple[bytes, int]:
        try:
            return await self._decoder.decode(signal, body, json=json)
        except (Invalid, TooLarge):
            self._counts.of(signal).rejected += 1
            raise

    async def _append(self, signal: str, protobuf: bytes, items: int, sender: Principal, batch: bytes) -> None:
        counts = self._counts.of(signal)
        counts.received += items
        try:
            await self._spool.append(signal, protobuf, items=items, tenant=sender.tenant, batch=batch)
        except TrivetError:
            counts.rejected += items
            raise
        counts.acknowledged += items


def batch_key(header: str) -> bytes:
    """The 16 bytes of a `Trivet-Batch` header, or b"" without one; Invalid when it is not 32 hexadecimal digits."""
    try:
        key = bytes.fromhex(header)
    except ValueError:
        key = b"?"
    if len(key) not in (0, 16) or len(header) != 2 * len(key):
        raise Invalid("Trivet-Batch must be 32 hexadecimal digits")
    return key
