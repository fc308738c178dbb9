"""What could be typed next: verbs, options and their choices, and in a filter the server's own fields and values.

The shell asks at each Tab, so that a new verb or field needs no new script. Whatever goes wrong, there are none: a
person at a prompt wants no message then. argparse keeps its actions in attributes that are private by name only;
libraries for completion read the same ones.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from typing import Any

from trivet.cli import arguments
from trivet.cli.main import VERBS, verb_parser
from trivet.errors import TrivetError

# Of which signal a verb's filter speaks.
SIGNALS = {"logs": "logs", "tail": "logs", "patterns": "logs"}
SECONDS = 1.0
MOST = 50
VALUE = re.compile(r"(-?)([^\s:=<>~!()\"]+)(:|=)(\"?)([^\"]*)")


def candidates(words: Sequence[str]) -> list[str]:
    """`words` are those after `trivet`, the last one still being typed (and perhaps empty)."""
    *before, typed = words or [""]
    if not before:
        return [verb for verb in VERBS if verb.startswith(typed)]
    if before[0] not in VERBS or "--" in before:
        return []
    try:
        found = _of_verb(before[0], before[1:], typed)
        return sorted({each for each in found if each.startswith(typed)})
    except TrivetError:
        return []


def _of_verb(verb: str, before: Sequence[str], typed: str) -> Iterator[str]:
    actions = verb_parser(verb)._actions
    options = {option: action for action in actions for option in action.option_strings}
    asked_for = options.get(before[-1]) if before else None
    if asked_for is not None and asked_for.nargs != 0:
        yield from _filter(verb, before, typed) if asked_for.dest == "filter" else map(str, asked_for.choices or ())
    elif typed.startswith("-"):
        yield from options
    else:
        yield from _positional(verb, actions, before, typed)


def _positional(verb: str, actions: Sequence[argparse.Action], before: Sequence[str], typed: str) -> Iterator[str]:
    for action in actions:
        if not action.option_strings and action.choices:
            yield from map(str, action.choices)
        elif not action.option_strings and action.dest == "filter":
            yield from _filter(verb, before, typed)


def _filter(verb: str, before: Sequence[str], typed: str) -> Iterator[str]:
    """Names of fields, and behind `field:` its values, the most frequent of the last hour."""
    url = next((before[at + 1] for at, word in enumerate(before[:-1]) if word == "--url"), None)
    server = arguments.connect(argparse.Namespace(url=url), seconds=SECONDS)
    asked: dict[str, Any] = {"signal": SIGNALS.get(verb, "traces"), "limit": MOST}
    if term := VALUE.fullmatch(typed):
        negated, field, operator, quote, prefix = term.groups()
        for row in server.get("/api/values", field=field, prefix=prefix, **asked)["values"]:
            value = row["value"] if isinstance(row["value"], str) else str(row["value"]).lower()
            yield f"{negated}{field}{operator}{_quoted(value, quote)}"
    else:
        sign = "-" if typed.startswith("-") else ""
        for row in server.get("/api/fields", prefix=typed.removeprefix("-"), **asked)["fields"]:
            yield f"{sign}{row['name']}:"


def _quoted(value: str, quote: str) -> str:
    """As the filter language wants it where a word would not do."""
    if quote or not re.fullmatch(r"[\w./:@%+-]+", value):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return value
