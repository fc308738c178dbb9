"""Which records went into which INSERT, written down before it is sent.

The engine recognises a repeated INSERT by its token, and the token is the range of records. So a replay must make the
same ranges again, however the records would be cut today. One text file a signal:

    stream 5f0c… (16 hex digits: this journal's life, part of every token)
    1 200        (records 1 to 200 were, or were about to be, one INSERT)
    201 350
    split 201 350 275        (that one failed: it became 201 to 275 and 276 to 350)

A torn last line is a plan that was never acted on.
"""

import os
import secrets
from pathlib import Path
from typing import NamedTuple


class Batch(NamedTuple):
    """Records `first` to `last`, both included."""

    first: int
    last: int


class Journal:
    def __init__(self, path: Path):
        self.path = path
        self.batches: list[Batch] = []
        self._stream = ""
        self._file: int | None = None

    def open(self, position: int) -> None:
        """Reads what was planned; `batches` are those not yet settled, from record `position` on."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._read()
        self._stream = self._stream or secrets.token_hex(8)
        self.settle(position)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def token(self, batch: Batch) -> str:
        """What the engine is to know this INSERT by."""
        return f"{self._stream}:{self.path.stem}:{batch.first}-{batch.last}"

    def plan(self, batch: Batch) -> None:
        """Durable on return."""
        self.batches.append(batch)
        self._append(f"{batch.first} {batch.last}")

    def split(self, batch: Batch, at: int) -> tuple[Batch, Batch]:
        """Two batches instead of `batch`, the first up to record `at`."""
        halves = Batch(batch.first, at), Batch(at + 1, batch.last)
        self._append(f"split {batch.first} {batch.last} {at}")
        self._replace(batch, halves)
        return halves

    def settle(self, position: int) -> None:
        """Forgets the batches before record `position`: what they became survives anything now."""
        self.batches = [batch for batch in self.batches if batch.last >= position]
        lines = [f"stream {self._stream}", *(f"{batch.first} {batch.last}" for batch in self.batches)]
        new = self.path.with_suffix(".new")
        with new.open("w") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        self.close()
        new.replace(self.path)
        self._sync_directory()
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)

    def _read(self) -> None:
        if not self.path.exists():
            return
        for line in self.path.read_text().split("\n")[:-1]:
            match line.split():
                case ["stream", stream]:
                    self._stream = stream
                case ["split", first, last, at]:
                    batch = Batch(int(first), int(last))
                    self._replace(batch, (Batch(batch.first, int(at)), Batch(int(at) + 1, batch.last)))
                case [first, last]:
                    self.batches.append(Batch(int(first), int(last)))

    def _replace(self, batch: Batch, halves: tuple[Batch, Batch]) -> None:
        place = self.batches.index(batch)
        self.batches[place : place + 1] = halves

    def _append(self, line: str) -> None:
        assert self._file is not None, "open() comes first"
        os.write(self._file, f"{line}\n".encode())
        os.fdatasync(self._file)

    def _sync_directory(self) -> None:
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
