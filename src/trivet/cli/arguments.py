"""Arguments that reading verbs share: which server, which records, which range."""

import argparse
import os
from collections.abc import Mapping, Sequence
from typing import Any

from trivet.cli.client import DEFAULT_URL, Client


def add_server(parser: argparse.ArgumentParser, json_help: str = "print the API's answer as it is") -> None:
    parser.add_argument("--url", help=f"the server; default: TRIVET_URL, else {DEFAULT_URL}")
    parser.add_argument("--json", action="store_true", help=json_help)


def connect(args: argparse.Namespace, environ: Mapping[str, str] = os.environ, **more: Any) -> Client:
    """The client for `--url` and the environment's token; nothing is sent yet."""
    token = environ.get("TRIVET_READ_TOKEN") or environ.get("TRIVET_TOKEN") or ""
    return Client(args.url or environ.get("TRIVET_URL") or DEFAULT_URL, token=token, **more)


def connect_to_send(args: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> Client:
    """The same with the token for sending."""
    token = environ.get("TRIVET_INGEST_TOKEN") or environ.get("TRIVET_TOKEN") or ""
    return Client(args.url or environ.get("TRIVET_URL") or DEFAULT_URL, token=token)


def add_filter(parser: argparse.ArgumentParser, help: str) -> None:
    """A filter may be quoted as a whole or not at all: its words are joined by spaces."""
    parser.add_argument("filter", nargs="*", metavar="FILTER", help=help)


def filter_text(args: argparse.Namespace) -> str:
    return " ".join(args.filter)


def add_limit(parser: argparse.ArgumentParser, default: int = 100, help: str = "how many at most") -> None:
    parser.add_argument("--limit", type=positive, default=default, metavar="N", help=f"{help} (%(default)s)")


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def add_bounds(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--start", metavar="TIME", help="now-15m, 2026-11-23T14:00:00Z or unix ns; default: now-1h")
    parser.add_argument("--end", metavar="TIME", help="default: now")


def add_range(parser: argparse.ArgumentParser, orders: Sequence[str]) -> None:
    add_bounds(parser)
    parser.add_argument("--order", choices=orders, default=orders[0], help="which come first (%(default)s)")
    add_limit(parser)


def question(args: argparse.Namespace) -> dict[str, Any]:
    """The API's parameters that `add_filter` and `add_range` gathered."""
    return {"filter": filter_text(args) or None, "start": args.start, "end": args.end, "order": args.order}
