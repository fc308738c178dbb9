"""Makes docs/reference/*.md out of the program: `make reference`. tests/test_docs.py fails when a page is stale."""

import argparse
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from trivet.cli.main import VERBS, verb_parser
from trivet.cli.up import default_text
from trivet.instrument import catalogue, contrib
from trivet.serve.app import described
from trivet.serve.codes import CODES
from trivet.settings import AppSettings, ServerSettings

REFERENCE = Path(__file__).parent / "reference"
MADE = "<!-- Made by `make reference`; not to be edited. -->"
TYPE_NAMES = {"Bytes": "size", "Seconds": "duration", "str": "text", "Path": "path", "int": "number", "bool": "switch"}

ERRORS = """\
# Errors of the API

An error is `{"error": {"code", "message", "hint", "at"}}`: `code` is one of the words below, `hint` says what to do,
`at` is a column of what was asked. `GET /api/openapi.json` has the same list.

"""
SETTINGS = """\
# Settings

Flags win over environment variables, those over `trivet.toml`, those over the defaults. Sizes take units (`64MiB`,
`2GB`), durations too (`500ms`, `30s`, `7d`). In the file a setting stands under its name; as a flag of `trivet up`
with `-` for `_`.
"""
COMMANDS = """\
# Commands

Data goes to stdout, everything else to stderr. Exit status: 0 done, 1 failed, 2 cannot start or wrongly called.
`TRIVET_URL` names the server; `TRIVET_READ_TOKEN` and `TRIVET_INGEST_TOKEN` hold the tokens, or `TRIVET_TOKEN` both.
"""
INSTRUMENTED = """\
# What is instrumented

`trivet.start()` and `trivet run` tell of these libraries by themselves, each from the moment it is imported.
`trivet run --explain -- python app.py` says what is installed where you are, and who tells of it.
[A rule of your own](../guides/write-an-instrumentation.md) is a few lines.

"""
OTHERS = """
## By OpenTelemetry's packages

An instrumentation package of OpenTelemetry that is installed is used for what Trivet has no rules for, if its own check
of versions passes. Where a program starts one for a library of the table above, Trivet's rules let go of that library.
"""
NOBODY = """
## By nobody

{}: `trivet instrument new LIB` looks at an installed library and writes a rule file and its test. What such a library
does through one that is told of (HTTP, SQL, Redis, processes) is seen there.
"""
API = """\
# The HTTP API

{about} `GET /api/openapi.json` describes it for programs.

Calls that can take long also answer `Accept: text/event-stream`, with progress and then the result. A `POST` is also
answered as `GET` with its body in the parameter `body`, so that a question can be a link.
"""

Json = dict[str, Any]


def pages() -> dict[str, str]:
    """File name → its text."""
    makers: dict[str, Callable[[], Iterable[str]]] = {
        "errors.md": errors, "settings.md": settings, "cli.md": commands, "api.md": api,
        "instrumented.md": instrumented,
    }  # fmt: skip
    return {name: "\n".join([MADE, "", *lines()]).rstrip() + "\n" for name, lines in makers.items()}


def errors() -> Iterator[str]:
    yield from ERRORS.splitlines()
    yield from table(("code", "meaning"), ((f"`{code}`", meaning) for code, meaning in sorted(CODES.items())))


def settings() -> Iterator[str]:
    yield from SETTINGS.splitlines()
    for title, kind in (("The server", ServerSettings), ("In an app", AppSettings)):
        yield from ("", f"## {title}", "")
        yield from table(("name", "variable", "default", "what it is"), map(_setting, _told(kind)))


def _told(kind: type) -> list[dataclasses.Field[Any]]:
    return [each for each in dataclasses.fields(kind) if each.name != "forward"]


def _setting(each: dataclasses.Field[Any]) -> tuple[str, ...]:
    names = [f"TRIVET_{each.name.upper()}", each.metadata["otel"]]
    default = default_text(each.default)
    variables = " or ".join(f"`{name}`" for name in names if name)
    return f"`{each.name}`", variables, f"`{default}`" if default else "", each.metadata["help"]


def commands() -> Iterator[str]:
    yield from COMMANDS.splitlines()
    for verb, line in VERBS.items():
        yield from ("", f"## trivet {verb}", "", f"{line[0].upper()}{line[1:]}.")
        if verb == "up":
            yield from ("", "`--config FILE`, and every setting of [the server](settings.md) as a flag.")
            continue
        if rows := list(_arguments(verb_parser(verb))):
            yield ""
            yield from table(("argument", "what it is"), rows)


def _arguments(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction) or action.help == argparse.SUPPRESS:
            continue
        value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
        if not action.option_strings:
            yield f"`{value}`", _help(action)
        else:
            names = ", ".join(action.option_strings)
            yield f"`{names}{'' if action.nargs == 0 else f' {value}'}`", _help(action)


def _help(action: argparse.Action) -> str:
    return (action.help or "") % vars(action)


def instrumented() -> Iterator[str]:
    yield from INSTRUMENTED.splitlines()
    rows = ((f"`{each.imports}`", each.covers) for each in catalogue.LIBRARIES)
    yield from table(("library", "what is told"), rows)
    yield from OTHERS.splitlines()
    yield ""
    packages = ((f"`{name}`", f"`{contrib.advice(name)}`") for name in contrib.PACKAGES)
    yield from table(("library", "what to install"), packages)
    yield from ("", "## By themselves", "")
    themselves = ((f"`{name}`", how) for name, how in catalogue.BY_THEMSELVES.items())
    yield from table(("library", "how"), themselves)
    yield from NOBODY.format(", ".join(f"`{name}`" for name in catalogue.NOBODY)).splitlines()


def api() -> Iterator[str]:
    document = described()
    yield from API.format(about=document["info"]["description"]).splitlines()
    for path, operations in sorted(document["paths"].items()):
        for method, operation in operations.items():
            yield from _operation(method.upper(), path, operation)
    yield from ("", "## Types")
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield from _schema(name, schema)


def _operation(method: str, path: str, operation: Json) -> Iterator[str]:
    yield from ("", f"## {method} {path}", "", operation["summary"])
    if operation.get("parameters"):
        yield ""
        rows = (
            (f"`{each['name']}`", _type(each["schema"]), _default(each["schema"])) for each in operation["parameters"]
        )
        yield from table(("parameter", "type", "default"), rows)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    status, answer = next(iter(operation["responses"].items()))
    said = [f"Body: {_type(body['schema'])}."] if body else []
    for media, content in answer.get("content", {}).items():
        events = ", ".join(f"`{name}` {_type(each)}" for name, each in content.get("x-events", {}).items())
        what = f"events {events}" if events else _type(content["schema"])
        said.append(f"Answer ({media}): {what}.")
    yield from ("", " ".join(said) or f"Answer: {status}.")


def _schema(name: str, schema: Json) -> Iterator[str]:
    yield from ("", f"### {name}", "")
    if schema.get("description"):
        yield from (" ".join(schema["description"].split()), "")
    required = schema.get("required", ())
    rows = (
        (f"`{field}`" + ("" if field in required else "?"), _type(each), _default(each))
        for field, each in schema.get("properties", {}).items()
    )
    yield from table(("field", "type", "default"), rows)


def _type(schema: Json) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(map(_type, schema["anyOf"]))
    if "enum" in schema:
        return " ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}" if schema.get("items") else "list"
    return schema.get("type", "any")


def _default(schema: Json) -> str:
    default = schema.get("default")
    return "" if default in (None, "") else f"`{default}`"


def table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(titles)
    yield "|" + "---|" * len(titles)
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text)
