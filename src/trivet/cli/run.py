"""`trivet run -- CMD`: a Python program as it is, with everything it uses instrumented."""

import argparse
import os
import sys

from trivet.sdk.launch import command_of, environment, explain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "trivet run [--service NAME] [--endpoint URL] [--explain] -- CMD…"
    parser.add_argument("--service", metavar="NAME", help="service.name; default: guessed from the command")
    parser.add_argument("--endpoint", metavar="URL", help="where data goes; default: OTEL_* or http://127.0.0.1:4318")
    parser.add_argument("--explain", action="store_true", help="say what would be sent where, and run nothing")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the program and its arguments")


def run(args: argparse.Namespace) -> int:
    command = command_of(args.command)
    environ = environment(os.environ, service=args.service, endpoint=args.endpoint)
    if args.explain:
        print(*explain(command, environ), sep="\n")
        return 0
    sys.stdout.flush()
    os.execve(command[0], command, environ)
