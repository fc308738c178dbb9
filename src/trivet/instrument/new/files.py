"""The rule file and its test, as text."""

import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from trivet.errors import CannotStart
from trivet.instrument.new import words
from trivet.instrument.new.choice import Choice
from trivet.instrument.new.library import Library

MOST_ATTRIBUTES = 3
SCALARS = ("str", "int", "float", "bool")
HEAD = '''"""{name}, told of by Trivet: one rule for each call that matters.

docs/guides/write-an-instrumentation.md says what a rule can do.
"""

'''
TEST_HEAD = '''"""Calls of {name} are spans.

As written nothing is set up (None stands for the object of a method), so most calls fail before they get anywhere, and
are told all the same: make them real.
"""

'''
TEST_FIXTURE = """

@pytest.fixture
def told():
    with trivet.testing.capture(rules=Path(__file__).with_name("{rules}")) as told:
        yield told
"""


def names(library: Library) -> tuple[str, str]:
    """Of the rule file and of its test."""
    stem = library.name.replace(".", "_")
    return f"{stem}_rules.py", f"test_{stem}_rules.py"


def write(library: Library, chosen: Sequence[Choice], folder: Path) -> tuple[Path, Path]:
    """Both files; CannotStart where one of them is there already, or cannot be written."""
    rules, test = (folder / name for name in names(library))
    for path in (rules, test):
        if path.exists():
            raise CannotStart(f"{path} exists, and stays as it is", hint="--out DIR writes elsewhere")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        rules.write_text(rule_text(library, chosen))
        test.write_text(test_text(library, chosen))
    except OSError as error:
        raise CannotStart(f"cannot write into {folder}: {error.strerror}") from None
    return rules, test


# The rules.


def rule_text(library: Library, chosen: Sequence[Choice]) -> str:
    rules = "".join(textwrap.indent(_rule(library, each), "    ") for each in chosen)
    kinds = sorted({each.kind.upper() for each in chosen})
    carried = sorted({name for each in chosen for name in _carriers_used(each)})
    imports = [f"from trivet.instrument.carriers import {', '.join(carried)}"] if carried else []
    imports.append(f"from trivet.instrument.kit import {', '.join([*kinds, 'Wrap'])}")
    return HEAD.format(name=library.name) + "\n".join(imports) + f"\n\nRULES = (\n{rules})\n"


def _rule(library: Library, choice: Choice) -> str:
    lines = [f"{choice.call.target!r},", f"name={span_name(choice)!r},", f"kind={choice.kind.upper()},"]
    pairs = [f"{key!r}: call.get({name!r})," for name, key in attributes(library, choice)]
    if pairs:
        lines += ["attributes=lambda call: {", *(f"    {pair}" for pair in pairs), "},"]
    lines += _context(choice)
    lines.append(f"family={library.name!r},  # calls of it inside of one another are one span")
    return _double_quoted("Wrap(\n" + textwrap.indent("\n".join(lines), "    ") + "\n),\n")


def _double_quoted(code: str) -> str:
    return code.replace("'", '"')


def span_name(choice: Choice) -> str:
    """Of few different values: what differs from call to call belongs into attributes."""
    package = choice.call.module.partition(".")[0]
    return f"{package}.{choice.call.path}"


def attributes(library: Library, choice: Choice) -> list[tuple[str, str]]:
    """Parameters and their attributes: those that the conventions know, and others that are one plain value."""
    known, plain = [], []
    for each in choice.call.parameters:
        if words.SECRET.search(each.name):
            continue
        if each.name in words.ATTRIBUTES and words.ATTRIBUTES[each.name] not in [key for _, key in known]:
            known.append((each.name, words.ATTRIBUTES[each.name]))
        elif _type(each) in SCALARS and each.default is inspect.Parameter.empty:
            plain.append((each.name, f"{library.name}.{each.name}"))
    return (known + plain)[:MOST_ATTRIBUTES]


def _type(parameter: inspect.Parameter) -> str:
    note = parameter.annotation
    text = note.__name__ if isinstance(note, type) else str(note) if note is not inspect.Parameter.empty else ""
    return text.replace("typing.", "").partition("[")[0].partition(" |")[0].strip("'\"")


def _carriers_used(choice: Choice) -> Iterator[str]:
    """The functions of `carriers` that its rule needs."""
    for line in _context(choice):
        yield from (name for name in ("extracted", "injected") if f"{name}(" in line and not line.startswith("#"))


def _context(choice: Choice) -> list[str]:
    """How the context gets into a message, or out of it; a comment where the parameters do not say where."""
    if choice.kind == "producer":
        place = _first(choice, words.CARRIERS)
        if place:
            return [f"before=lambda call: call.put({place!r}, injected(call.get({place!r}))),"]
        return ["# before=: where in the message is room for injected()?"]
    if choice.kind == "consumer":
        message = _first(choice, words.MESSAGES)
        if message:
            return [f"parent=lambda call: extracted(getattr(call.get({message!r}), 'headers', None)),"]
        return ["# parent=: where in the message is what the sender injected?"]
    return []


def _first(choice: Choice, wanted: Iterable[str]) -> str | None:
    known = {each.name for each in choice.call.parameters}
    return next((name for name in wanted if name in known), None)


# The test.


def test_text(library: Library, chosen: Sequence[Choice]) -> str:
    tests = "".join(_test(library, each) for each in chosen)
    standard = ["import asyncio"] if "asyncio.run" in tests else []
    standard += ["from contextlib import suppress"] if "suppress(" in tests else []
    standard += ["from pathlib import Path"]
    others = sorted({"import pytest", "import trivet.testing", *(f"import {each.call.module}" for each in chosen)})
    imports = "\n".join([*standard, "", *others, ""])
    fixture = TEST_FIXTURE.format(rules=names(library)[0])
    return TEST_HEAD.format(name=library.name) + imports + fixture + tests


def _test(library: Library, choice: Choice) -> str:
    name = re.sub(r"\W", "_", choice.call.path).lower()
    call = _call(choice)
    if call is None:
        place = f"{choice.call.module}.{choice.call.path}"
        return f'\n\ndef test_{name}_has_a_rule(told):\n    assert hasattr({place}, "__wrapped__")\n'
    passed = {each.name for each in _passed(choice)} if "()" not in call else set()
    said = {key: _sample(choice, name) for name, key in attributes(library, choice) if name in passed}
    has = f".has({said!r})" if said else ""
    return _double_quoted(
        f"\n\ndef test_{name}_is_a_span(told):\n"
        f"    with suppress(Exception):\n"
        f"        {call}\n"
        f"    told.spans.one({span_name(choice)!r}){has}\n"
    )


def _call(choice: Choice) -> str | None:
    """The call as an expression; None where calling could do something.

    A method without its object does no harm. Functions have none, so only those get arguments that are told where to go
    (nowhere); the others are called without the arguments that they need.
    """
    call = choice.call
    arguments = [_argument(choice, each) for each in _passed(choice)]
    if call.owner is not None and not call.bound:
        arguments.insert(0, "None")
    elif not any(each.name in words.WHERE for each in _passed(choice)):
        if not any(map(_is_required, call.parameters)):
            return None
        arguments = []
    return _run(f"{call.module}.{call.path}({', '.join(arguments)})", call.shape)


def _run(expression: str, shape: str) -> str:
    if shape == "coroutine":
        return f"asyncio.run({expression})"
    if shape == "async generator":
        return f"asyncio.run(anext({expression}))"
    return f"list({expression})" if shape == "generator" else expression


def _is_required(parameter: inspect.Parameter) -> bool:
    named = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return parameter.default is inspect.Parameter.empty and parameter.kind not in named


def _passed(choice: Choice) -> list[inspect.Parameter]:
    """What it needs, and where to go."""
    return [each for each in choice.call.parameters if _is_required(each) or each.name in words.WHERE]


def _argument(choice: Choice, parameter: inspect.Parameter) -> str:
    """By name unless it needs it."""
    value = repr(_sample(choice, parameter.name))
    by_name = parameter.kind is inspect.Parameter.KEYWORD_ONLY or not _is_required(parameter)
    return f"{parameter.name}={value}" if by_name else value


def _sample(choice: Choice, name: str) -> object:
    parameter = next(each for each in choice.call.parameters if each.name == name)
    return words.SAMPLES.get(name, words.SAMPLES_OF_TYPES.get(_type(parameter), name))
