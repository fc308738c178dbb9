"""`trivet exec -- CMD`: any command as one span, for CI steps and one-off jobs."""

import argparse
import os
import resource
import signal

from opentelemetry import trace

import trivet
from trivet.cli.complaint import Misused
from trivet.sdk.child import run_traced


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "trivet exec [--service NAME] [--endpoint URL] -- CMD…"
    parser.add_argument("--service", metavar="NAME", help="service.name; default: the command's own name")
    parser.add_argument("--endpoint", metavar="URL", help="where data goes; default: OTEL_* or http://127.0.0.1:4318")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command and its arguments")


def run(args: argparse.Namespace) -> int:
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        raise Misused("no command to run", hint="trivet exec -- make test")
    named = args.service or os.environ.get("TRIVET_SERVICE") or os.environ.get("OTEL_SERVICE_NAME")
    trivet.start(named or os.path.basename(command[0]), args.endpoint, metrics=False, instrument=False)
    code = run_traced(trace.get_tracer("trivet"), command, os.environ)
    trivet.shutdown()
    if code < 0:
        _die_of(-code)
    return code


def _die_of(number: int) -> None:
    """As the command did, without a core file of our own."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
