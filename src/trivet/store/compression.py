"""Content codings of the HTTP side: requests are taken apart as they come, answers are put together as they go."""

import sys
import zlib
from typing import Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

try:
    from lz4 import frame as lz4_frame
except ImportError:  # only clients written in ClickHouse's own tongue ask for it; clickhouse-connect brings it along
    lz4_frame = None


class Decoder(Protocol):
    def decompress(self, data: bytes) -> bytes: ...


class Encoder(Protocol):
    def compress(self, data: bytes) -> bytes: ...
    def flush(self) -> bytes: ...


class _Lz4Encoder:
    def __init__(self) -> None:
        self._compressor = lz4_frame.LZ4FrameCompressor()
        self._head = self._compressor.begin()

    def compress(self, data: bytes) -> bytes:
        head, self._head = self._head, b""
        return head + self._compressor.compress(data)

    def flush(self) -> bytes:
        head, self._head = self._head, b""
        return head + self._compressor.flush()


DECODERS = {
    "gzip": lambda: zlib.decompressobj(wbits=31),
    "deflate": lambda: zlib.decompressobj(wbits=47),  # zlib or gzip header, whichever comes
    "zstd": zstd.ZstdDecompressor,
}
ENCODERS = {
    "zstd": lambda: zstd.ZstdCompressor(level=1),
    "gzip": lambda: zlib.compressobj(level=1, wbits=31),
    "deflate": lambda: zlib.compressobj(level=1, wbits=15),
}
if lz4_frame:
    DECODERS["lz4"] = lz4_frame.LZ4FrameDecompressor
    ENCODERS = {"lz4": _Lz4Encoder, **ENCODERS}


def decoder(coding: str) -> Decoder | None:
    """For a `Content-Encoding`; None when it is empty. KeyError: a coding that is not read here."""
    return None if coding in ("", "identity") else DECODERS[coding]()


def encoder(accepted: str) -> tuple[str, Encoder | None]:
    """The cheapest coding that `Accept-Encoding` names, and a new encoder for it; `("", None)` when there is none."""
    names = {part.split(";")[0].strip().lower() for part in accepted.split(",")}
    coding = next((name for name in ENCODERS if name in names), "")
    return coding, ENCODERS[coding]() if coding else None
