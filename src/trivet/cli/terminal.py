"""The terminal: where data is printed, how wide it is, and that we are still at it."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console, RenderableType

from trivet.cli.figures import count

PIPE_WIDTH = 120  # of drawings that no terminal bounds
UNBOUNDED = 100_000  # tables in a pipe are not cut: grep and awk want whole cells


def width() -> int:
    """Cells for a drawing: the terminal's, else COLUMNS, else a fixed one."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return _console().width
    return PIPE_WIDTH


def show(*things: RenderableType) -> None:
    """Prints to stdout, coloured on a terminal only (and never with NO_COLOR)."""
    console = _console()
    for thing in things:
        console.print(thing, soft_wrap=isinstance(thing, str))


def show_lines(lines: Iterable[RenderableType]) -> None:
    """Prints each line as it comes, however wide: the terminal wraps it, a pipe gets it whole."""
    console = _console()
    for line in lines:
        console.print(line, soft_wrap=True)
        console.file.flush()


def note(text: str) -> None:
    """One line beside the data."""
    print(text, file=sys.stderr)


Progress = Mapping[str, int]


@contextmanager
def waiting(words: str) -> Iterator[Callable[[Progress], None]]:
    """Says on stderr what is being waited for, on a terminal only, and takes it away again. What it hands out says how
    far that is."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(words) as status:
        yield lambda progress: status.update(f"{words}: {progress_text(progress)}")


def progress_text(progress: Progress) -> str:
    """`1.20 M of 40.0 M rows`; of how many is not always known."""
    rows, total = progress["rows"], progress["total"]
    return f"{count(rows)} of {count(total)} rows" if total > rows else f"{count(rows)} rows"


class Ticker:
    """Says on stderr how far long work is: on a terminal as it goes, a few times a second, and at the end anywhere."""

    EVERY_SECONDS = 0.2

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._said_at = float("-inf")

    def say(self, words: str) -> None:
        if self._terminal and time.monotonic() - self._said_at >= self.EVERY_SECONDS:
            self._said_at = time.monotonic()
            self._write(words, "")

    def end(self, words: str) -> None:
        self._write(words, "\n")

    def _write(self, words: str, end: str) -> None:
        print(f"\r\x1b[K{words}" if self._terminal else words, end=end, file=sys.stderr, flush=True)


def _console() -> Console:
    """With a height, since rich takes a width alone for a guess where TERM is `dumb`."""
    bounded = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    size = {} if bounded else {"width": UNBOUNDED, "height": 25}
    return Console(highlight=False, markup=False, emoji=False, **size)
