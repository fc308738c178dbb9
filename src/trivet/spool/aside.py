"""Requests that a consumer could not pass on: kept as they came, with the reason, for a person to look at.

    traces-000000000123.otlp     the request, protobuf
    traces-000000000123.txt      why

Bounded: beyond `max_bytes` the oldest make room.
"""

from pathlib import Path

from trivet.spool.record import Record

MAX_BYTES = 256 * 1024**2


class Aside:
    def __init__(self, directory: Path, max_bytes: int = MAX_BYTES):
        self.directory = directory
        self._max_bytes = max_bytes

    def put(self, signal: str, record: Record, reason: str) -> None:
        """Idempotent: the same record again overwrites itself."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.directory / f"{signal}-{record.number:012d}.otlp"
        path.write_bytes(record.body)
        path.with_suffix(".txt").write_text(f"{reason}\n")
        self._make_room()

    def requests(self) -> list[Path]:
        """The requests that are kept, oldest first."""
        return sorted(self.directory.glob("*.otlp"), key=lambda path: path.stat().st_mtime_ns)

    def _make_room(self) -> None:
        paths = self.requests()
        size = sum(path.stat().st_size for path in paths)
        for path in paths[:-1]:
            if size <= self._max_bytes:
                return
            size -= path.stat().st_size
            path.unlink()
            path.with_suffix(".txt").unlink(missing_ok=True)
