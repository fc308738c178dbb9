"""`trivet run -- CMD`: a Python program as it is, with everything it uses instrumented."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence

from trivet.errors import CannotStart
from trivet.sdk.launch import command_of, environment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "trivet run [--service NAME] [--endpoint URL] [--rules PATH] [--console] [--explain] -- CMD…"
    parser.add_argument("--service", metavar="NAME", help="service.name; default: guessed from the command")
    parser.add_argument("--endpoint", metavar="URL", help="where data goes; default: OTEL_* or http://127.0.0.1:4318")
    parser.add_argument("--rules", metavar="PATH", help="a rule file about one more library, or a folder of them")
    parser.add_argument("--console", action="store_true", help="print spans and log records as a tree, too")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="say what would be sent where, which libraries are told of and by whom; run nothing",
    )
    parser.add_argument(
        "-m", dest="module", metavar="MODULE", nargs=argparse.REMAINDER, help="run a module, as python -m does"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the program and its arguments")


def run(args: argparse.Namespace) -> int:
    command = command_of([sys.executable, "-m", *args.module] if args.module else args.command)
    given = {"service": args.service, "endpoint": args.endpoint, "rules": _rules(args.rules)}
    environ = environment(os.environ, console="true" if args.console else None, **given)
    if args.explain:
        _explain(command, environ)
        return 0
    sys.stdout.flush()
    os.execve(command[0], command, environ)


def _rules(named: str | None) -> str | None:
    """Absolute, as what the program starts may run elsewhere. Raises CannotStart where there is nothing."""
    if named is not None and not os.path.exists(named):
        raise CannotStart(f"there is no rule file or folder {named}", hint="trivet instrument new LIB writes one")
    return named and os.path.abspath(named)


def _explain(command: Sequence[str], environ: Mapping[str, str]) -> None:
    """With this interpreter's packages; imported here only, because a program's start pays for every import."""
    from trivet.cli.plain import columns
    from trivet.instrument.catalogue import coverage
    from trivet.sdk.explained import explain

    print(*explain(command, environ), "", sep="\n")
    titles = ("library", "version", "told by", "what is told, or how to have it told")
    rows = ((each.library, each.version, each.by, each.note) for each in coverage(environ.get("TRIVET_RULES", "")))
    print(*columns(titles, *rows), sep="\n")
