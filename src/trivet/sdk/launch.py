"""`trivet run`: the environment in which a Python program starts with Trivet, and what it would find there."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from trivet.errors import CannotStart
from trivet.sdk.endpoint import targets
from trivet.sdk.resource import service_name
from trivet.settings import AppSettings

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
        raise CannotStart(f"there is no program {words[0]!r} here", hint="trivet run -- python app.py")
    return [program, *words[1:]]


def environment(environ: Mapping[str, str], **settings: str | None) -> dict[str, str]:
    """`environ` with our directory first on PYTHONPATH, and settings as `TRIVET_*` variables."""
    path = [entry for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry and entry != str(BOOTSTRAP)]
    named = {f"TRIVET_{name.upper()}": value for name, value in settings.items() if value is not None}
    return {**environ, **named, "PYTHONPATH": os.pathsep.join([str(BOOTSTRAP), *path])}


def explain(command: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """What would be sent where and as whom, a line each."""
    settings, problems = AppSettings.load({}, environ)
    lines = [f"problem: {problem}" for problem in problems]
    try:
        found = targets(settings, environ, "TRIVET_ENDPOINT" in environ)
        lines += [f"{signal}: {target}" for signal, target in found.items()]
    except ValueError as error:
        lines.append(f"problem: {error}")
    name = settings.service or service_name(environ, command)
    return [*lines, f"service.name: {name}"]
