"""Regular expressions in filters: the engine's are RE2's; mistakes are found here, where their column is known."""

import re
import warnings

from trivet.query.filter.parse import bad
from trivet.query.filter.tree import Value

# What RE2 knows and Python does not, and so cannot judge.
_ONLY_RE2 = re.compile(r"\\[pPCQEz]|\\x\{|\(\?<\w|\(\?[a-zA-Z]*[U-]|\(\?[a-zA-Z]+\)|\[\[:")
# What Python knows and RE2 does not, outside of brackets and of what a backslash takes as it is.
_ONLY_PYTHON = re.compile(
    r"(?P<back>\\[1-9]|\(\?P=)|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]"
    r"|(?P<around>\(\?(?:[=!>(#]|<[=!]))|\{(?P<times>\d+(?:,\d*)?)\}",
    re.DOTALL,
)
MOST_TIMES = 1000
# Of what Python finds wrong, RE2 takes some: `)` or `^{2}`.
SURE = {"unterminated character set", "missing ), unterminated subpattern", "bad escape (end of pattern)"}


def checked(pattern: Value) -> Value:
    """The pattern; Invalid for what is surely none. (What passes and is none all the same, the engine refuses.)"""
    text = pattern.text
    if _ONLY_RE2.search(text):
        return pattern
    try:
        with warnings.catch_warnings(action="ignore"):
            re.compile(text)
    except re.error as error:
        if error.msg not in SURE and not (error.msg == "nothing to repeat" and error.pos == 0):
            return pattern
        said = f"{text[:60]!r} is not a regular expression: {error.msg}"
        raise bad(said, pattern.at, "a backslash before a character takes it as it is; RE2 syntax") from None
    except (RecursionError, OverflowError):
        return pattern
    if beyond := _beyond(text):
        said = f"{text[:60]!r} is not a regular expression here: {beyond}"
        raise bad(said, pattern.at, f"RE2 syntax: nothing around or back, at most {{{MOST_TIMES}}} times")
    return pattern


def _beyond(text: str) -> str | None:
    """What in a well-formed pattern is more than RE2 does."""
    for found in _ONLY_PYTHON.finditer(text):
        if found["back"]:
            return f"{found['back']} refers back"
        if found["around"]:
            return f"{found['around']} looks around"
        if found["times"] and any(int(each) > MOST_TIMES for each in found["times"].split(",") if each):
            return f"{{{found['times']}}} is too often"
    return None
