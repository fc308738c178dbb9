"""Content-Encoding, undone piece by piece: a body that grows a thousandfold is stopped at the limit, not after it."""

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final

from trivet.errors import Invalid, Unsupported

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE: Final = 256 * 1024
"""Most bytes handed out at once, about a millisecond of work; the caller counts a piece before it asks for the next."""
MAX_FRAMES: Final = 1024
"""Members or frames in one body; a million empty ones would cost time and yield nothing to count."""
MAX_WINDOW_LOG: Final = 23
"""zstd windows of up to 8 MiB, as RFC 8878 recommends to support; a frame may ask for far more before any output."""


class Inflate:
    """One body in one encoding: `feed` yields decompressed pieces, `finish` raises Invalid when the end is missing."""

    def __init__(self, encoding: str):
        if encoding not in _OPEN:
            raise Unsupported(f"content encoding {encoding!r} is not read here", hint="use gzip, deflate, zstd or none")
        self._encoding = encoding
        self._frame: Any = None
        self._frames = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data:
                if self._frame is None or self._frame.eof:
                    self._next_frame(data[0])
                yield from _pieces(self._frame, data)
                data = self._frame.unused_data
        except (zlib.error, zstd.ZstdError, MemoryError) as error:
            raise Invalid(f"the body is not {self._encoding}: {error}") from None

    def finish(self) -> None:
        if self._frame is not None and not self._frame.eof:
            raise Invalid(f"the {self._encoding} body is cut short")

    def _next_frame(self, first_byte: int) -> None:
        self._frames += 1
        if self._frames > MAX_FRAMES:
            raise Invalid(f"the body has over {MAX_FRAMES} {self._encoding} frames")
        self._frame = _OPEN[self._encoding](first_byte)


def _pieces(frame: Any, data: bytes) -> Iterator[bytes]:
    """All output that `data` gives. zlib hands back what it did not read, zstd keeps it; both may hold output back."""
    more = True
    while more and not frame.eof:
        piece = frame.decompress(data, PIECE)
        yield piece
        data = getattr(frame, "unconsumed_tail", b"")
        more = data or len(piece) == PIECE


def _open_deflate(first_byte: int) -> Any:
    """With the zlib header that HTTP asks for, or bare, as some clients send it."""
    wrapped = first_byte & 0x0F == zlib.DEFLATED and first_byte >> 4 <= 7
    return zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


def _open_gzip(_: int) -> Any:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


def _open_zstd(_: int) -> Any:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: MAX_WINDOW_LOG})


_OPEN: Final[dict[str, Callable[[int], Any]]] = {
    "gzip": _open_gzip,
    "x-gzip": _open_gzip,
    "deflate": _open_deflate,
    "zstd": _open_zstd,
}
