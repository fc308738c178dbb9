"""`trivet VERB …`: the list of verbs, and the one place that prints what went wrong.

A verb is a module of this room (`import_` for `import`) with `add_arguments(parser)` and `run(args) -> exit status`.
Only the module of the verb that was typed is imported: a fresh `trivet status` takes 0.1 s, and `trivet run` needs no
extra of the server.
"""

import argparse
import difflib
import importlib
import keyword
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from trivet.cli.complaint import Misused, print_complaint
from trivet.errors import CannotStart, TrivetError
from trivet.version import __version__

VERBS = {
    "up": "start the server: receive, store, show",
    "demo": "start the server and a company under load, on the day its migration stalls",
    "run": "run a Python program with everything it uses instrumented",
    "exec": "run any command as one span",
    "search": "find traces",
    "trace": "show one trace as a waterfall, log records at their moment",
    "logs": "show log records",
    "tail": "follow log records as they arrive",
    "services": "list services with their rate, errors and latency",
    "query": "calculate figures by group and over time",
    "flame": "show many traces as one flame graph",
    "diff": "show what explains that some traces take longer than others",
    "compare": "show what is different about what matches, field by field",
    "patterns": "show log records that say the same, folded",
    "fields": "list what can be asked about",
    "values": "list what a field holds",
    "sql": "ask in SQL",
    "asked": "list what was asked, and how to ask it again",
    "export": "write what is stored as OTLP in JSON, a request a line",
    "import": "send OTLP in JSON, as export and collectors write it, to a server",
    "instrument": "write rules for a library that nobody tells of, and their test",
    "watch": "watch a database: who waits for a lock, and whose trace holds it",
    "completion": "print a script that lets the shell complete commands",
    "status": "show how the server is doing",
}
EXTRAS = {"demo": "demo", "watch": "postgres"}  # that a verb needs; the others: server
INTERRUPTED = 130  # as a shell reports a command that SIGINT ended
READER_GONE = 141  # and one that SIGPIPE ended


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one verb; the exit status."""
    _survive_narrow_encodings()
    try:
        return _run_and_flush(list(sys.argv[1:] if argv is None else argv))
    except TrivetError as error:
        print_complaint(error)
        return 2 if isinstance(error, CannotStart | Misused) else 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return READER_GONE


def _run_and_flush(argv: list[str]) -> int:
    """What is still buffered is written here, where a reader that has gone is no surprise, and not at Python's exit."""
    try:
        return _run(argv)
    finally:
        sys.stdout.flush()


def _run(argv: list[str]) -> int:
    verb = argv[0] if argv and not argv[0].startswith("-") else None
    if verb and verb not in VERBS:
        raise _no_such_verb(verb)
    module = _module(verb) if verb else None
    parser, of_verb = _parser(verb, module)
    args, unknown = parser.parse_known_args(argv)
    if unknown:
        of_verb.error(f"unrecognized arguments: {' '.join(unknown)}")
    if module is None:
        parser.print_help()
        return 0
    return module.run(args)


def _no_such_verb(verb: str) -> Misused:
    near = difflib.get_close_matches(verb, VERBS, 1)
    hint = f"did you mean `trivet {near[0]}`?" if near else "`trivet --help` lists them"
    return Misused(f"there is no verb {verb!r}", hint=hint)


def _parser(verb: str | None, module: ModuleType | None) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """Every verb with its line of help, and the arguments of the one that was typed; the parser of all, and of that."""
    parser = argparse.ArgumentParser(prog="trivet", description="Traces, metrics and logs on one stand.")
    parser.add_argument("--version", action="version", version=f"trivet {__version__}")
    verbs, of_verb = parser.add_subparsers(metavar="VERB", title="verbs", prog="trivet"), parser
    for name, line in VERBS.items():
        child = verbs.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".", allow_abbrev=False)
        if module and name == verb:
            module.add_arguments(child)
            of_verb = child
    return parser, of_verb


def verb_parser(verb: str) -> argparse.ArgumentParser:
    """The arguments of one verb."""
    parser = argparse.ArgumentParser(prog=f"trivet {verb}", description=f"{VERBS[verb]}.", allow_abbrev=False)
    _module(verb).add_arguments(parser)
    return parser


def _module(verb: str) -> ModuleType:
    try:
        return importlib.import_module(f"trivet.cli.{verb}{'_' if keyword.iskeyword(verb) else ''}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "trivet":
            raise
        raise CannotStart(
            f"`trivet {verb}` needs more than the base install, and {error.name} is not there",
            hint=f'pip install "trivet[{EXTRAS.get(verb, "server")}]"',
        ) from None


def _survive_narrow_encodings() -> None:
    """A terminal without the characters that we draw with shows `?` instead of ending in a UnicodeEncodeError."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _forget_stdout() -> None:
    """Python flushes stdout once more at exit: into nowhere, since the reader (`| head`) has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
