"""`trivet demo`: the server and a small real program under load."""

import argparse
from pathlib import Path

from trivet.demo.show import Wishes, show


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--calm", action="store_true", help="leave out what goes wrong")
    parser.add_argument(
        "--seconds", type=float, metavar="N", help="stop N seconds after it is ready; default: on Ctrl-C"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the data here; default: thrown away at the end")
    parser.add_argument("--http", metavar="HOST:PORT", help="the server's address, port 0: a free one (127.0.0.1:4318)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the page; also TRIVET_NO_BROWSER=1")


def run(args: argparse.Namespace) -> int:
    return show(
        Wishes(calm=args.calm, seconds=args.seconds, data=args.data, http=args.http, browser=not args.no_browser)
    )
