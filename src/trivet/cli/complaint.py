"""What a person sees when something went wrong: what happened, where in their text, what to do."""

import sys
from typing import TextIO

from trivet.errors import TrivetError


class Misused(TrivetError):
    """The command line itself is wrong: exit status 2."""

    code = "misused"


class Refused(TrivetError):
    """The server's answer was an error; `text` is what it was asked, into which `at` points."""

    def __init__(self, message: str, *, text: str = "", **more):
        super().__init__(message, **more)
        self.text = text


def print_complaint(error: TrivetError, to: TextIO | None = None) -> None:
    print(complaint(error), file=to or sys.stderr)


def complaint(error: TrivetError) -> str:
    """The error in one to four lines."""
    lines = [f"trivet: {error.message}"]
    if error.at is not None and getattr(error, "text", ""):
        lines += pointed(error.text, error.at)
    if error.hint:
        lines.append(f"  {error.hint}")
    return "\n".join(lines)


def pointed(text: str, at: int, width: int = 100) -> list[str]:
    """The line of `text` that offset `at` is in, and below it a caret at that place; long lines are cut around it."""
    at = min(max(at, 0), len(text))
    first = text.rfind("\n", 0, at) + 1
    line, column = text[first:].partition("\n")[0].replace("\t", " "), at - first
    if len(line) > width:
        cut = max(0, column - width // 2)
        line, column = line[cut : cut + width], column - cut
    return [f"  {line}", f"  {' ' * column}^"]
