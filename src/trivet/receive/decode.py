"""From a body as sent to protobuf bytes and their number of items.

Protobuf of ordinary size is checked right here, in 0.3 µs a span. What would hold the event loop (and the GIL, which
the protobuf runtime keeps) goes to a process of its own: all JSON, and protobuf over INLINE_BYTES.
"""

from typing import Final

from trivet.otlp.validate import validate
from trivet.receive.decode_pool import DecodePool

INLINE_BYTES: Final = 4 * 1024 * 1024
"""2.7 ms of event loop at most for real telemetry; a collector's batch of 8,192 spans is about this size."""


class Decoder:
    def __init__(self, pool: DecodePool):
        self._pool = pool

    async def decode(self, signal: str, body: bytes, *, json: bool) -> tuple[bytes, int]:
        """(protobuf, items); Invalid when it is no request of this signal, TooLarge when decoding needs too much."""
        if json:
            return await self._pool.translate(signal, body)
        if len(body) > INLINE_BYTES:
            return body, await self._pool.count(signal, body)
        return body, validate(signal, body)
