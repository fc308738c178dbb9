"""`trivet run`: the environment in which a Python program starts with Trivet.

Every import here is a millisecond of each start.
"""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from trivet.errors import CannotStart

BOOTSTRAP = Path(__file__).parent / "bootstrap"


def command_of(words: Sequence[str]) -> list[str]:
    """The command to run; a Python file may stand alone. Raises CannotStart when there is none to be found."""
    words = list(words[1:] if words and words[0] == "--" else words)
    if not words:
        raise CannotStart("no command to run", hint="trivet run -- python app.py")
    if words[0].endswith(".py") and os.path.isfile(words[0]):
        words.insert(0, sys.executable)
    program = shutil.which(words[0])
    if program is None:
        what = "file" if words[0].endswith(".py") else "program"
        raise CannotStart(f"there is no {what} {words[0]!r} here", hint="trivet run -- python app.py")
    return [program, *words[1:]]


def environment(environ: Mapping[str, str], **settings: str | None) -> dict[str, str]:
    """`environ` with our directory first on PYTHONPATH, and settings as `TRIVET_*` variables.

    The process that this one becomes says so when it is a Python without Trivet; what it starts does not.
    """
    path = [entry for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry and entry != str(BOOTSTRAP)]
    named = {f"TRIVET_{name.upper()}": value for name, value in settings.items() if value is not None}
    named["TRIVET_RUN"] = str(os.getpid())
    return {**environ, **named, "PYTHONPATH": os.pathsep.join([str(BOOTSTRAP), *path])}
