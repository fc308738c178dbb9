"""`trivet asked`: what people, pages and scripts asked, the oldest first, so that it reads as a story."""

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from trivet.cli import arguments
from trivet.cli.client import Client, shell_session
from trivet.cli.figures import clock, count, moment, one_line
from trivet.cli.table import table
from trivet.cli.terminal import note, show, waiting

Json = Mapping[str, Any]

LONGEST_TEXT = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    arguments.add_bounds(parser)
    parser.add_argument("--session", metavar="NAME", help="of one tab or shell only")
    parser.add_argument("--mine", action="store_true", help="of this shell only")
    parser.add_argument("--links", action="store_true", help="show the address that asks each again")
    arguments.add_limit(parser, help="the newest N")
    arguments.add_server(parser)


def run(args: argparse.Namespace) -> int:
    server = arguments.connect(args)
    session = shell_session() if args.mine else args.session
    with waiting("asking"):
        answer = server.pages("/api/asked", "asked", args.limit, start=args.start, end=args.end, session=session)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif answer["asked"]:
        show(_table(server, answer["asked"][::-1], args.links))
        if answer.get("next"):
            note(f"the newest {len(answer['asked'])}; more with --limit")
    else:
        note("nothing was asked in this range (the last hour unless --start says otherwise), or nothing is kept")
    return 0


def _table(server: Client, asked: Sequence[Json], links: bool) -> Any:
    titles = [("time", "left"), ("who", "left"), ("from", "left"), ("session", "left"), ("asked", "left")]
    figures = [(title, "right") for title in ("rows read", "ms", "answer")]
    more = [("again", "left")] if links else []
    return table([*titles, *figures, *more], (_row(server, each, links) for each in asked))


def _row(server: Client, asked: Json, links: bool) -> list[Text | str]:
    link = [server.url + asked["link"] if asked["link"] else ""] if links else []
    return [
        moment(asked["time"]) + (f"–{clock(asked['until'])} ×{asked['times']}" if asked["times"] > 1 else ""),
        one_line(asked["who"]),
        asked["from"],
        Text(one_line(asked["session"]), "dim"),
        _text(asked),
        count(asked["rows_read"]),
        count(asked["ms"]),
        Text(asked["error"], "red") if asked.get("error") else count(asked["answer_rows"]),
        *link,
    ]


def _text(asked: Json) -> Text:
    text = one_line(asked["text"])
    cut = text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"
    return Text.assemble((asked["call"], "cyan"), " ", cut)
