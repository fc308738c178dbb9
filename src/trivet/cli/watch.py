"""`trivet watch postgres DSN`: who waits for a lock, and whose trace holds it, put on the traces that wait."""

import argparse
import signal
import sys
import threading

import trivet
from trivet.settings import AppSettings
from trivet.watch.names import Names
from trivet.watch.report import Reporter
from trivet.watch.watching import watch

EVERY = 1.0  # seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "trivet watch postgres DSN [--every SECONDS] [--service NAME] [--endpoint URL]"
    parser.add_argument("kind", choices=["postgres"], help="what to watch")
    parser.add_argument("dsn", metavar="DSN", help="its address: postgresql://user@host/database, or key=value words")
    parser.add_argument("--every", type=float, default=EVERY, metavar="SECONDS", help=f"between two looks ({EVERY:g})")
    parser.add_argument(
        "--service", default="postgres", metavar="NAME", help="service.name of what it sends (postgres)"
    )
    parser.add_argument("--endpoint", metavar="URL", help="where data goes; default: OTEL_* or http://127.0.0.1:4318")


def run(args: argparse.Namespace) -> int:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    trivet.start(args.service, args.endpoint, instrument=False)
    settings, _ = AppSettings.load({"endpoint": args.endpoint})
    names = Names(settings.endpoint)
    watch(args.dsn, Reporter(names.of), args.every, stopping, _note)
    trivet.shutdown()
    return 0


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
