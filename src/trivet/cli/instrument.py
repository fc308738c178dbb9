"""`trivet instrument new LIB`: a rule file and its test, to start from, for a library that nobody tells of."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from trivet.cli.plain import columns
from trivet.errors import NotFound
from trivet.instrument.new import files
from trivet.instrument.new.calls import calls_of
from trivet.instrument.new.choice import Choice, choose
from trivet.instrument.new.library import Library, library
from trivet.instrument.own import FOLDER

MOST_SHOWN = 12  # calls that were left out


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "trivet instrument new LIB [--out DIR] [--json]"
    parser.add_argument("what", choices=("new",), metavar="new", help="write a rule file and its test")
    parser.add_argument("library", metavar="LIB", help="an installed library, by its package's or its module's name")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path(FOLDER), help="where to (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print what was found and written as JSON")


def run(args: argparse.Namespace) -> int:
    sys.path.insert(0, os.getcwd())  # a module of the project itself is a library, too
    found = library(args.library)
    chosen, rest = choose(calls_of(found.modules))
    if not chosen:
        raise NotFound(
            f"no call of {found.name} looks as if it sends, receives or asks",
            hint="name one of its modules, as in shop.queue; or write a rule by hand, as the guide shows",
        )
    written = files.write(found, chosen, args.out)
    if args.json:
        print(json.dumps(_as_json(found, chosen, rest, written), ensure_ascii=False))
    else:
        print(*_told(found, chosen, rest, written), sep="\n")
    return 0


def _told(found: Library, chosen: Sequence[Choice], rest: Sequence[Choice], written: Sequence[Path]) -> Iterator[str]:
    rules, test = written
    yield f"{found.name} {found.version}".rstrip() + f" · told of by {found.told_by}"
    if found.note:
        yield f"  {found.note}"
    if found.commands:
        yield f"  it has commands: {', '.join(found.commands)}"
    yield from ("", "calls with a rule now, and why:")
    yield from (f"  {line}" for line in columns(*map(_row, chosen)))
    if rest:
        shown = ", ".join(each.call.path for each in rest[:MOST_SHOWN])
        more = f" and {len(rest) - MOST_SHOWN} more" if len(rest) > MOST_SHOWN else ""
        yield from ("", f"left out: {shown}{more}")
    yield from ("", f"wrote {rules} and {test}", "", "to fill in:", *_to_fill_in(chosen))
    yield from ("", f"try it: python -m pytest {test}", f"use it: trivet run --rules {rules.parent} -- python app.py")


def _row(choice: Choice) -> tuple[str, ...]:
    return choice.call.target, choice.kind, choice.call.shape, ", ".join(choice.because)


def _to_fill_in(chosen: Sequence[Choice]) -> Iterator[str]:
    yield "  names and attributes: what would you look for when one of these calls is slow?"
    kinds = {each.kind for each in chosen}
    if kinds & {"producer", "consumer"}:
        yield "  where the context travels: `before` puts it into the message, `parent` takes it out"
    yield "  the test's calls: real ones, against a real server"


def _as_json(
    found: Library, chosen: Sequence[Choice], rest: Sequence[Choice], written: Sequence[Path]
) -> dict[str, Any]:
    rules, test = map(str, written)
    told = {name: getattr(found, name) for name in ("name", "distribution", "version", "commands", "told_by", "note")}
    calls = {"chosen": list(map(_choice, chosen)), "left_out": list(map(_choice, rest))}
    return {**told, "rules": rules, "test": test, **calls}


def _choice(choice: Choice) -> dict[str, Any]:
    said = {"target": choice.call.target, "kind": choice.kind, "shape": choice.call.shape, "points": choice.points}
    return {**said, "because": choice.because, "through": choice.through}
