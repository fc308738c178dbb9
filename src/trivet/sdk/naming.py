"""A service's name out of the command that started it: `uvicorn shop.main:app` is `shop`."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import PurePath

SERVERS = {"uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "uwsgi", "waitress-serve"}
# Says what a module does in its service, not which service it is.
GENERIC = {"main", "__main__", "app", "api", "asgi", "wsgi", "server", "application", "manage", "run", "cli"}
INHERITED = "TRIVET_PARENT_SERVICE"  # how a process tells its name to those it starts
NAMELESS = {"main", "__main__", "manage", "asgi", "wsgi", "run"}


def guess_service(
    argv: Sequence[str] = sys.orig_argv, environ: Mapping[str, str] = os.environ, directory: str | None = None
) -> str:
    """Never empty; without anything to go by, as in a spawned worker, the service of the process that started it."""
    program, arguments = _program(list(argv))
    name = _by_program(program, arguments, environ) or _of_module(program)
    if name in NAMELESS:
        name = PurePath(directory or os.getcwd()).name
    return environ.get(INHERITED, name or "python") if name in ("", "python") else name


def _program(argv: list[str]) -> tuple[str, list[str]]:
    """The script or module that Python runs, without its suffix and directory, and its arguments."""
    words = argv[1:] if argv and PurePath(argv[0]).name.lower().startswith(("python", "pypy")) else argv
    while words and words[0].startswith("-"):
        if words[0] == "-m" and len(words) > 1:
            return words[1], words[2:]
        if words[0].startswith("-m"):
            return words[0][2:], words[1:]
        if words[0].startswith("-c") or words[0] == "-":
            return "python", []
        words = words[2:] if words[0] in ("-W", "-X", "--check-hash-based-pycs") else words[1:]
    if not words:
        return "python", []
    path = PurePath(words[0])
    # `python package/__main__.py` and `python directory` are named by the directory.
    return (path.parent.name if path.stem == "__main__" else path.stem), words[1:]


def _by_program(program: str, arguments: list[str], environ: Mapping[str, str]) -> str:
    if program in SERVERS or program.split(".")[0] in SERVERS:
        return _of_module(_first_target(arguments))
    if program == "flask":
        return _of_module(_option(arguments, "--app", "-A") or environ.get("FLASK_APP", ""))
    if program in ("celery", "taskiq", "rq", "arq", "dramatiq", "huey_consumer"):
        return _worker(program, arguments)
    if program == "manage" or program.startswith("django"):
        return _of_module(environ.get("DJANGO_SETTINGS_MODULE", "").removesuffix(".settings"))
    return ""


def _worker(program: str, arguments: list[str]) -> str:
    app = _option(arguments, "-A", "--app") or _first_target(arguments)
    name = _of_module(app)
    role = next((word for word in arguments if word in ("worker", "beat", "flower", "scheduler")), "")
    return f"{name}-{role}" if name and role else name


def _option(arguments: Sequence[str], *names: str) -> str:
    for place, word in enumerate(arguments):
        if word in names and place + 1 < len(arguments):
            return arguments[place + 1]
        for name in names:
            if word.startswith(f"{name}="):
                return word[len(name) + 1 :]
    return ""


def _first_target(arguments: Sequence[str]) -> str:
    """The word that looks like `module:attribute`, else the last one that is no option."""
    words = [word for word in arguments if not word.startswith("-")]
    targets = [word for word in words if ":" in word and not word.replace(":", "").replace(".", "").isdigit()]
    named = [word for word in targets if word.partition(":")[0].replace(".", "").replace("_", "").isalnum()]
    return named[0] if named else (words[-1] if words else "")


def _of_module(target: str) -> str:
    """`shop.api.main:app` → `shop`; a module that only has a generic name keeps it."""
    module = target.partition(":")[0].removesuffix(".py")
    parts = [part for part in module.replace("/", ".").split(".") if part]
    while len(parts) > 1 and parts[-1] in GENERIC:
        parts.pop()
    return parts[-1] if parts else ""
